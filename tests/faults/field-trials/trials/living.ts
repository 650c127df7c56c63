import { chmod, cp, mkdir, readdir, readFile, realpath, rm, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { ERROR_LINE, type Result } from '../../../cli/run.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import { startTerminal } from '../../../helpers/terminal.ts';
import type { Field, Trial } from '../field.ts';

const DRAWING = '{"strokes":[[[5,0],[5,20]]]}\n';
const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '16', '--epochs'];
const isRoot = process.getuid?.() === 0;
const onLinux = () => (process.platform === 'linux' ? null : 'only Linux has this');

async function installDigits(field: Field): Promise<void> {
  await installDatasets(resolvePaths(field.home), { digits: { train: 600, test: 100 } });
}

/** Runs a command after another in the same shell, such as one that sets a limit. */
function runAfter(field: Field, shell: string, args: readonly string[], node: readonly string[] = []) {
  const [file, ...script] = field.command;
  field.observe(`${shell} ${node.join(' ')}`);
  return field.run(args, { command: ['sh', '-c', `${shell}; exec "$@"`, 'sh', file!, ...node, ...script] });
}

/** Waits until a file in a folder matches. */
async function logged(folder: string, name: string, pattern: RegExp): Promise<void> {
  for await (const _ of watch(folder)) {
    if (pattern.test(await readFile(path.join(folder, name), 'utf8').catch(() => ''))) return;
  }
}

/** How the program starts, and lives with what its surroundings do to it. */
export const TRIALS: readonly Trial[] = [
  {
    id: '8a',
    title: 'a user without HOME and without an entry in /etc/passwd gets a line, and can choose a folder',
    skip: () => onLinux() ?? (isRoot ? null : 'only root can become another user'),
    async run(field) {
      const program = await realpath(field.command[0]!);
      const command = [
        'setpriv',
        '--reuid',
        '12345',
        '--regid',
        '12345',
        '--clear-groups',
        'env',
        '-i',
        'PATH=/usr/bin:/bin',
      ];
      const run = (args: readonly string[], variables: readonly string[] = []) =>
        field.run(args, { command: [...command, ...variables, program, ...field.command.slice(1)] });
      await mkdir(field.home);
      await chmod(field.folder, 0o755);
      await chmod(field.home, 0o777);
      for (const args of [['models'], ['doctor'], ['predict', '-']]) {
        const { code, stderr } = await run(args);
        field.check(code === 1 && ERROR_LINE.test(stderr), `${args[0]} fails with one line`);
        field.check(/--data-dir.*EMNIST_TUI_HOME/.test(stderr), 'it names both ways to choose a folder');
      }
      for (const args of [['--help'], ['--version'], ['schema']])
        field.check((await run(args)).code === 0, `${args[0]} needs no folder`);
      for (const chosen of [
        await run(['models', '--data-dir', field.home]),
        await run(['models'], [`EMNIST_TUI_HOME=${field.home}`]),
      ])
        field.check(chosen.code === 0, 'with a chosen folder, it works');
    },
  },
  {
    id: '8b',
    title: 'whatever is wrong with an installation is a line',
    async run(field) {
      const [node, script] = field.command;
      if (script === undefined) return field.check(false, 'the command is Node with a script');
      const root = path.join(field.folder, 'copy');
      const source = path.join(path.dirname(await realpath(script)), '..');
      for (const name of ['bin', 'dist', 'package.json'])
        await cp(path.join(source, name), path.join(root, name), { recursive: true });
      await installDigits(field);
      const command = [node!, path.join(root, 'bin/emnist-tui.js')];
      const attempts: [file: string, args: string[]][] = [
        ['emnist-tui.js', ['models']],
        ['train-worker.js', [...TRAIN, '1']],
        ['batch-worker.js', [...TRAIN, '1']],
        ['compute-worker.js', [...TRAIN, '1', '--threads', '2']],
        ['hdf5.js', ['export', '--format', 'h5']],
        ['models/shipped/model.json', ['predict', '-']],
        ['bin/emnist-tui.js', ['models']],
      ];
      const isLine = ({ code, stderr }: Result) =>
        code === 1 && ERROR_LINE.test(stderr) && !/this is a bug/.test(stderr);
      for (const [name, args] of attempts) {
        const file = path.join(root, 'dist', name);
        const contents = await readFile(file);
        for (const [what, damage] of [
          ['without', () => rm(file)],
          ['with half of', () => writeFile(file, contents.subarray(0, contents.length >> 1))],
        ] as const) {
          await damage();
          const result = await field.run([...args, '--quiet'], { command, input: DRAWING });
          field.check(isLine(result), `${what} ${name}`);
        }
        await writeFile(file, contents);
      }
      await rm(path.join(root, 'dist/canvas-page/page.js'));
      field.check(
        isLine(await field.run(['draw', '--no-open', '--quiet'], { command })),
        'without canvas-page/page.js',
      );
    },
  },
  {
    id: '9a',
    title: 'training started with nohup goes on when the terminal is closed',
    skip: onLinux,
    async run(field) {
      await installDigits(field);
      for (const script of ['nohup "$@" > run.log 2>&1 & wait', 'trap "" HUP; "$@" > run.log 2>&1 < /dev/null']) {
        field.observe(script);
        await rm(field.home, { recursive: true });
        await installDigits(field);
        const args = ['-c', script, 'sh', ...field.command, ...TRAIN, '30', '--json'];
        const terminal = startTerminal('bash', args, { cwd: field.folder, env: { EMNIST_TUI_HOME: field.home } });
        field.defer(() => terminal.close());
        await logged(field.folder, 'run.log', /"epoch":2/);
        terminal.hangUp();
        await logged(field.folder, 'run.log', /"event":"(end|error)"/);
        const last = (await readFile(path.join(field.folder, 'run.log'), 'utf8')).match(
          /^\{"event":"(?:end|error)".*$/m,
        );
        field.observe(String(last?.[0]));
        field.check(/"reason":"completed"/.test(String(last?.[0])), 'it trains to its end');
      }
    },
  },
  {
    id: '9b',
    title: 'without nohup, closing the terminal ends training and the app cleanly',
    skip: onLinux,
    async run(field) {
      await installDigits(field);
      const [file, ...script] = field.command;
      const env = { EMNIST_TUI_HOME: field.home };
      const training = startTerminal(file!, [...script, ...TRAIN, '10000'], { env });
      field.defer(() => training.close());
      await training.waitForText(/^epoch 2\/10000 {2}loss/m);
      training.hangUp();
      field.check((await training.exitCode) === 129, 'the exit code of train is 129');
      field.check(
        (await field.run([...TRAIN, '10000', '--resume', '--limit', '1'])).stderr.includes('limit'),
        'its run can be resumed',
      );
      const app = startTerminal(file!, script, { env });
      field.defer(() => app.close());
      await app.waitForText(/Next: /);
      app.hangUp();
      field.check((await app.exitCode) === 129, 'the exit code of the app is 129');
    },
  },
  {
    id: '9c',
    title: 'a limit of the system is named, and what to do about it',
    skip: onLinux,
    async run(field) {
      await installDigits(field);
      const train = [...TRAIN, '1', '--quiet'];
      const cases: [limit: string, args: string[], hint: RegExp, node?: string[]][] = [
        ['ulimit -v 2000000', train, /ulimit -v/],
        ['ulimit -v 3500000', train, /ulimit -v/],
        ['ulimit -v 1500000', ['predict', '-', '--quiet'], /ulimit -v/],
        ['ulimit -n 26', train, /ulimit -n/],
        ['ulimit -f 0', train, /ulimit -f/],
        ['true', train, /--jitless/, ['--jitless']],
        ['true', ['predict', '-'], /--jitless/, ['--jitless']],
        ['true', train, /--allow-fs-write/, ['--permission', '--allow-fs-read=*']],
        ['true', train, /--allow-worker/, ['--permission', '--allow-fs-read=*', '--allow-fs-write=*']],
      ];
      for (const [limit, args, hint, node] of cases) {
        const { code, stderr } = await runAfter(field, limit, args, node);
        const isLine = ERROR_LINE.test(stderr) && hint.test(stderr) && !/this is a bug/.test(stderr);
        field.check(code === 1 && isLine, 'one line with the limit, exit code 1');
      }
    },
  },
  {
    id: '10a',
    title: '~ means home in options, arguments and environment variables',
    async run(field) {
      const home = path.join(field.folder, 'ada');
      const cwd = path.join(field.folder, 'work');
      for (const folder of [home, cwd]) await mkdir(folder);
      const options = { cwd, env: { HOME: home, EMNIST_TUI_HOME: '~/chosen' } };
      await writeFile(path.join(home, 'one.jsonl'), '{"strokes":[[[5,0],[5,20]]]}\n');

      const ends = [
        await field.run(['export', '--format', 'h5', '--out=~/one.h5'], options),
        await field.run(['import', '~/one.h5', '--name', 'own'], options),
        await field.run(['import', '~/one.h5', '--name', 'own', '--data-dir=~/other'], options),
        await field.run(['predict', '--model=~/other/models/own', '~/one.jsonl'], options),
      ];
      field.check(
        ends.every(({ code }) => code === 0),
        'every command succeeds',
      );
      const { stderr } = await field.run(['fetch', '--from=~/nowhere.zip'], options);
      field.check(
        stderr.includes(path.join(home, 'nowhere.zip')),
        'a missing archive is looked for in the home folder',
      );
      field.check(
        (await readdir(home)).sort().join() === 'chosen,one.h5,one.jsonl,other',
        'all of it is in the home folder',
      );
      field.check((await readdir(cwd)).length === 0, 'nothing is created in the current folder');
    },
  },
  {
    id: '10b',
    title: "~name, another user's home, is refused rather than created",
    async run(field) {
      const { code, stderr } = await field.run(['doctor', '--data-dir=~nobody/data'], { cwd: field.folder });
      field.check(code === 2, 'the exit code is 2');
      field.check(/^emnist-tui: invalid --data-dir .* — use a full path/m.test(stderr), 'the line says what to write');
    },
  },
];
