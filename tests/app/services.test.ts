import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { createServices } from '../../src/app/services.ts';
import { describeEngines } from '../../src/core/engine/select.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';

vi.mock(import('../../src/core/engine/select.ts'), async (original) => {
  const select = await original();
  return { ...select, describeEngines: vi.fn(select.describeEngines) };
});

test('imported models are listed for drawing and evaluation; broken ones apart, with the reason', async () => {
  const paths = resolvePaths(await temporaryFolder());
  await installDatasets(paths, { digits: { train: 20, test: 10 } });
  const network = architecture('cnn', 10);
  await saveModel(
    { name: 'keras', network, labels: [...'0123456789'], weights: initialWeights(network, 1), training: null },
    paths,
  );
  const file = path.join(paths.models, 'keras', 'model.json');
  const json = await readFile(file, 'utf8');
  await writeFile(file, json.replace(/"generatedBy": "[^"]*"/, '"generatedBy": "keras v3"'));
  await mkdir(path.join(paths.models, 'broken'));
  await writeFile(path.join(paths.models, 'broken', 'model.json'), '{');
  await symlink(path.join(paths.models, 'keras'), path.join(paths.models, 'linked'), 'junction');

  const services = createServices(paths);
  const { models, unusable, links } = await services.status();
  expect(links).toEqual(['linked']);
  expect(unusable).toEqual([
    { name: 'broken', path: path.join(paths.models, 'broken'), problem: expect.stringMatching('not JSON') },
  ]);
  expect(models).toMatchObject([
    { name: 'keras', shipped: false, resumable: false, classes: 10, training: null },
    { name: 'linked' },
    { name: 'shipped', shipped: true, classes: 47, training: { split: 'bymerge' } },
  ]);
  const events = await Array.fromAsync(
    services.evaluate({ split: 'digits', model: 'keras' }, new AbortController().signal),
  );
  expect(events.at(-1)).toMatchObject({ event: 'end', model: 'keras', images: 10 });
  const server = await services.draw({ model: 'keras' });
  expect(server.url).toMatch(/^http:/);
  await server.close();
});

test('engines are probed once, however often the status is requested', async () => {
  const services = createServices(resolvePaths(await temporaryFolder()));
  vi.mocked(describeEngines).mockClear();
  const { device } = await services.status();
  expect(device).toMatch(/WebAssembly/);
  expect((await services.status()).device).toBe(device);
  expect(describeEngines).toHaveBeenCalledOnce();
});
