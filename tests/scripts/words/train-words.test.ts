import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { modelFolder } from '../../../src/core/model/model-folder.ts';
import { decodeSafetensors } from '../../../src/core/model/safetensors.ts';
import { loadWordModel } from '../../../src/core/text/word-model.ts';
import { writeGenerated } from './generated-strokes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'emnist-tui-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPT = path.join(import.meta.dirname, '../../../scripts/train-words.ts');
const shared = path.join(folder, 'shared');

function train(home: string): ChildProcess {
  const model = path.join(home, 'model');
  const options = ['--shared', shared, '--home', home, '--model', model, '--epochs', '3', '--lines', '100'];
  return spawn(process.execPath, [SCRIPT, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

test('a run that was killed and started again ends with the weights of one that was not', async () => {
  writeGenerated(shared);
  const [whole, killed] = [path.join(folder, 'whole'), path.join(folder, 'killed')];
  expect(await once(train(whole), 'exit')).toEqual([0, null]);

  const run = train(killed);
  const exit = once(run, 'exit');
  const checkpoint = path.join(killed, 'checkpoint.safetensors');
  await expect.poll(() => existsSync(checkpoint), { timeout: 50_000 }).toBe(true);
  run.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(await once(train(killed), 'exit')).toEqual([0, null]);

  const models = [whole, killed].map((home) => loadWordModel(modelFolder(path.join(home, 'model'))));
  const [expected, model] = await Promise.all(models);
  expect(model!.training).toMatchObject({ epochs: 3, epochsAsked: 3, lines: 100, seed: 1 });
  expect(model!.weights).toEqual(expected!.weights);

  expect(readFileSync(path.join(killed, 'log.txt'), 'utf8')).toMatch(/from epoch 1\n[\s\S]*from epoch [23]\n/);
  const { metadata } = decodeSafetensors(readFileSync(checkpoint), (why) => new Error(why));
  expect(JSON.parse(metadata.position!).step).toBeGreaterThan(3);
  expect(readFileSync(checkpoint).equals(readFileSync(path.join(whole, 'checkpoint.safetensors')))).toBe(true);
}, 180_000);
