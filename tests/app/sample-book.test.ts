import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSampleBook } from '../../src/app/sample-book.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import type { NewSample } from '../../src/core/samples/sample.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-book-'));
});
afterEach(() => rm(home, { recursive: true }));

const sample = (label: string): NewSample => ({
  label,
  origin: 'practiced',
  strokes: [
    [
      [0, 0],
      [5, 5],
    ],
  ],
});

test('a book counts the samples of each label, and says what to practice next', async () => {
  using book = await openSampleBook(resolvePaths(home));
  expect(book.state).toMatchObject({ samples: 0, labels: [] });
  expect(book.state.practice).toHaveLength(62);
  const changes = vi.fn();
  book.onChange(changes);
  book.practice(['0', '1', 'c']);
  expect(book.state.practice).toEqual(['0', '1', 'C', 'c']);
  for (const label of ['c', 'c', '10', '9', ' 0 ']) await book.add(sample(label));
  expect(book.state).toEqual({
    samples: 5,
    labels: [
      { label: '0', count: 1 },
      { label: '9', count: 1 },
      { label: '10', count: 1 },
      { label: 'c', count: 2 },
    ],
    practice: ['1', 'C', '0', '9', '10', 'c'],
  });
  expect(changes).toHaveBeenCalledTimes(6);
  expect(book.samples.map(({ label }) => label)).toEqual(['c', 'c', '10', '9', '0']);
});

test('a sample that is removed twice is no error', async () => {
  using book = await openSampleBook(resolvePaths(home));
  const { id } = await book.add(sample('a'));
  const changes = vi.fn();
  book.onChange(changes);
  await book.remove(id);
  await book.remove(id);
  expect(changes).toHaveBeenCalledOnce();
  expect(book.state.samples).toBe(0);
});

test('labels that arrive at the same time are all stored', async () => {
  using book = await openSampleBook(resolvePaths(home));
  await Promise.all(Array.from({ length: 20 }, (_, index) => book.add(sample(String(index)))));
  using other = await openSampleBook(resolvePaths(home));
  expect(other.state.samples).toBe(20);
});

test('changes by others are noticed from the first sample on, until nobody listens', async () => {
  using book = await openSampleBook(resolvePaths(home));
  using other = await openSampleBook(resolvePaths(home));
  const changed = () =>
    new Promise<void>((resolve) => {
      const stop = book.onChange(() => {
        stop();
        resolve();
      });
    });
  const first = changed();
  const { id } = await other.add(sample('a'));
  await first;
  expect(book.state.samples).toBe(1);
  const second = changed();
  await other.remove(id);
  await second;
  expect(book.state.samples).toBe(0);
});

test('a file that others have damaged leaves the samples as they were, and is reported on the next change', async () => {
  const paths = resolvePaths(home);
  using book = await openSampleBook(paths);
  await book.add(sample('a'));
  await writeFile(paths.samples, 'nonsense');
  book.onChange(() => {});
  await expect(book.add(sample('b'))).rejects.toMatchObject({ code: 'samples-invalid' });
  expect(book.state.samples).toBe(1);
});

test('listening does not keep the process alive', async () => {
  const source = new URL('../../src/app/sample-book.ts', import.meta.url).href;
  const code = `const { openSampleBook } = await import(${JSON.stringify(source)});
    const book = await openSampleBook({ samples: ${JSON.stringify(path.join(home, 'samples.jsonl'))} });
    book.onChange(() => {});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
