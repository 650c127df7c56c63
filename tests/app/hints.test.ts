import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_SAMPLES } from '../../scripts/generate/error-samples.ts';
import { type HintTable, hintFor } from '../../src/app/hints.ts';
import { COMMANDS } from '../../src/app/options/commands.ts';
import { describeOptions } from '../../src/app/options/describe.ts';
import { CLI_HINTS } from '../../src/cli/hints.ts';
import { createProgram } from '../../src/cli/program.ts';
import { EmnistError, type ErrorCode } from '../../src/core/errors.ts';
import { LIBRARY_HINTS } from '../../src/library/hints.ts';
import * as library from '../../src/library/index.ts';
import { APP_HINTS, FIELDS } from '../../src/tui/hints.ts';
import { KEYMAP } from '../../src/tui/keys/keymap.ts';

const COMMAND = /emnist-tui (\w+)/g;
const FLAG = /--[a-z][\w-]*/g;
const KEY = /press (\w)\b/g;
const FUNCTION = /(\w+)\(/g;
const NAME_IN_CODE = /`(\w+)(?:: [^`]*)?`/g;

const program = createProgram(async () => {});
const commands = program.commands.map((command) => command.name());
const flags = [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long!));
const options = Object.values(COMMANDS).flatMap((command) => describeOptions(command.options).map(({ name }) => name));

/** A table's hints for every code and case. */
function hintsOf(table: HintTable): [code: ErrorCode, hint: string][] {
  return (Object.keys(ERROR_SAMPLES) as ErrorCode[]).flatMap((code) =>
    ERROR_SAMPLES[code].map((data): [ErrorCode, string] => [code, hintFor(table, new EmnistError(code, '', data))]),
  );
}

/** What a pattern's first group, or the whole pattern, matches in a text. */
function found(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([whole, name]) => name ?? whole);
}

describe.each<[string, HintTable]>([
  ['command line', CLI_HINTS],
  ['app', APP_HINTS],
  ['library', LIBRARY_HINTS],
])('the hints of the %s', (_, table) => {
  test('there is one for every code, and each is a phrase on one line', () => {
    for (const [code, hint] of hintsOf(table)) expect(hint, code).toMatch(/^[^\s.][^\n]*[^\s.]$/);
  });
});

test('the hints of the command line name only commands and flags that exist, no keys and no functions', () => {
  for (const [code, hint] of hintsOf(CLI_HINTS)) {
    // Another program's command, with flags of its own.
    if (hint.startsWith('run npm install')) continue;
    for (const command of found(hint, COMMAND)) expect(commands, code).toContain(command);
    for (const flag of found(hint, FLAG)) expect([...flags, '--help'], code).toContain(flag);
    expect([...found(hint, KEY), ...found(hint, NAME_IN_CODE)], code).toEqual([]);
  }
});

test('the hints of the app name only keys that exist, no commands, flags, or functions', () => {
  const keys = [...KEYMAP.global, ...KEYMAP.failed].flatMap((binding) => [...binding.keys] as string[]);
  for (const [code, hint] of hintsOf(APP_HINTS)) {
    for (const key of found(hint, KEY)) expect(keys, code).toContain(key);
    expect([...found(hint, COMMAND), ...found(hint, FLAG), ...found(hint, NAME_IN_CODE)], code).toEqual([]);
  }
});

test('the hints of the app name only fields that a form has, and no command of a shell', async () => {
  const screens = await Promise.all(
    [
      'train-form',
      'train-form-network',
      'train-form-options',
      'fetch-form',
      'own-data-form',
      'evaluate-form',
      'models-export',
    ].map((name) => readFile(path.join(import.meta.dirname, `../tui/golden/${name}-80x24-no-color.txt`), 'utf8')),
  );
  const shown = screens.join('\n').replaceAll(/<[^>]*>/g, '');
  for (const field of Object.values(FIELDS)) expect(shown).toMatch(new RegExp(`^.{0,3}${field}\\b`, 'm'));
  for (const [code, hint] of hintsOf(APP_HINTS)) {
    for (const field of found(hint, /(?:\bin|\bclear|\bchange|\bor) ([A-Z][a-z]+(?: [a-z]+)?)\b/g)) {
      expect(Object.values(FIELDS), `${code}: ${hint}`).toSatisfy(
        (fields: string[]) => fields.includes(field) || fields.includes(field.split(' ')[0]!),
      );
    }
    expect(hint, code).not.toMatch(/\b(?:npm|ulimit|sudo|chmod)\b/);
  }
});

test('the hints of the library name only functions and options that exist, no commands, flags, or keys', () => {
  for (const [code, hint] of hintsOf(LIBRARY_HINTS)) {
    for (const name of found(hint, FUNCTION)) expect(Object.keys(library), code).toContain(name);
    for (const name of found(hint, NAME_IN_CODE)) expect([...options, 'splits', 'dataDir'], code).toContain(name);
    expect([...found(hint, COMMAND), ...found(hint, FLAG), ...found(hint, KEY)], code).toEqual([]);
  }
});

test('a hint says what to do about the cause where an error only wraps it', () => {
  const cause = new EmnistError('host-unreachable', 'no such host', { host: 'nowhere', systemCode: 'ENOTFOUND' });
  const error = new EmnistError('dataset-missing', 'not fetched', { split: 'digits' }, { cause });
  expect(hintFor(CLI_HINTS, error)).toBe(`run "emnist-tui fetch --split digits"; ${hintFor(CLI_HINTS, cause)}`);
});
