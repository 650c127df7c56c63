import { once } from 'node:events';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from '../cli/run.ts';
import { idx, installDatasets, writeArchive } from '../helpers/archive.ts';

const HTML = '<!DOCTYPE html><html><body>Moved</body></html>';

/** Runs a command that must fail with one line; returns that line and the error code. */
async function failure(args: string[], home: string, exitCode = 1) {
  const { code, events, stderr } = await runJson([...args, '--quiet'], { home });
  expect(code, stderr).toBe(exitCode);
  expect(stderr).toMatch(ERROR_LINE);
  const error = events.at(-1)!;
  expect(error.event).toBe('error');
  return { line: stderr, code: error.code };
}

describe('an invalid archive', () => {
  test('a web page saved as the zip file', async () => {
    const home = await temporaryFolder();
    const file = path.join(home, 'gzip.zip');
    await writeFile(file, HTML);
    const { line } = await failure(['fetch', '--from', file], home);
    expect(line).toContain('web page');
  });

  test('a server that answers with a web page', async () => {
    const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(HTML));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gzip.zip`;
    const { line } = await failure(['fetch', '--from', url], await temporaryFolder());
    expect(line).toContain('web page');
  });

  test('a missing file, and an archive without the split', async () => {
    const home = await temporaryFolder();
    await failure(['fetch', '--from', path.join(home, 'nowhere.zip')], home);
    const archive = await writeArchive(path.join(home, 'small.zip'), { digits: { train: 20, test: 10 } });
    const { line } = await failure(['fetch', '--split', 'letters', '--from', archive], home);
    expect(line).toContain('letters');
  });

  test('truncated images leave no data set behind', async () => {
    const home = await temporaryFolder();
    const archive = await writeArchive(
      path.join(home, 'cut.zip'),
      { digits: { train: 20, test: 10 } },
      {
        alter(members) {
          const name = 'gzip/emnist-digits-train-images-idx3-ubyte.gz';
          members.set(name, gzipSync(idx([20, 28, 28], new Uint8Array(19 * 784))));
        },
      },
    );
    const { line } = await failure(['fetch', '--split', 'digits', '--from', archive], home);
    expect(line).toContain('emnist-digits-train-images-idx3-ubyte.gz');
    expect(await readdir(path.join(home, 'datasets'))).toEqual([]);
  });
});

describe('files without characters', () => {
  async function fileOf(name: string, contents: string | Uint8Array): Promise<string> {
    const file = path.join(await temporaryFolder(), name);
    await writeFile(file, contents);
    return file;
  }

  const png = new PNG({ width: 60, height: 60 });
  png.data.fill(255);

  test.each([
    ['a text file as a picture', 'letter.png', 'Dear Sir or Madam,', 'a text file'],
    ['an empty file', 'empty.png', '', 'empty'],
    ['a web page', 'page.jpg', HTML, 'a web page'],
    ['a cut picture', 'cut.png', PNG.sync.write(png).subarray(0, 80), 'cut.png'],
    ['a blank picture', 'blank.png', PNG.sync.write(png), 'blank.png'],
    ['a cut IDX file', 'cut-idx3-ubyte', idx([5, 28, 28], new Uint8Array(4 * 784)), 'cut-idx3-ubyte'],
    ['an IDX file of labels', 'labels-idx1-ubyte', idx([5], new Uint8Array(5)), 'labels-idx1-ubyte'],
    ['an IDX file that promises more than there can be', 'huge', idx([2 ** 31, 28, 28], new Uint8Array(9)), 'huge'],
    ['a damaged gzip file', 'damaged.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), 'damaged.gz'],
    ['strokes that are not JSON', 'drawings.jsonl', '{"strokes":[[[0,0]]]}\n{oops\n', 'drawings.jsonl:2'],
    ['strokes without numbers', 'drawings.jsonl', '{"strokes":[[["a","b"]]]}\n', 'drawings.jsonl:1'],
    ['no strokes at all', 'drawings.jsonl', '\n', 'drawings.jsonl'],
  ])('%s', async (_, name, contents, expected) => {
    const { line } = await failure(['predict', await fileOf(name, contents)], await temporaryFolder());
    expect(line).toContain(expected);
  });

  test('a folder, and a missing file', async () => {
    const home = await temporaryFolder();
    expect(await failure(['predict', home], home)).toMatchObject({ code: 'file-is-folder' });
    expect(await failure(['predict', path.join(home, 'nowhere.png')], home)).toMatchObject({ code: 'file-missing' });
  });
});

describe('damaged models and data sets', () => {
  test.each([
    ['is not there', null, 'model-missing'],
    ['is not JSON', '{', 'model-damaged'],
    ['is of another format', '{"format":"graph-model"}', 'model-unsupported'],
  ])('a model that %s', async (_, contents, expected) => {
    const home = await temporaryFolder();
    const folder = path.join(home, 'models/mine');
    await mkdir(folder, { recursive: true });
    if (contents !== null) await writeFile(path.join(folder, 'model.json'), contents);
    const { code } = await failure(['predict', '-', '--model', 'mine'], home);
    expect(code).toBe(expected);
  });

  test('a model with truncated weights', async () => {
    const home = await temporaryFolder();
    const { path: shipped } = (await runJson(['models'], { home })).events[0]!;
    const folder = path.join(home, 'models/mine');
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(String(shipped))) {
      const contents = await readFile(path.join(String(shipped), name));
      await writeFile(path.join(folder, name), name.endsWith('.bin') ? contents.subarray(0, 1000) : contents);
    }
    expect(await failure(['predict', '-', '--model', 'mine'], home)).toMatchObject({ code: 'model-damaged' });
    const { stdout } = await run(['doctor'], { home });
    expect(stdout).toMatch(/broken +model mine /);
  });

  test('a data set with a truncated file', async () => {
    const home = await temporaryFolder();
    await installDatasets(resolvePaths(home), { digits: { train: 20, test: 10 } });
    await truncate(path.join(home, 'datasets/digits/emnist-digits-test-images-idx3-ubyte.gz'), 100);
    const { code, line } = await failure(['evaluate', '--split', 'digits'], home);
    expect(code).toBe('dataset-damaged');
    expect(line).toContain('run "emnist-tui fetch --split digits" again');
  });

  const older = JSON.stringify({ __metadata__: { state: '{"split":"digits"}' } });
  test.each([
    ['a damaged checkpoint', 'nothing of the kind', 'checkpoint-damaged', 'is damaged'],
    [
      'a checkpoint of another version',
      `${String.fromCharCode(older.length).padEnd(8, '\0')}${older}`,
      'checkpoint-version',
      'was written by an incompatible version of emnist-tui — train from scratch with --overwrite instead of --resume',
    ],
  ])('%s', async (_, contents, code, said) => {
    const home = await temporaryFolder();
    await mkdir(path.join(home, 'models/digits-cnn'), { recursive: true });
    await writeFile(path.join(home, 'models/digits-cnn/checkpoint.safetensors'), contents, 'latin1');
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--resume'];
    expect(await failure(args, home)).toMatchObject({ code, line: expect.stringContaining(said) });
  });
});
