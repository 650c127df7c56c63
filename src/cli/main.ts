import { CommanderError } from 'commander';
import { type GlobalOptions, globalOptions } from '../app/options/global.ts';
import { parseOptions } from '../app/options/parse.ts';
import { isEmnistError } from '../core/errors.ts';
import { resolvePaths } from '../core/paths.ts';
import { writeCompletely } from './complete-output.ts';
import { exitCode } from './exit-code.ts';
import { outlivesTerminal } from './hangup.ts';
import { type Watch, watchInterruptions } from './interruption.ts';
import { createProgram } from './program.ts';
import { chooseOutput } from './render/choose.ts';
import type { Output, OutputOptions } from './render/output.ts';
import { reportError } from './report-error.ts';
import { asUsageError, usageError } from './usage-error.ts';

/** Runs one command line (without `node` and the script) and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const options = outputOptions(args);
  writeCompletely(process.stdout);
  const output = chooseOutput(options);
  const watch = watchInterruptions({
    onStop(reason) {
      if (reason !== 'closed-pipe') output.note('Stopping… (press Ctrl-C again to force quit)');
    },
    outlivesTerminal: outlivesTerminal(),
    onHangup() {
      output.note(`The terminal was closed (SIGHUP). Going on; "kill ${process.pid}" stops it.`);
    },
  });
  // Bugs are reported in one line too. `process.exit` lets the app restore the terminal.
  process.once('uncaughtException', (error) => {
    output.close();
    reportError(error, output);
    process.exit(exitCode(error, watch.signal));
  });
  let failure: unknown;
  try {
    if ((await runCommand(args, output, watch)) === 'app') {
      process.exitCode = await runApp(args, options, watch);
      return;
    }
  } catch (error) {
    failure = error instanceof CommanderError ? asUsageError(error, args) : error;
  }
  await written(process.stdout);
  const { aborted, reason } = watch.signal;
  if (aborted && (failure !== undefined || isEmnistError(reason))) {
    // A failure after the command was stopped is a consequence of stopping it.
    if (failure !== undefined && failure !== reason) output.detail(String(failure));
    failure = reason;
  }
  output.close();
  if (failure !== undefined) reportError(failure, output);
  process.exitCode = exitCode(failure, watch.signal);
}

/** Runs the command; returns `app` when there is none and the app should be opened. */
async function runCommand(args: readonly string[], output: Output, watch: Watch): Promise<'done' | 'app'> {
  const program = createProgram(async (options, work) => {
    const { dataDir } = parseOptions(globalOptions, options);
    await work({
      // Only when a command uses them, since some work without a home folder.
      get paths() {
        return resolvePaths(dataDir);
      },
      output,
      signal: watch.signal,
    });
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help' && error.exitCode !== 0) {
      const [, unknown] = program.args;
      // Commander's `help` prints the general help for an unknown command.
      if (unknown !== undefined) throw usageError(`unknown command '${unknown}'`, 'run "emnist-tui --help" for usage');
      const { json } = program.opts<GlobalOptions>();
      const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
      // A dumb terminal cannot move the cursor, which the app needs.
      const canShowApp = onTerminal && process.env.TERM !== 'dumb';
      if (!json && canShowApp) return 'app';
      output.note(program.helpInformation());
      if (onTerminal && !canShowApp) {
        throw usageError('this terminal cannot show the app (TERM=dumb)', 'pass a command, or use another terminal');
      }
      throw usageError('no command was given', 'pass a command, or open the app by running emnist-tui in a terminal');
    }
    // Help and version were printed.
    if (error.exitCode !== 0) throw error;
  }
  return 'done';
}

/** Runs the app and returns its exit code. */
async function runApp(args: readonly string[], { color }: OutputOptions, watch: Watch): Promise<number> {
  // The app handles the terminal and signals itself.
  watch.end();
  // A closed terminal can send SIGHUP several times. After the first, the app no longer listens.
  process.on('SIGHUP', () => {});
  const program = createProgram(async () => {});
  program.parseOptions([...args]);
  const { openApp } = await import('./open-app.ts');
  const {
    exitCode: code,
    summary,
    forced,
  } = await openApp(resolvePaths(parseOptions(globalOptions, program.opts()).dataDir), color);
  if (summary) console.log(summary);
  if (forced) process.exit(code);
  return code;
}

/** The options of the output, read before the command line is parsed because parsing may fail. */
function outputOptions(args: readonly string[]): OutputOptions {
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  return {
    json: options.includes('--json'),
    // -q can be combined with the other short flag without a value: -qy.
    quiet: options.includes('--quiet') || options.some((option) => /^-qy?$/.test(option)),
    verbose: options.includes('--verbose'),
    color: !options.includes('--no-color'),
  };
}

/** Resolves when all output has been written, or cannot be. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => setImmediate(resolve)));
}
