import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const SOURCES = path.join(import.meta.dirname, '../../src');
const program = createProgram(async () => {});
const names = program.commands.map((command) => command.name());
const flags = [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long!));
const COMMAND = new RegExp(`emnist-tui (?:${[...names, 'help'].join('|')})\\b`, 'g');
const FLAG = new RegExp(`(?:${[...new Set(flags), '--help'].join('|')})\\b`, 'g');

test.each(['core', 'app'])('src/%s names no command and no flag of the command line', async (room) => {
  const files = await Array.fromAsync(glob('**/*.ts', { cwd: path.join(SOURCES, room) }));
  expect(files.length).toBeGreaterThan(10);
  const named: string[] = [];
  for (const file of files) {
    const text = await readFile(path.join(SOURCES, room, file), 'utf8');
    for (const [match] of [...text.matchAll(COMMAND), ...text.matchAll(FLAG)]) named.push(`${file}: ${match}`);
  }
  expect(named).toEqual([]);
});

test('the patterns find commands and flags', () => {
  expect('run "emnist-tui fetch --split digits"'.match(COMMAND)).toEqual(['emnist-tui fetch']);
  expect('run "emnist-tui fetch --split digits"'.match(FLAG)).toEqual(['--split']);
});
