import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../src/app/options/commands.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { EXECUTABLE, run, temporaryFolder } from './run.ts';

/** Why a shell's completion cannot be tested here; empty if it can. */
function whyNot(shell: string): string {
  if (process.platform === 'win32') return ' (skipped: not on Windows)';
  return spawnSync(shell, ['--version']).error ? ` (skipped: ${shell} is not installed)` : '';
}
const [noBash, noZsh, noFish] = ['bash', 'zsh', 'fish'].map(whyNot);

const COMMAND_NAMES = [...Object.keys(COMMANDS), 'help'];
const SPLITS = ['balanced', 'byclass', 'bymerge', 'letters', 'digits', 'mnist'];

/** A command line, and all completions of its last word. */
const COMPLETIONS: [line: string, words: string[]][] = [
  ['emnist-tui ', COMMAND_NAMES],
  ['emnist-tui ex', ['export']],
  ['emnist-tui --data-dir train ', COMMAND_NAMES],
  ['emnist-tui --json tr', ['train']],
  ['emnist-tui train --split ', SPLITS],
  ['emnist-tui train --split=b', ['balanced', 'byclass', 'bymerge']],
  ['emnist-tui fetch --split a', ['all']],
  ['emnist-tui train --architecture ', ['cnn', 'vgg', 'deep']],
  ['emnist-tui export -f ', ['tfjs', 'keras', 'h5', 'onnx', 'safetensors']],
  ['emnist-tui train --ep', ['--epochs']],
  ['emnist-tui draw --no-', ['--no-open', '--no-adapt', '--no-color']],
  ['emnist-tui train --epochs ', []],
  ['emnist-tui completion ', ['bash', 'zsh', 'fish']],
  ['emnist-tui help do', ['doctor']],
  ['emnist-tui evaluate --model my-', ['my-model']],
  ['emnist-tui evaluate -m my-', ['my-model']],
  ['emnist-tui predict one', ['one picture.png']],
  ['emnist-tui predict --characters ', ['all', 'digits', 'letters', 'uppercase', 'lowercase']],
  ['emnist-tui evaluate --characters u', ['uppercase']],
  ['emnist-tui predict --prior u', ['uniform']],
  ['emnist-tui predict --prior=f', ['forms']],
  ['emnist-tui predict --prior one', ['one picture.png']],
  ['emnist-tui predict --lexicon e', ['english']],
  ['emnist-tui predict --lexicon n', ['none']],
  ['emnist-tui predict --lexicon one', ['one picture.png']],
  ['emnist-tui predict a.png one', ['one picture.png']],
  ['emnist-tui export --out one', ['one picture.png']],
  ['emnist-tui sam', ['samples']],
  ['emnist-tui samples --delete ', ['all']],
  ['emnist-tui samples --import one', ['one picture.png']],
  ['emnist-tui --data-dir da', ['data']],
];

const folder = await temporaryFolder(afterAll);
let env: Record<string, string>;
const scripts: Record<string, string> = {};

beforeAll(async () => {
  const home = path.join(folder, 'home');
  const network = architecture('cnn', 10);
  await saveModel(
    { name: 'my-model', network, labels: [...'0123456789'], weights: initialWeights(network, 1), training: null },
    resolvePaths(home),
  );
  await writeFile(path.join(folder, 'one picture.png'), '');
  await mkdir(path.join(folder, 'data'));
  const program = path.join(folder, 'bin', 'emnist-tui');
  await mkdir(path.dirname(program));
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${EXECUTABLE}" "$@"\n`);
  await chmod(program, 0o755);
  env = { PATH: `${path.dirname(program)}:${process.env.PATH}`, EMNIST_TUI_HOME: home, HOME: folder };
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    scripts[shell] = path.join(folder, `script.${shell}`);
    await writeFile(scripts[shell], stdout);
  }
});

function shell(name: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(name, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

const sorted = (words: string[]) => words.toSorted();

describe.skipIf(noBash)(`bash${noBash}`, () => {
  /** Calls the completion function as bash does. */
  const code = `source "$1"
    compopt() { return 1; } # as in bash 3.2, which has none
    IFS=$'\\n' read -rd '' -a COMP_WORDS <<< "$2"
    [[ $3 == new ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    unset IFS
    _emnist_tui
    printf '%s\\n' "\${COMPREPLY[@]}"`;

  test.each(COMPLETIONS)('completes %j', (line, words) => {
    // bash makes three words of --flag=value.
    const typed = line.trimEnd().replaceAll('=', ' = ').split(/ +/).join('\n');
    const output = shell('bash', '-c', code, 'bash', scripts.bash!, typed, line.endsWith(' ') ? 'new' : 'same');
    expect(sorted(output.split('\n').filter((word) => word !== ''))).toEqual(sorted(words));
  });

  test('completes what is typed on a terminal', async () => {
    const terminal = startTerminal('bash', ['--norc', '--noprofile', '-i'], {
      cwd: folder,
      env: { ...env, PS1: '> ' },
    });
    onTestFinished(() => terminal.close());
    terminal.press(`source ${scripts.bash}\r`);
    await terminal.waitForText(/^> source .*\n(.*\n)?> $/m);
    terminal.press('emnist-tui tra\t--archi\tc\t');
    await terminal.waitForText(/emnist-tui train --architecture cnn/);
    terminal.press('\u0015emnist-tui predict one\t');
    await terminal.waitForText(/emnist-tui predict one\\ picture\.png/);
  });
});

describe.skipIf(noZsh)(`zsh${noZsh}`, () => {
  test.each<[typed: string, expected: string]>([
    ['emnist-tui tra\t', 'emnist-tui train'],
    ['emnist-tui train --archi\tc\t', 'emnist-tui train --architecture=cnn'],
    ['emnist-tui --data-dir data exp\t', 'emnist-tui --data-dir data export'],
    ['emnist-tui evaluate -m my\t', 'emnist-tui evaluate -m my-model'],
    ['emnist-tui predict a.png one\t', 'emnist-tui predict a.png one\\ picture.png'],
    ['emnist-tui completion f\t', 'emnist-tui completion fish'],
    ['emnist-tui predict --prior f\t', 'emnist-tui predict --prior forms'],
    ['emnist-tui predict --prior on\t', 'emnist-tui predict --prior one\\ picture.png'],
  ])('completes %j', async (typed, expected) => {
    const terminal = startTerminal('zsh', ['-f', '-i'], { cwd: folder, env: { ...env, PS1: '> ' } });
    onTestFinished(() => terminal.close());
    terminal.press(
      `autoload -Uz compinit; compinit -u -d ${folder}/.zcompdump; source ${scripts.zsh}; clear; echo ready\r`,
    );
    await terminal.waitForText(/^ready\n> $/m);
    terminal.press(typed);
    await terminal.emulator.waitFor(() => terminal.screen().includes(expected), expected);
  });
});

describe.skipIf(noFish)(`fish${noFish}`, () => {
  test.each(COMPLETIONS)('completes %j', (line, words) => {
    const output = shell('fish', '--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', scripts.fish!, line);
    const prefix = /--\S+=/.exec(line)?.[0] ?? '';
    const completed = output
      .split('\n')
      .map((row) => row.split('\t')[0]!.slice(prefix.length).replace(/\/$/, ''))
      .filter((word) => word !== '');
    expect(sorted(completed)).toEqual(sorted(words));
  });
});
