import { expect, onTestFinished, test } from 'vitest';
import { startDrawing } from '../../src/app/draw.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { SHIPPED, saveModel } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { openPage, updatesUntil } from '../core/server/server-helpers.ts';

/** A home with an untrained model of digits. */
async function homeWithModel(name: string): Promise<Paths> {
  const paths = resolvePaths(await temporaryFolder());
  const labels = splitLabels('digits');
  const network = architecture('cnn', labels.length);
  await saveModel({ name, network, labels, weights: initialWeights(network, 1), training: null }, paths);
  return paths;
}

test('another model takes over while the page is open, and stays when a third cannot be loaded', async () => {
  const paths = await homeWithModel('digits-of-mine');
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const updates = server[Symbol.asyncIterator]();
  const page = await openPage(server.url);
  page.draw(1, 3);
  expect((await page.next('prediction')).model).toBe(SHIPPED);

  const [switched, failed] = await Promise.allSettled([
    server.switchModel('digits-of-mine'),
    server.switchModel('no-such-model'),
  ]);
  expect(switched.status).toBe('fulfilled');
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'model-missing' } });
  expect(await page.next('hello')).toMatchObject({ model: 'digits-of-mine', labels: splitLabels('digits') });
  page.draw(2, 3);
  expect((await page.next('prediction')).model).toBe('digits-of-mine');

  const changes = await updatesUntil(updates, ({ event }) => event.event === 'model');
  expect(changes.at(-1)!.event).toMatchObject({ model: 'digits-of-mine', split: null });
  await server.switchModel(SHIPPED);
  expect((await page.next('hello')).model).toBe(SHIPPED);
});

test('a model can be changed while the server is closed', async () => {
  const paths = await homeWithModel('digits-of-mine');
  const server = await startDrawing({ model: SHIPPED }, { paths });
  const switched = server.switchModel('digits-of-mine');
  await server.close();
  await switched;
  await server.switchModel(SHIPPED);
});
