import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AssessEvent, assessSamples } from '../../src/app/assess-samples.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { biasedModel } from '../helpers/biased-model.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-assess-'));
  paths = resolvePaths(home);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function label(labels: readonly string[]): Promise<void> {
  const store = await SampleStore.open(paths.samples);
  const strokes = [
    [
      [0, 0],
      [3, 9],
    ],
  ] as const;
  await store.add(labels.map((one) => ({ label: one, strokes, origin: 'practiced' })));
}

async function assess(model?: string, signal?: AbortSignal): Promise<AssessEvent[]> {
  const events: AssessEvent[] = [];
  for await (const event of assessSamples({ model }, { paths, signal })) events.push(event);
  return events;
}

test('says of each sample whether the model reads it right, surely, or wrong', async () => {
  // Whatever is drawn: C, which also stands for c, and in one model with less than half of the probability.
  await saveModel(biasedModel('sure', ['7', 'C', 'N'], [0.1, 0.8, 0.1].map(Math.log)), paths);
  await saveModel(biasedModel('unsure', ['7', 'C', 'N'], [0.3, 0.4, 0.3].map(Math.log)), paths);
  await saveModel(biasedModel('rejecting', ['7', 'C', 'N'], [0.1, 0.2, 0.1, 0.6].map(Math.log)), paths);
  const labels = ['C', '7', 'c', 'π'];
  await label(labels);
  const right = [
    { event: 'samples', labels },
    { event: 'model', model: 'sure', unknown: ['π'] },
    { event: 'read', readings: ['right', 'wrong', 'right', 'wrong'] },
  ];
  expect(await assess('sure')).toEqual(right);
  for (const model of ['unsure', 'rejecting']) {
    expect((await assess(model)).at(-1)).toEqual({ event: 'read', readings: ['unsure', 'wrong', 'unsure', 'wrong'] });
  }
});

test('reads many in parts, and stops in between', async () => {
  await saveModel(biasedModel('sure', ['7', 'C'], [0, 9]), paths);
  await label(Array.from({ length: 150 }, () => 'C'));
  const readings = (await assess('sure')).flatMap((event) => (event.event === 'read' ? [event.readings.length] : []));
  expect(readings).toEqual([64, 64, 22]);
  const controller = new AbortController();
  const seen: string[] = [];
  const stopped = (async () => {
    for await (const { event } of assessSamples({ model: 'sure' }, { paths, signal: controller.signal })) {
      seen.push(event);
      if (event === 'read') controller.abort();
    }
  })();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toEqual(['samples', 'model', 'read']);
});

test('needs no model without samples, and reports samples that cannot be read', async () => {
  expect(await assess('missing')).toEqual([{ event: 'samples', labels: [] }]);
  await writeFile(paths.samples, '{"version":1,"label":"a"}\n');
  await expect(assess()).rejects.toMatchObject({ code: 'samples-invalid' });
});
