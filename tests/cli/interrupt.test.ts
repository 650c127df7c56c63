import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { predict } from '../../src/app/predict.ts';
import { runTrain } from '../../src/cli/commands/train.ts';
import { JsonOutput } from '../../src/cli/render/json.ts';
import type { Output } from '../../src/cli/render/output.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets, makeArchive } from '../helpers/archive.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { run, runJson, start, temporaryFolder } from './run.ts';

/** All files in a folder and its subfolders, by relative path. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** A server that sends half of an archive and then stalls. */
async function startSlowServer(archive: Buffer): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Length': archive.length });
    response.write(archive.subarray(0, archive.length >> 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/gzip.zip`;
}

async function trainingHome(train = 600): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train, test: 10 } });
  return home;
}

const ENDLESS = [
  'train',
  '--split',
  'digits',
  '--architecture',
  'cnn',
  '--epochs',
  '10000',
  '--batch-size',
  '16',
  '--json',
];

test('Ctrl-C during fetch exits 130 with one line and installs nothing', async () => {
  const home = await temporaryFolder();
  const url = await startSlowServer(await makeArchive({ digits: { train: 2000, test: 100 } }));
  const program = start(['fetch', '--split', 'digits', '--from', url, '--json'], { home });
  await program.event('progress');
  program.kill('SIGINT');
  const { code, stderr } = await program.end();
  expect(code).toBe(130);
  expect(stderr.split('\n').filter((line) => line.startsWith('emnist-tui: '))).toHaveLength(1);
  expect(program.events.at(-1)).toMatchObject({ event: 'error', code: 'interrupted' });
  const left = await filesUnder(path.join(home, 'datasets'));
  expect(left.filter((file) => !file.startsWith('.download-'))).toEqual([]);
  const { events } = await runJson(['clean', '--datasets', '--yes'], { home });
  expect(events.at(-1)).toMatchObject({ event: 'end' });
  expect(await readdir(home)).toEqual([]);
});

test('Ctrl-C during train exits 130 after the batch and keeps the last checkpoint for --resume', async () => {
  const home = await trainingHome();
  const program = start(ENDLESS, { home });
  await program.until(({ events }) => {
    const epoch = events.findIndex(({ event }) => event === 'epoch');
    return epoch >= 0 && events.slice(epoch).some(({ event }) => event === 'batch');
  });
  program.kill('SIGINT');
  const { code } = await program.end();
  expect(code).toBe(130);
  const end = program.events.at(-1)!;
  expect(end).toMatchObject({ event: 'end', reason: 'interrupted', model: 'digits-cnn' });
  const files = await filesUnder(path.join(home, 'models/digits-cnn'));
  expect(files).toEqual(['checkpoint.safetensors', 'model.json', expect.stringMatching(/^weights\.[0-9a-f]{8}\.bin$/)]);
  const epochs = end.epochs as number;
  const resume = ['train', '--split', 'digits', '--architecture', 'cnn', '--resume', '--epochs', String(epochs + 1)];
  const resumed = await runJson(resume, { home });
  expect(resumed.events[0]).toMatchObject({ event: 'start', epochsDone: epochs });
  expect(resumed.events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', epochs: epochs + 1 });
  expect(resumed.code).toBe(0);
});

test('Ctrl-C during the first epoch leaves no model', async () => {
  const home = await trainingHome(8000);
  const program = start([...ENDLESS, '--name', 'early'], { home });
  await program.event('start');
  program.kill('SIGINT');
  expect((await program.end()).code).toBe(130);
  expect(await filesUnder(path.join(home, 'models'))).toEqual([]);
  expect((await runJson(['models'], { home })).events.map(({ name }) => name)).toEqual(['shipped', undefined]);
});

test('SIGTERM stops as cleanly, with 143', async () => {
  const program = start(ENDLESS, { home: await trainingHome() });
  await program.event('epoch');
  program.kill('SIGTERM');
  expect((await program.end()).code).toBe(143);
  expect(program.events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' });
});

test('a second Ctrl-C does not wait for the batch', async () => {
  const home = await trainingHome(3000);
  const args = [
    'train',
    '--split',
    'digits',
    '--architecture',
    'vgg',
    '--batch-size',
    '1500',
    '--threads',
    '1',
    '--json',
  ];
  const program = start(args, { home });
  await program.event('start');
  program.kill('SIGINT');
  await program.until(({ stderr }) => stderr.includes('press Ctrl-C again to force quit'));
  program.kill('SIGINT');
  expect((await program.end()).code).toBe(130);
  // If it had waited for the batch, there would be an `end`.
  expect(program.events.map(({ event }) => event)).toEqual(['start']);
});

test('two runs cannot train the same model at the same time', async () => {
  const home = await trainingHome();
  const program = start(ENDLESS, { home });
  await program.event('epoch');
  const second = await run(['train', '--split', 'digits', '--architecture', 'cnn'], { home });
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/is in use by process \d+ on \S+, since [-\d]+ [\d:]+ — .*--name/);
  const cleaned = await run(['clean', '--models', '--yes'], { home });
  expect(cleaned.code).toBe(1);
  expect(cleaned.stderr).toMatch(/is in use by process \d+ on .* — wait for it to finish/);
  program.kill('SIGINT');
  await program.end();
  expect(program.events.at(-1)).toMatchObject({ reason: 'interrupted', model: 'digits-cnn' });
});

test('a killed run can be resumed immediately', async () => {
  const home = await trainingHome();
  const program = start(ENDLESS, { home });
  await program.event('epoch');
  program.kill('SIGKILL');
  await program.end();
  const resumed = start([...ENDLESS, '--resume'], { home });
  expect((await resumed.event('start')).epochsDone).toBeGreaterThan(0);
  resumed.kill('SIGINT');
  expect((await resumed.end()).code).toBe(130);
});

test.each(['train', 'predict'])('%s exits quietly when its output is closed', async (command) => {
  const home = await trainingHome();
  const images = path.join(home, 'datasets/digits/emnist-digits-train-images-idx3-ubyte.gz');
  const program = start(command === 'train' ? ENDLESS : ['predict', images, '--json'], { home });
  await program.until(({ events }) => events.length > 0);
  program.child.stdout.destroy();
  const { code, stderr } = await program.end();
  expect(code).toBe(0);
  expect(stderr).not.toContain('emnist-tui:');
});

test.skipIf(ON_WINDOWS)(named('an open stdin does not keep an interrupted predict alive', ON_WINDOWS), async () => {
  const program = start(['predict', '-', '--json'], { home: await temporaryFolder() });
  program.child.stdin.write('{"strokes":[[[0,0],[0,9]]]}\n');
  await program.event('prediction');
  program.kill('SIGINT');
  expect((await program.end()).code).toBe(130);
});

test('Ctrl-C while predict loads its model is not lost', async () => {
  const home = await trainingHome();
  const images = path.join(home, 'datasets/digits/emnist-digits-train-images-idx3-ubyte.gz');
  const controller = new AbortController();
  const destroy = vi.spyOn(process.stdin, 'destroy').mockReturnThis();
  onTestFinished(() => destroy.mockRestore());
  const first = predict({ files: [images] }, { paths: resolvePaths(home), signal: controller.signal }).next();
  const reason = new Error('stopped');
  controller.abort(reason);
  await expect(first).rejects.toBe(reason);
});

test('Ctrl-C before train has started is not lost', async () => {
  const home = await trainingHome();
  const reason = new Error('stopped');
  const output: Output = new JsonOutput({ json: true, quiet: true, verbose: false, color: false });
  const event = vi.spyOn(output, 'event').mockReturnValue();
  const context = { paths: resolvePaths(home), output, signal: AbortSignal.abort(reason) };
  await expect(runTrain({ split: 'digits' }, context)).rejects.toBe(reason);
  expect(event).not.toHaveBeenCalled();
});
