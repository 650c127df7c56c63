import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { ERROR_LINE, ROOT, run, runJson, start, temporaryFolder } from '../cli/run.ts';
import { writeArchive } from '../helpers/archive.ts';
import { named } from '../helpers/skip.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { FORMS } from './forms.ts';

/**
 * Runs the commands of the public interface with every form of the product. Results of one form are expected of the next where
 * neither is emulated.
 */

const LINE = '{"strokes":[[[5,0],[5,20]]]}\n';
const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--seed', '7'];

const folder = await temporaryFolder(afterAll);
let archive: string;
beforeAll(async () => {
  archive = await writeArchive(path.join(folder, 'gzip.zip'), { digits: { train: 600, test: 100 } });
});

const remembered = new Map<string, unknown>();
function expectAsBefore(what: string, value: unknown): void {
  if (remembered.has(what)) expect(value).toEqual(remembered.get(what));
  else remembered.set(what, value);
}

// Stands for all tests of a form that cannot run here.
for (const { name, missing } of FORMS) if (missing) test.skip(named(name, missing), () => {});

describe.each(FORMS.filter(({ missing }) => !missing))('$name', ({ name, emulated, prepare }) => {
  let command: readonly string[];
  let home: string;
  beforeAll(async () => {
    const place = path.join(folder, name.replaceAll(' ', '-'));
    home = path.join(place, 'home');
    await mkdir(place);
    command = await prepare(place);
  });

  test('prints its version and help', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(await run(['--version'], { command, home })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await run(['--help'], { command, home });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expectAsBefore('help', help.stdout);
  });

  test('fetches from a local archive', async () => {
    const { code, events } = await runJson(['fetch', '--split', 'digits', '--from', archive], { command, home });
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', split: 'digits', trainImages: 600, testImages: 100 });
  });

  test('trains on all threads, stops at Ctrl-C and resumes to the same weights', async () => {
    const args = [...TRAIN, '--epochs', '4', '--json'];
    const training = start(args, { command, home });
    expect(await training.event('start')).toMatchObject({ engine: 'wasm', threads: availableParallelism() });
    await training.event('epoch');
    training.kill('SIGINT');
    const stopped = await training.end();
    // Windows ends the process immediately, but the checkpoint still exists.
    if (process.platform !== 'win32') {
      expect(stopped.code, stopped.stderr).toBe(130);
      expect(training.events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' });
    }
    const { code, events, stderr } = await runJson([...args, '--resume'], { command, home });
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', model: 'digits-cnn', epochs: 4 });
    const files = await readdir(path.join(home, 'models/digits-cnn'));
    // Weight files are named by their content. Other processors round differently.
    if (!emulated)
      expectAsBefore(
        'trained weights',
        files.filter((file) => file.startsWith('weights')),
      );
  });

  test('evaluates the trained model', async () => {
    const { code, events } = await runJson(['evaluate', '--split', 'digits', '--model', 'digits-cnn'], {
      command,
      home,
    });
    expect(code).toBe(0);
    const { accuracy, images } = events.at(-1)!;
    expect(images).toBe(100);
    if (!emulated) expectAsBefore('accuracy', accuracy);
  });

  test('predicts strokes and pictures with the shipped model', async () => {
    const args = ['predict', '-', path.join(ROOT, 'examples/net.png'), '--model', 'shipped', '--top', '1'];
    const { code, events } = await runJson(args, { command, home, input: LINE });
    expect(code).toBe(0);
    const labels = events.map(({ predictions }) => (predictions as { label: string }[])[0]!.label);
    expect(labels).toHaveLength(4);
    expectAsBefore('labels', labels);
  });

  test.each(['tfjs', 'keras', 'h5', 'onnx', 'safetensors'])('exports and imports models as %s', async (format) => {
    const file = path.join(home, `exported.${format}`);
    const exported = await run(['export', '--model', 'digits-cnn', '--format', format, '--out', file], {
      command,
      home,
    });
    expect(exported.code, exported.stderr).toBe(0);
    const { code, events, stderr } = await runJson(['import', file, '--name', `from-${format}`], { command, home });
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', model: `from-${format}`, classes: 10 });
  });

  test('serves the page, predicts what a client draws, and refuses requests without the token', async () => {
    const program = start(['draw', '--no-open', '--json'], { command, home });
    const { url } = await program.event('listening');
    const address = new URL(String(url));
    expect((await fetch(address.origin)).status).toBe(403);
    expect(await (await fetch(address)).text()).toContain('<canvas');
    for (const file of ['page.js', 'page.css']) {
      const response = await fetch(new URL(`${file}${address.search}`, address));
      expect([file, response.status]).toEqual([file, 200]);
    }
    const socket = new WebSocket(String(url).replace('http:', 'ws:'), { origin: address.origin });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'drawing', id: 1, ...JSON.parse(LINE) }));
    expect(await program.event('prediction')).toMatchObject({ client: 1, strokes: 1 });
    program.kill('SIGINT');
    const { code } = await program.end();
    if (process.platform !== 'win32') expect(code).toBe(130);
  });

  test('reports invalid input in one line', async () => {
    const damaged = path.join(home, 'damaged.zip');
    await writeFile(damaged, 'no archive');
    const bad: [args: string[], code: number][] = [
      [['tidy'], 2],
      [['train', '--split', 'numbers'], 2],
      [['train', '--epochs', '0'], 2],
      [['fetch', '--split', 'mnist', '--from', damaged], 1],
      [['predict', path.join(home, 'nothing.png')], 1],
      [['predict', '-', '--model', 'nobody'], 1],
      [['import', damaged], 1],
    ];
    for (const [args, code] of bad) {
      const result = await run(args, { command, home });
      expect(result, args.join(' ')).toMatchObject({ code, stdout: '' });
      expect(result.stderr.split('\n').slice(-2).join('\n')).toMatch(ERROR_LINE);
      expectAsBefore(args.join(' '), result.stderr.replaceAll(home, 'HOME'));
    }
  });

  test('doctor finds no problem', async () => {
    const { code, events } = await runJson(['doctor'], { command, home });
    expect(events.filter(({ state }) => state === 'broken')).toEqual([]);
    expect(code).toBe(0);
  });

  test('opens the app on a terminal and restores the terminal', async () => {
    const [file, ...first] = command;
    const terminal = startTerminal(file!, first, {
      env: { EMNIST_TUI_HOME: home, CI: undefined, NO_COLOR: undefined, BROWSER: 'true' },
    });
    onTestFinished(() => terminal.close());
    await terminal.waitForText(/Fetch[\s\S]*Train[\s\S]*Draw/);
    terminal.press('q');
    expect(await terminal.exitCode).toBe(0);
  });

  test('clean deletes everything it created', async () => {
    const { code, events } = await runJson(['clean', '--all', '--yes'], { command, home });
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end' });
    const left = await readdir(home, { recursive: true });
    expect(left.filter((file) => /^(datasets|models)./.test(file))).toEqual([]);
  });
});
