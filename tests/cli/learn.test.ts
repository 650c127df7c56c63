import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import type { NewSample } from '../../src/core/samples/sample.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import { samplesOf, samplesThatTeachNothing, tinyModel } from '../helpers/learning.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

const generator = CharacterGenerator.shipped();
/** A person who writes a W for a 7, and has a sign that the model does not know. */
const writes = (label: string, seed: number) =>
  label === '7' ? generator.draw('W', seed) : label === '→' ? generator.draw('h', seed) : null;
const LABELS = [...'0123456789', '→'];
const OPTIONS = ['--engine', 'wasm', '--threads', '1'];

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel('tiny');
}, 600_000);

async function homeWith(samples: readonly NewSample[]): Promise<string> {
  const home = await temporaryFolder();
  await saveModel(tiny, resolvePaths(home));
  await mkdir(path.join(home, 'in'));
  if (samples.length > 0) await (await SampleStore.open(resolvePaths(home).samples)).add(samples);
  return home;
}

describe('learn', { timeout: 300_000 }, () => {
  test('makes a model that predict then reads this hand with, until another one is chosen', async () => {
    const home = await homeWith(samplesOf(LABELS, 8, writes));
    const drawings = samplesOf(['7', '→'], 10, writes, 2);
    const file = path.join(home, 'in', 'drawings.jsonl');
    await writeFile(file, drawings.map(({ strokes }) => `${JSON.stringify({ strokes })}\n`).join(''));
    const read = async (...args: string[]) =>
      (await runJson(['predict', file, ...args], { home })).events.map(
        ({ predictions }) => (predictions as { label: string }[])[0]!.label,
      );
    const right = (labels: string[]) => labels.filter((label, index) => label === drawings[index]!.label).length;
    expect(right(await read())).toBeLessThan(5);
    const { code, events } = await runJson(['learn', ...OPTIONS, '--epochs', '8'], { home });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ event: 'start', from: 'tiny', newLabels: ['→'], replay: 'generated drawings' });
    expect(events.at(-1)).toMatchObject({ event: 'end', accepted: true, model: 'tiny-hand' });
    expect(right(await read())).toBeGreaterThan(8);
    expect(right(await read('--model', 'tiny'))).toBeLessThan(5);
  });

  test('says what it read before and after, and that a model was not accepted', async () => {
    const home = await homeWith(samplesThatTeachNothing());
    const { code, stdout, stderr } = await run(['learn', ...OPTIONS, '--epochs', '1'], { home });
    expect(code).toBe(0);
    expect(stderr).toMatch(/Learning your handwriting: tiny-hand from tiny, 4 samples, 1 more held out/);
    expect(stdout).toMatch(/1 held-out sample of yours: 0.0% → 0.0% read correctly\n1,000 generated drawings: /);
    expect(stdout).toMatch(/Not accepted after .+, and no model was saved: .+\. tiny is still used\./);
  });

  test('says how many samples are missing', async () => {
    const { code, stderr } = await run(['learn', ...OPTIONS], { home: await homeWith(samplesOf(['7'], 3)) });
    expect(code).toBe(1);
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toMatch(/3 samples are too few to learn from — label at least 2 more drawings/);
  });
});
