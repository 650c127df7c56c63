import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { writeBy } from '../accuracy/characters.ts';
import { drawPicture, glyph } from '../core/images/draw-picture.ts';
import { idx } from '../helpers/archive.ts';
import { ODD_E, writeOften } from '../helpers/hand.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

const DRAWING = '{"strokes":[[[5,0],[5,20]]]}';
const PICTURE = pngFile(drawPicture({ width: 110, height: 110 }, glyph('L', 30, 25)));

const folder = await temporaryFolder(afterAll);

/** Writes a file, or a folder for null, and returns its path; undefined leaves it missing. */
async function fileOf(name: string, contents: string | Uint8Array | null | undefined): Promise<string> {
  const file = path.join(folder, name);
  if (contents === null) await mkdir(file, { recursive: true });
  else if (contents !== undefined) await writeFile(file, contents);
  return file;
}

const imageFile = (stored: number, claimed = stored) => idx([claimed, 28, 28], new Uint8Array(784 * stored).fill(255));
const lines = (...each: string[]) => `${each.join('\n')}\n`;

/** Files that cannot be read at all. */
const UNREADABLE: readonly (readonly [name: string, contents: string | Uint8Array | null | undefined, code: string])[] =
  [
    ['missing.png', undefined, 'file-missing'],
    ['folder.png', null, 'file-is-folder'],
    ['empty.png', '', 'input-empty'],
    ['blank.jsonl', '\n\n', 'input-empty'],
    ['text.png', 'not a picture', 'input-unknown'],
    ['photo.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'picture-unsupported'],
    ['cut.png', PICTURE.subarray(0, 60), 'picture-invalid'],
    ['blank.png', pngFile(drawPicture({ width: 60, height: 60 }, [])), 'picture-blank'],
    ['labels', idx([5], new Uint8Array(5)), 'idx-invalid'],
    ['large', idx([2, 32, 32], new Uint8Array(2048)), 'idx-invalid'],
    ['damaged.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), 'input-damaged'],
    ['utf16.jsonl', Buffer.from(`\uFEFF${DRAWING}\n`, 'utf16le'), 'strokes-invalid'],
  ];

/** Files of which only the beginning can be read: how many characters. */
const BROKEN: readonly (readonly [name: string, contents: string | Uint8Array, characters: number, message: RegExp])[] =
  [
    ['broken.jsonl', lines(DRAWING, DRAWING, '{oops', DRAWING), 2, /broken\.jsonl:3: /],
    ['broken.jsonl.gz', gzipSync(lines(DRAWING, DRAWING, DRAWING, '{"strokes":7}')), 3, /broken\.jsonl\.gz:4: /],
    ['cut.jsonl', lines(DRAWING, DRAWING).slice(0, -9), 1, /cut\.jsonl:2: /],
    ['cut.jsonl.gz', gzipSync(lines(DRAWING, DRAWING)).subarray(0, -8), 2, /cut\.jsonl\.gz is a damaged gzip file/],
    ['cut-idx3-ubyte', imageFile(3, 5), 3, /cut-idx3-ubyte: /],
    ['cut-idx3-ubyte.gz', gzipSync(imageFile(4, 9)), 4, /cut-idx3-ubyte\.gz: /],
    ['torn-idx3-ubyte.gz', gzipSync(imageFile(4)).subarray(0, -8), 4, /torn-idx3-ubyte\.gz: /],
  ];

describe('a file that cannot be read does not keep the others from being read', () => {
  test('whatever is wrong with it', async () => {
    const good = await fileOf('good.png', PICTURE);
    const bad = await Promise.all(UNREADABLE.map(([name, contents]) => fileOf(name, contents)));
    const { code, events, stderr } = await runJson(['predict', good, ...bad.flatMap((file) => [file, good])], {
      home: folder,
    });
    expect(events.map(({ event, code: error, source }) => [event === 'error' ? error : event, source])).toEqual([
      ['prediction', good],
      ...UNREADABLE.flatMap(([, , error], index) => [
        [error, bad[index]],
        ['prediction', good],
      ]),
    ]);
    const shown = stderr.trimEnd().split('\n');
    expect(shown).toHaveLength(bad.length);
    for (const line of shown) expect(`${line}\n`).toMatch(ERROR_LINE);
    expect(code).toBe(1);
  });

  test('what comes before the damage is read', async () => {
    const bad = await Promise.all(BROKEN.map(([name, contents]) => fileOf(name, contents)));
    const { code, events } = await runJson(['predict', ...bad], { home: folder });
    expect(events.map(({ event, source, index }) => [event, source, index])).toEqual(
      BROKEN.flatMap(([, , characters], file) => [
        ...Array.from({ length: characters }, (_, index) => ['prediction', bad[file], index]),
        ['error', bad[file], undefined],
      ]),
    );
    const messages = events.filter(({ event }) => event === 'error').map(({ message }) => message);
    for (const [index, [, , , message]] of BROKEN.entries()) expect(messages[index]).toMatch(message);
    expect(code).toBe(1);
  });

  test('not even standard input', async () => {
    const good = await fileOf('good.png', PICTURE);
    const { code, events } = await runJson(['predict', '-', good], {
      home: folder,
      input: lines(DRAWING, '?', DRAWING),
    });
    expect(events.map(({ event, source }) => [event, source])).toEqual([
      ['prediction', '-'],
      ['error', '-'],
      ['prediction', good],
    ]);
    expect(events[1]!.message).toMatch(/^-:2: /);
    expect(code).toBe(1);
  });

  test('people see results on stdout, and a line for each error on stderr', async () => {
    const good = await fileOf('good.png', PICTURE);
    const bad = [await fileOf('missing.png', undefined), await fileOf('text.png', 'not a picture')];
    const { code, stdout, stderr } = await run(['predict', bad[0]!, good, bad[1]!, '--top', '1'], { home: folder });
    expect(stdout).toMatch(/^\S+good\.png 0 {2}\S \d+\.\d%\n$/);
    expect(stderr.trimEnd().split('\n')).toEqual(bad.map((file) => expect.stringContaining(file)));
    for (const line of stderr.trimEnd().split('\n')) expect(`${line}\n`).toMatch(ERROR_LINE);
    expect(code).toBe(1);
  });
});

test('people are told that the built-in model reads because their own cannot be used', async () => {
  const home = path.join(folder, 'broken');
  await mkdir(path.join(home, 'models/mine'), { recursive: true });
  await writeFile(path.join(home, 'models/mine/model.json'), '{');
  const good = await fileOf('good.png', PICTURE);
  const warning = /^emnist-tui: warning: the model "mine" cannot be used: .*model\.json.*\n/;
  for (const args of [
    ['predict', good],
    ['export', '--format', 'h5', '--out', path.join(folder, 'm.h5')],
  ]) {
    const { code, stderr } = await run(args, { home });
    expect(code).toBe(0);
    expect(stderr).toMatch(warning);
  }
  expect((await run(['predict', good], { home })).stderr).toMatch(/\nReading with the model "shipped"\.\n$/);
  expect((await run(['predict', good, '--model', 'shipped'], { home })).stderr).toBe('');
});

test('predictions name their model; people are told if it is not the built-in one and was not named', async () => {
  const home = path.join(folder, 'own');
  const good = await fileOf('good.png', PICTURE);
  expect((await runJson(['predict', good], { home })).events[0]).toMatchObject({ model: 'shipped' });
  expect((await run(['predict', good], { home })).stderr).toBe('');

  const exported = path.join(folder, 'model.h5');
  expect((await run(['export', '--format', 'h5', '--out', exported], { home })).code).toBe(0);
  expect((await run(['import', exported, '--name', 'mine'], { home })).code).toBe(0);
  expect((await runJson(['predict', good, good], { home })).events.map(({ model }) => model)).toEqual(['mine', 'mine']);
  expect((await run(['predict', good, good], { home })).stderr).toBe('Reading with the model "mine".\n');
  for (const args of [['--quiet'], ['--model', 'mine'], ['--model', 'shipped']])
    expect((await run(['predict', good, ...args], { home })).stderr).toBe('');
});

test('--debug writes pictures of how each picture was read, and replaces only its own', async () => {
  const file = await fileOf('letter.png', PICTURE);
  const shown = path.join(folder, 'shown');
  const predict = () => runJson(['predict', file, '--debug', shown], { home: folder });
  const names = ['boxes', 'ink', '0'].map((name) => path.join(shown, `letter.png.${name}.png`));
  for (let run = 0; run < 2; run++) {
    const { code, events } = await predict();
    expect(code).toBe(0);
    expect(events[0]).toEqual({ event: 'debug', source: file, files: names });
    expect(events[1]).toMatchObject({ event: 'prediction', source: file });
    expect((await readFile(names[0]!)).subarray(1, 4).toString()).toBe('PNG');
  }
  await writeFile(names[1]!, PICTURE);
  const { code, events } = await predict();
  expect(code).toBe(1);
  expect(events).toMatchObject([{ event: 'error', code: 'file-foreign', source: file }]);
  expect(Buffer.compare(await readFile(names[1]!), PICTURE)).toBe(0);
});

test('reads adapted to the samples only if asked to', async () => {
  const home = await temporaryFolder();
  const toFile = (drawings: object[]) => lines(...drawings.map((drawing) => JSON.stringify(drawing)));
  const samples = await fileOf('hand.jsonl', toFile(writeOften(ODD_E, 10).map((strokes) => ({ label: 'E', strokes }))));
  const file = await fileOf('odd.jsonl', toFile([{ strokes: writeBy(1, ODD_E) }]));
  await runJson(['samples', '--import', samples], { home });
  const best = async (...options: string[]) => {
    const { events } = await runJson(['predict', file, '--model', 'shipped', ...options], { home });
    return events.map(({ predictions }) => (predictions as { label: string }[])[0]!.label);
  };
  expect(await best()).toEqual(['Z']);
  expect(await best('--adapt')).toEqual(['E']);
});

test('what a terminal would obey is not printed as part of an error', async () => {
  const input = '\u001B[31mred\u001B]0;title\u0007\n';
  const { code, stderr } = await run(['predict', '-'], { home: folder, input });
  expect(code).toBe(1);
  expect(stderr).toMatch(/the line is not JSON/);
  expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u);
});
