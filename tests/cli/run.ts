import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { checkEvent } from '../helpers/check-events.ts';

/** Runs the built product as users do: `bin/emnist-tui.js` in a separate process. */

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const EXECUTABLE = path.join(ROOT, 'bin/emnist-tui.js');

export interface RunOptions {
  /** EMNIST_TUI_HOME. */
  home?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  node?: string;
  /** The script to run instead of bin/emnist-tui.js. */
  program?: string;
  /** The command to run instead of Node and the script, for forms of the product that are not scripts. */
  command?: readonly string[];
  uid?: number;
}

export interface Result {
  /** Null when it was ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export type ProgramEvent = { event: string; [field: string]: unknown };

/** A running program whose output is collected. */
export class Program {
  readonly args: readonly string[];
  readonly child: ChildProcessWithoutNullStreams;
  stdout = '';
  stderr = '';
  #wake = Promise.withResolvers<void>();
  readonly #ended: Promise<number | null>;
  #over = false;

  constructor(
    args: readonly string[],
    { home, env, cwd, node = process.execPath, program = EXECUTABLE, command = [node, program], uid }: RunOptions = {},
  ) {
    this.args = args;
    // The environment of the tests (CI, colors, data directory) must not affect the program.
    const { NO_COLOR, FORCE_COLOR, EMNIST_TUI_HOME, EMNIST_TUI_ARCHIVE, NODE_OPTIONS, ...clean } = process.env;
    const [file, ...first] = command;
    this.child = spawn(file!, [...first, ...args], {
      cwd,
      uid,
      gid: uid,
      env: { ...clean, ...(home !== undefined && { EMNIST_TUI_HOME: home }), ...env },
    });
    const listen = (stream: NodeJS.ReadableStream, take: (text: string) => void) =>
      stream.setEncoding('utf8').on('data', (text: string) => {
        take(text);
        this.#stir();
      });
    listen(this.child.stdout, (text) => {
      this.stdout += text;
    });
    listen(this.child.stderr, (text) => {
      this.stderr += text;
    });
    // The program may exit before it has read its input.
    this.child.stdin.on('error', () => {});
    this.#ended = once(this.child, 'close').then(([code]) => {
      this.#over = true;
      this.#stir();
      return code;
    });
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Waits for text in the output; fails when the program exits without it. */
  async until<T>(look: (program: Program) => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look(this);
      if (found) return found;
      if (this.#over) throw new Error(`it ended before that was seen:\n${this.stdout}\n${this.stderr}`);
      await this.#wake.promise;
    }
  }

  /** The complete events so far. */
  get events(): ProgramEvent[] {
    return parseEvents(this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1), this.args);
  }

  event(name: string): Promise<ProgramEvent> {
    return this.until(({ events }) => events.find(({ event }) => event === name));
  }

  async end(): Promise<Result> {
    const code = await this.#ended;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Starts the program; it is killed at the end of the test. */
export function start(args: readonly string[], options?: RunOptions): Program {
  const program = new Program(args, options);
  onTestFinished(() => program.kill('SIGKILL'));
  return program;
}

/** Runs the program until it exits. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const program = new Program(args, options);
  program.child.stdin.end(options.input ?? '');
  return program.end();
}

/** Like `run`, with `--json`: returns the events. Throws when stdout contains anything else. */
export async function runJson(args: readonly string[], options?: RunOptions) {
  const result = await run([...args, '--json'], options);
  return { ...result, events: parseEvents(result.stdout, args) };
}

/** The events that a command printed. Throws when one does not match the JSON Schema of the command's events. */
function parseEvents(stdout: string, args: readonly string[]): ProgramEvent[] {
  if (stdout === '') return [];
  if (!stdout.endsWith('\n')) throw new Error(`the last line is cut off: ${stdout.slice(-200)}`);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const event: unknown = JSON.parse(line);
      checkEvent(event, args);
      return event as ProgramEvent;
    });
}

/** A temporary folder, removed at the end of the test or, with `afterAll` as `cleanUp`, of the file's tests. */
export async function temporaryFolder(
  cleanUp: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emnist-tui-test-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The format of an error: one line on stderr with message and hint. */
export const ERROR_LINE = /^emnist-tui: .+ — .+\n$/;
