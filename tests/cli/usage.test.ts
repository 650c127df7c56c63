import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/app/options/commands.ts';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ERROR_LINE, ROOT, run, runJson } from './run.ts';

describe('help and version', () => {
  test('--version prints only the version, also with other options', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    const plain = { code: 0, stdout: `${version}\n`, stderr: '' };
    expect(await run(['--version'])).toEqual(plain);
    expect(await run(['--quiet', '--version'])).toEqual(plain);
  });

  test('--help lists every command', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of COMMAND_NAMES) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  test.each(COMMAND_NAMES)('%s --help lists the global options', async (command) => {
    const { code, stdout } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: emnist-tui ${command}`);
    for (const option of ['--json', '--help', '--data-dir', '--quiet', '--verbose']) expect(stdout).toContain(option);
    expect(await run(['help', command])).toEqual({ code, stdout, stderr: '' });
  });

  test.each(Object.values(EXAMPLES).flat())('the example "%s" is a valid command line', async (example) => {
    const [, words = ''] = /emnist-tui ([^<>|)#]*)/.exec(example) ?? [];
    let runs = 0;
    const program = createProgram(async () => void runs++);
    await program.parseAsync(words.trim().split(' '), { from: 'user' });
    expect(runs).toBe(1);
  });

  test('without a terminal or a command it prints help and exits 2', async () => {
    const { code, stdout, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: emnist-tui');
  });
});

describe('an invalid command line gets one line and exit code 2', () => {
  test.each([
    ['an unknown command', ['fech'], 'did you mean fetch?'],
    ['an unknown option', ['fetch', '--splt', 'mnist'], 'did you mean --split?'],
    ['an unknown option of the program', ['--jsn'], 'did you mean --json?'],
    ['an unknown split', ['fetch', '--split', 'mnst'], 'balanced, byclass, bymerge, letters, digits, mnist, all'],
    ['all splits where one is needed', ['evaluate', '--split', 'all'], 'balanced, byclass'],
    ['an unknown part', ['evaluate', '--part', 'validation'], 'train, test'],
    ['an unknown architecture', ['train', '--architecture', 'resnet'], 'cnn, vgg, deep'],
    ['an unknown engine', ['train', '--engine', 'cuda'], 'auto, wasm, tensorflow'],
    ['a fraction of an epoch', ['train', '--epochs', '1.5'], 'from 1 to'],
    ['no epochs', ['train', '--epochs', '0'], 'invalid --epochs "0" — use a whole number from 1 to'],
    ['a negative number', ['train', '--batch-size', '-5'], 'from 1 to'],
    ['a number in words', ['train', '--threads', 'two'], 'from 1 to'],
    ['more threads than the engine supports', ['train', '--threads', '65'], 'from 1 to 64'],
    ['a learning rate of zero', ['train', '--learning-rate', '0'], 'above 0'],
    ['a learning rate that is not a number', ['train', '--learning-rate', 'NaN'], 'above 0'],
    ['label smoothing above the maximum', ['train', '--label-smoothing', '1'], 'from 0 to 0.9'],
    ['a negative augmentation strength', ['train', '--augment', '-1'], 'from 0 to 2'],
    ['an unknown optimizer', ['train', '--optimizer', 'lion'], 'adam, sgd'],
    [
      'a stroke file together with a split',
      ['evaluate', '--strokes', 'x.jsonl', '--split', 'mnist'],
      '--strokes cannot be combined with --split — omit one of them',
    ],
    ['a prior that there is not', ['evaluate', '--prior', 'mine'], 'split, uniform'],
    ['a port that cannot be', ['draw', '--port', '65536'], 'from 0 to 65535'],
    ['no guesses', ['predict', '--top', '0', 'x.png'], 'at least 1'],
    ['an option without its value', ['train', '--epochs'], 'emnist-tui train --help'],
    ['an empty folder', ['models', '--data-dir', ''], 'not empty'],
    ['too many arguments', ['models', 'mnist'], 'emnist-tui models --help'],
    ['help on a command that there is not', ['help', 'nope'], "unknown command 'nope'"],
    [
      'an unknown option after the name of another command',
      ['predict', 'train', '--bogus'],
      'emnist-tui predict --help',
    ],
    [
      'a URL on another computer',
      ['fetch', '--from', 'file://host/gzip.zip'],
      'pass an http or https URL, or a file, with --from',
    ],
    ['an invalid URL', ['fetch', '--from', 'http://'], 'pass an http or https URL, or a file, with --from'],
    ['nothing to predict', ['predict'], 'emnist-tui predict --help'],
    ['a name that is not a valid file name', ['train', '--name', '../x'], 'letters, digits'],
    ['the name of the shipped model', ['train', '--name', 'shipped'], 'choose another name'],
    ['clean without a selection', ['clean', '--yes'], '--datasets, --models, --samples, or --all'],
    ['clean without a terminal to ask on', ['clean', '--all'], '--yes'],
  ])('%s', async (_, args, hint) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toContain(hint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('--json adds an event on stdout, wherever the option is', async () => {
    for (const args of [
      ['--json', 'fetch', '--split', 'mnst'],
      ['fetch', '--split', 'mnst', '--json'],
    ]) {
      const { code, stdout, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(ERROR_LINE);
      expect(JSON.parse(stdout)).toEqual({
        event: 'error',
        code: 'usage',
        message: 'invalid --split "mnst"',
        hint: 'use one of balanced, byclass, bymerge, letters, digits, mnist, all',
        data: {
          option: 'split',
          value: 'mnst',
          expected: 'one of balanced, byclass, bymerge, letters, digits, mnist, all',
        },
      });
    }
  });

  test('--verbose adds the stack trace', async () => {
    const { stderr } = await run(['predict', 'nowhere.png', '--verbose']);
    expect(stderr).toMatch(/^emnist-tui: nowhere\.png.* — .*\n.*Error: .*\n +at /);
  });
});

test('a runtime error is one event', async () => {
  const { code, events } = await runJson(['predict', 'nowhere.png']);
  expect(code).toBe(1);
  expect(events).toEqual([expect.objectContaining({ event: 'error', code: 'file-missing' })]);
});
