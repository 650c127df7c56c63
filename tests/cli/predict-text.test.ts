import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawPicture } from '../core/images/draw-picture.ts';
import { idx } from '../helpers/archive.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { moved, writeText } from '../helpers/write-text.ts';
import { ERROR_LINE, EXECUTABLE, ROOT, run, runJson, start, temporaryFolder } from './run.ts';

const lineOf = (strokes: Drawing) => `${JSON.stringify({ strokes })}\n`;
const HOUSE = writeText('in the house');
const NIGHT = writeText('other night');
const PAGE = [...HOUSE, ...moved(NIGHT, 0, 3.5)];

const folder = await temporaryFolder(afterAll);

async function fileOf(name: string, contents: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, contents);
  return file;
}

/** A picture of lines, with small letters 24 pixels high. */
function pictureOf(lines: readonly Drawing[]): Uint8Array {
  const page = lines.flatMap((line, at) => moved(line, 2, 3 + 4 * at, 24));
  const size = { width: 700, height: 60 + 96 * lines.length, pen: 4 };
  return pngFile(
    drawPicture(
      size,
      page.map((stroke) => stroke.map(([x, y]) => [x, y] as const)),
    ),
  );
}

describe('drawings of a stroke file', () => {
  test('are read one after the other', async () => {
    const file = await fileOf('two.jsonl.gz', gzipSync(lineOf(HOUSE) + lineOf(PAGE)));
    const { code, events, stderr } = await runJson(['predict', '--text', file, '--top', '3'], { home: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events).toMatchObject([
      { event: 'text', source: file, index: 0, text: 'in the house', model: 'words' },
      { event: 'text', source: file, index: 1, text: 'in the house\nother night' },
    ]);
    const [{ candidates, characters, words }] = events as unknown as [
      {
        candidates: { text: string; probability: number }[];
        characters: { label: string; strokes: number[] }[];
        words: { text: string; strokes: number[] }[];
      },
    ];
    expect(candidates).toHaveLength(3);
    expect(candidates.map(({ probability }) => probability)).toEqual(
      candidates.map(({ probability }) => probability).sort((a, b) => b - a),
    );
    expect(characters.map(({ label }) => label).join('')).toBe('inthehouse');
    const indices = (all: readonly { strokes: number[] }[]) => [...new Set(all.flatMap(({ strokes }) => strokes))];
    expect(indices(characters).sort((a, b) => a - b)).toEqual(HOUSE.map((_, index) => index));
    expect(words.map(({ text }) => text)).toEqual(['in', 'the', 'house']);
    expect(indices(words).sort((a, b) => a - b)).toEqual(HOUSE.map((_, index) => index));
  });

  test('from standard input are answered one by one', async () => {
    const program = start(['predict', '--text', '-', '--json'], { home: folder });
    program.child.stdin.write(lineOf(HOUSE));
    expect(await program.event('text')).toMatchObject({ source: '-', index: 0, text: 'in the house' });
    program.child.stdin.write(lineOf(NIGHT));
    await program.until(({ events }) => events.length === 2);
    expect(program.events[1]).toMatchObject({ index: 1, text: 'other night' });
    program.child.stdin.end();
    expect((await program.end()).code).toBe(0);
  });

  test('are not waited for any longer after Ctrl-C', async () => {
    const program = start(['predict', '--text', '-', '--json'], { home: folder });
    program.child.stdin.write(lineOf(HOUSE));
    await program.event('text');
    program.kill('SIGINT');
    expect((await program.end()).code).toBe(130);
  });
});

test('it ends quietly when its answers are no longer read', async () => {
  const program = start(['predict', '--text', '-', '--top', '1'], { home: folder });
  program.child.stdin.write(lineOf(HOUSE));
  await program.until(({ stdout }) => stdout.includes('- 0  in the house'));
  program.child.stdout.destroy();
  // stdin stays open, so that nothing else ends it.
  program.child.stdin.write(lineOf(NIGHT));
  const { code, stderr } = await program.end();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('Ctrl-C ends it between many files', async () => {
  const file = await fileOf('note.png', pictureOf([NIGHT]));
  const program = start(['predict', '--text', ...Array(2000).fill(file), '--json'], { home: folder });
  await program.event('text');
  program.kill('SIGINT');
  const { code, stderr } = await program.end();
  expect(code).toBe(130);
  expect(stderr).not.toContain('\n    at ');
  expect(program.events.at(-1)).toMatchObject({ event: 'error', code: 'interrupted' });
  expect(new Set(program.events.slice(0, -1).map(({ event }) => event))).toEqual(new Set(['text']));
});

describe('docs/text.md shows what is printed', () => {
  const PERCENT = /\d+\.\d%/g;
  let docs: string;
  beforeAll(async () => {
    docs = await readFile(path.join(ROOT, 'docs/text.md'), 'utf8');
  });
  /** The first block after a text of the page. */
  const blockAfter = (text: string) => docs.slice(docs.indexOf(text)).match(/^```.*\n([^`]+)^```/m)![1]!;

  test('for a picture', async () => {
    const { stdout } = await run(['predict', '--text', 'examples/note.png', '--top', '1'], { home: folder, cwd: ROOT });
    expect(blockAfter('Each answer begins').replace(PERCENT, '%')).toBe(stdout.replace(PERCENT, '%'));
  });

  test('with --json', async () => {
    const [, input] = /^echo '(.*)'/m.exec(docs)!;
    const args = ['predict', '--text', '-', '--top', '1'];
    const { events } = await runJson(args, { home: folder, input: `${input}\n` });
    const shapeOf = (text: string) => JSON.parse(text, (key, value) => (key === 'probability' ? '0 to 1' : value));
    expect([shapeOf(blockAfter('With `--json`'))]).toEqual(shapeOf(JSON.stringify(events)));
  });
});

describe('people see', () => {
  test.each([
    ['bold answers on a terminal', {}, true],
    ['plain ones with NO_COLOR', { NO_COLOR: '1' }, false],
  ] as const)('%s', async (_, env, isBold) => {
    const file = await fileOf('night.jsonl', lineOf(NIGHT));
    const terminal = startTerminal(process.execPath, [EXECUTABLE, 'predict', '--text', file, '--top', '1'], {
      env: { FORCE_COLOR: undefined, NO_COLOR: undefined, CI: undefined, EMNIST_TUI_HOME: folder, ...env },
      cols: 300,
    });
    onTestFinished(() => terminal.close());
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen()).toMatch(/night\.jsonl 0 {2}other night \d+\.\d%/);
    expect(terminal.emulator.raw.includes('\u001B[1m')).toBe(isBold);
  });

  test('a line for each line of writing, with the candidates', async () => {
    const file = await fileOf('page.jsonl', lineOf(NIGHT) + lineOf(PAGE));
    const { code, stdout, stderr } = await run(['predict', '--text', file, '--top', '2'], { home: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const place = `${file} 0  `;
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/page\.jsonl 0 {2}other night \d+\.\d% {2}\S.* \d+\.\d%$/),
      `${file} 1  in the house`,
      expect.stringMatching(new RegExp(`^ {${place.length}}other night \\d+\\.\\d% {2}.+ / .+ \\d+\\.\\d%$`)),
      '',
    ]);
  });

  test('only results with --quiet', async () => {
    const file = await fileOf('quiet.jsonl', lineOf(NIGHT));
    const words = await fileOf('odd.txt', 'night\nother 7\nnot a word\n');
    const args = ['predict', '--text', file, '--lexicon', words, '--top', '1'];
    const { stdout, stderr } = await run(args, { home: folder });
    expect(stderr).toBe(`${words}: read 2 words; 1 line left out.\n`);
    expect(await run([...args, '--quiet'], { home: folder })).toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('the lines of a picture', () => {
  test('are read from top to bottom, with boxes', async () => {
    const file = await fileOf('page.png', pictureOf([HOUSE, NIGHT]));
    const { code, events } = await runJson(['predict', '--text', file], { home: folder });
    expect(code).toBe(0);
    expect(events).toMatchObject([
      { event: 'text', source: file, index: 0, text: 'in the house' },
      { event: 'text', source: file, index: 1, text: 'other night' },
    ]);
    const boxes = (events[1]!.words as { box: { left: number; top: number; right: number; bottom: number } }[]).map(
      ({ box }) => box,
    );
    expect(boxes).toHaveLength(2);
    expect(boxes[0]!.right).toBeLessThanOrEqual(boxes[1]!.left);
    for (const { top, bottom } of boxes) {
      expect(top).toBeGreaterThan(24 * 4);
      expect(bottom).toBeLessThan(24 * 8);
    }
  });

  test('do not keep other files from being read if there are none', async () => {
    const blank = await fileOf('blank.png', pngFile(drawPicture({ width: 60, height: 60 }, [])));
    const images = await fileOf('images-idx3-ubyte', idx([1, 28, 28], new Uint8Array(784)));
    const broken = await fileOf('broken.jsonl', `${lineOf(NIGHT)}{oops\n`);
    const empty = await fileOf('empty.jsonl', '\n');
    const nothing = await fileOf('nothing', '');
    const other = await fileOf('other', 'neither a picture nor strokes');
    const good = await fileOf('good.jsonl', lineOf(NIGHT));
    const { code, events, stderr } = await runJson(
      ['predict', '--text', blank, images, broken, empty, nothing, other, good, '--quiet'],
      {
        home: folder,
      },
    );
    expect(events.map(({ event, code: error, text, source }) => [error ?? event, text, source])).toEqual([
      ['picture-blank', undefined, blank],
      ['input-unknown', undefined, images],
      ['text', 'other night', broken],
      ['strokes-invalid', undefined, broken],
      ['input-empty', undefined, empty],
      ['input-empty', undefined, nothing],
      ['input-unknown', undefined, other],
      ['text', 'other night', good],
    ]);
    for (const line of stderr.trimEnd().split('\n')) expect(`${line}\n`).toMatch(ERROR_LINE);
    // IDX files cannot be read as text.
    for (const { code: error, hint } of events) {
      if (/^input-/.test(String(error))) expect(hint).toMatch(/^use pictures of words or lines/);
    }
    expect(code).toBe(1);
  });
});

describe('the lexicon', () => {
  const read = async (...args: string[]) => {
    const file = await fileOf('ambiguous.jsonl', lineOf(writeText('the Q7')));
    const { events } = await runJson(['predict', '--text', file, '--top', '20', ...args], { home: folder });
    return events[0]!.candidates as { text: string; probability: number }[];
  };

  test('makes its words likelier than others', async () => {
    const words = await fileOf('codes.txt', 'q7\t5\nthe\t90\n');
    const probability = (candidates: Awaited<ReturnType<typeof read>>) =>
      candidates.reduce((sum, each) => sum + (/ q7$/i.test(each.text) ? each.probability : 0), 0);
    const [own, none] = [probability(await read('--lexicon', words)), probability(await read('--lexicon', 'none'))];
    expect(own).toBeGreaterThan(none);
  });

  test.each([
    ['missing.txt', null, 'file-missing', /check the path, or use english or none/],
    ['no-words.txt', '\n#!\u00e9\n', 'lexicon-invalid', /one word on each line/],
    ['large.txt', 'word\n'.repeat(1_700_000), 'lexicon-invalid', /rare words/],
  ] as const)('%s is refused', async (name, contents, error, hint) => {
    const file = contents === null ? path.join(folder, name) : await fileOf(name, contents);
    const drawings = await fileOf('drawings.jsonl', lineOf(NIGHT));
    const { code, events } = await runJson(['predict', '--text', drawings, '--lexicon', file], { home: folder });
    expect(code).toBe(1);
    expect(events).toMatchObject([{ event: 'error', code: error, hint: expect.stringMatching(hint) }]);
  });
});

test.each([
  [['--text', '--model', 'shipped'], '--text cannot be combined with --model', 'omit one of them'],
  [['--text', '--characters', 'digits'], '--text cannot be combined with --characters', 'omit one of them'],
  [['--text', '--prior', 'forms'], '--text cannot be combined with --prior', 'omit one of them'],
  [['--text', '--adapt'], '--text cannot be combined with --adapt', 'omit one of them'],
  [['--text', '--orientation', 'upright'], '--text cannot be combined with --orientation', 'omit one of them'],
  [['--text', '--debug', 'pictures'], '--text cannot be combined with --debug', 'omit one of them'],
  [['--lexicon', 'none'], '--lexicon has no effect without --text', 'add --text'],
])('%j is refused', async (options, message, hint) => {
  const { code, stdout, stderr } = await run(['predict', 'a.jsonl', ...options], { home: folder });
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `emnist-tui: ${message} — ${hint}\n` });
});
