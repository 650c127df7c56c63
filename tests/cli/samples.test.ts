import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

let home: string;
let file: string;
beforeEach(async () => {
  home = await temporaryFolder();
  file = resolvePaths(home).samples;
});

const line = (label: unknown, x: number, more = {}) =>
  JSON.stringify({
    label,
    strokes: [
      [
        [0, 0],
        [x, 20],
      ],
    ],
    ...more,
  });

/** Adds samples with these labels, and different strokes. */
async function label(...labels: string[]): Promise<void> {
  const store = await SampleStore.open(file);
  await store.add(
    labels.map((text, index) => ({
      label: text,
      origin: 'practiced',
      strokes: [
        [
          [0, 0],
          [index + 1, 50],
        ],
      ],
    })),
  );
}

async function labels(): Promise<string> {
  return (await SampleStore.open(file)).samples.map((sample) => sample.label).join(' ');
}

describe('samples', () => {
  test('says that there are none, and where they will be', async () => {
    const { code, stdout } = await run(['samples'], { home });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `There are no samples yet. They will be kept in ${file}\n` });
    expect(await readdir(home)).toEqual([]);
  });

  test('counts the samples of each label', async () => {
    await label('b', 'a', 'b', '10', '9', '→', '日本');
    const { stdout, stderr } = await run(['samples'], { home });
    expect(stdout).toBe('9     1    10    1    a     1    b     2    →     1    日本  1\n');
    expect(stderr).toBe(`7 samples of 6 labels in ${file}\n`);
    expect((await runJson(['samples'], { home })).events).toEqual([
      {
        event: 'end',
        samples: 7,
        labels: [
          { label: '9', count: 1 },
          { label: '10', count: 1 },
          { label: 'a', count: 1 },
          { label: 'b', count: 2 },
          { label: '→', count: 1 },
          { label: '日本', count: 1 },
        ],
        path: file,
      },
    ]);
  });

  test('with many labels fill columns from top to bottom', async () => {
    await label(...'0123456789ABCDEF');
    expect((await run(['samples'], { home })).stdout).toBe(
      [
        '0  1    2  1    4  1    6  1    8  1    A  1    C  1    E  1',
        '1  1    3  1    5  1    7  1    9  1    B  1    D  1    F  1',
        '',
      ].join('\n'),
    );
  });

  test('are exported to a stroke file, plain or compressed, which is not replaced without --force', async () => {
    await label('a', 'b');
    const out = path.join(home, 'out', 'mine.jsonl');
    const { code, events } = await runJson(['samples', '--export', out], { home });
    expect(code).toBe(0);
    const text = await readFile(out, 'utf8');
    expect(text).toBe(`${line('a', 1)}\n${line('b', 2)}\n`.replaceAll(',20]', ',50]'));
    expect(events).toMatchObject([{ event: 'end', samples: 2, exported: { path: out, bytes: text.length } }]);

    await label('c');
    const refused = await run(['samples', '--export', out], { home });
    expect(refused.stderr).toMatch(ERROR_LINE);
    expect(refused.stderr).toMatch(/already exists — choose another --export, or replace it with --force\n$/);
    expect(refused.code).toBe(1);
    expect(await readFile(out, 'utf8')).toBe(text);
    expect((await run(['samples', '--export', out, '--force'], { home })).stdout).toMatch(
      /^Exported 3 samples: .* \(\d+ B\)\n$/,
    );
    await run(['samples', '--export', `${out}.gz`], { home });
    expect(gunzipSync(await readFile(`${out}.gz`)).toString()).toBe(await readFile(out, 'utf8'));
    // A stroke file that `predict` and `evaluate` read.
    expect((await runJson(['predict', out, '--top', '1'], { home })).events).toHaveLength(3);
  });

  test('are not exported to an empty file if there are none', async () => {
    const out = path.join(home, 'out', 'mine.jsonl');
    const { code, stderr } = await run(['samples', '--export', out], { home });
    expect(stderr).toBe('emnist-tui: there are no samples to export — label at least 1 drawing on the canvas page\n');
    expect(code).toBe(1);
    expect(await readdir(home)).toEqual([]);
  });

  test('are imported from any stroke file, and their own export adds nothing', async () => {
    await label('a', 'b');
    const out = path.join(home, 'mine.jsonl.gz');
    await run(['samples', '--export', out], { home });
    const own = await runJson(['samples', '--import', out], { home });
    expect(own.events).toMatchObject([
      { samples: 2, imported: { path: out, samples: 0, duplicates: 2, unlabeled: 0 } },
    ]);

    const other = path.join(home, 'other.jsonl.gz');
    const lines = [
      line(' A\u0308 ', 1.23456),
      line('A\u0308', 1.23456),
      line('c', 1, { writer: 'me' }),
      line(undefined, 1),
      '',
    ];
    await writeFile(other, gzipSync(lines.join('\n')));
    const { stdout, stderr } = await run(['samples', '--import', other], { home });
    expect(stdout).toBe('Imported 2 samples (skipped: 1 already there, 1 without a label).\n');
    expect(stderr).toContain(`4 samples of 4 labels in ${file}\n`);
    expect((await SampleStore.open(file)).samples.slice(2)).toMatchObject([
      {
        label: 'Ä',
        origin: 'imported',
        strokes: [
          [
            [0, 0],
            [1.23, 20],
          ],
        ],
      },
      { label: 'c', origin: 'imported' },
    ]);
    await run(['samples', '--import', other], { home });
    expect(await labels()).toBe('a b Ä c');
  });

  test.each<[string, string | Buffer, RegExp, number]>([
    ['a damaged line', `${line('a', 1)}\n{"label":"b","strokes":[[[0`, /other\.jsonl:2: the line is not JSON/, 1],
    ['an invalid label', `${line('a', 1)}\n${line('ninechars', 1)}\n`, /other\.jsonl:2: "ninechars" is not a label/, 2],
    ['invalid strokes', `${line('a', 1)}\n{"label":"b","strokes":[[[0]]]}\n`, /other\.jsonl:2: a point must be/, 1],
    [
      'too many points',
      `${line('a', 1)}\n${JSON.stringify({ label: 'b', strokes: [Array.from({ length: 5001 }, () => [0, 0])] })}\n`,
      /other\.jsonl:2: .*more than 5000 points/,
      1,
    ],
    ['no labels', `${line(undefined, 1)}\n`, /has no labeled drawings/, 2],
    ['a broken gzip file', gzipSync(line('a', 1)).subarray(0, 30), /damaged gzip file/, 1],
    ['something else', 'To do\n', /the line is not JSON/, 1],
  ])('are not taken over from a file with %s', async (_, content, message, expected) => {
    await label('x');
    const other = path.join(home, 'other.jsonl');
    await writeFile(other, content);
    const { code, stderr } = await run(['samples', '--import', other, '--quiet'], { home });
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    expect(await labels()).toBe('x');
  });

  test('are deleted by label, or all', async () => {
    await label('a', 'b', 'a', 'ä');
    const one = await runJson(['samples', '--delete', ' a ', '--yes'], { home });
    expect(one.events).toMatchObject([{ samples: 2, deleted: 2, labels: [{ label: 'b' }, { label: 'ä' }] }]);
    expect((await run(['samples', '--delete', 'a', '-y'], { home })).stdout).toBe('Nothing was deleted.\n');
    expect((await run(['samples', '--delete', 'a\u0308', '-y'], { home })).stdout).toBe('Deleted 1 sample.\n');
    expect((await run(['samples', '--delete', 'b', '-y'], { home })).stderr).toBe('No samples are left.\n');
    await label('a');
    expect((await runJson(['samples', '--delete', 'all', '--yes'], { home })).events).toMatchObject([
      { samples: 0, deleted: 1, labels: [] },
    ]);
    expect(await readdir(home)).toEqual([]);
  });

  test('are not deleted without being asked about', async () => {
    await label('a');
    const { code, stderr } = await run(['samples', '--delete', 'all'], { home });
    expect(stderr).toMatch(/cannot ask for confirmation without a terminal — add --yes to delete\n$/);
    expect(code).toBe(2);
    expect(await labels()).toBe('a');
  });

  test('cannot be exported and deleted at the same time', async () => {
    const { code, stderr } = await run(['samples', '--export', 'x', '--delete', 'a', '--yes'], { home });
    expect(stderr).toMatch(/--export cannot be combined with --delete — omit one of them\n$/);
    expect(code).toBe(2);
  });

  test('that are damaged are reported, also by doctor, and neither listed nor deleted', async () => {
    await label('a', 'b');
    const damaged = (await readFile(file, 'utf8')).replace('"b"', '"b');
    await writeFile(file, damaged);
    const hint = `correct or remove line 2 of ${file}`;
    for (const args of [[], ['--delete', 'all', '--yes'], ['--import', file]]) {
      const { code, stderr } = await run(['samples', ...args, '--quiet'], { home });
      expect(stderr).toMatch(/samples\.jsonl:2 is damaged: .*JSON/);
      expect(stderr).toContain(hint);
      expect(code).toBe(1);
    }
    expect(await readFile(file, 'utf8')).toBe(damaged);
    const { code, events } = await runJson(['doctor'], { home });
    expect(code).toBe(1);
    expect(events).toContainEqual({
      event: 'check',
      name: 'samples',
      state: 'broken',
      message: expect.any(String),
      hint,
    });
  });
});

test('doctor counts the samples', async () => {
  const check = async () => (await runJson(['doctor'], { home })).events.find(({ name }) => name === 'samples');
  expect(await check()).toMatchObject({ state: 'absent', message: 'none yet' });
  await label('a', 'b', 'a');
  expect(await check()).toMatchObject({
    state: 'ok',
    message: expect.stringMatching(/^3 samples of 2 labels, \d+ B in /),
  });
});
