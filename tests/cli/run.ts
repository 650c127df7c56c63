import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Runs the built product as users do: `bin/emnist-tui.js` in a process of its own. */

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const EXECUTABLE = path.join(ROOT, 'bin/emnist-tui.js');

export interface RunOptions {
  /** The program's folder for everything. */
  home?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  node?: string;
  /** The executable, where it is not the project's. */
  program?: string;
  /** What is run in place of Node and that: a form of the product that is no script. */
  command?: readonly string[];
  uid?: number;
}

export interface Result {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export type ProgramEvent = { event: string; [field: string]: unknown };

/** A program that runs. Its output is kept as it comes. */
export class Program {
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
    // What the tests are run with (CI, colors, another home) is not to change what they see.
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
    // The program may be gone before it has read its input.
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

  /** Waits until the output shows something; fails when the program ends without. */
  async until<T>(look: (program: Program) => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look(this);
      if (found) return found;
      if (this.#over) throw new Error(`it ended before that was seen:\n${this.stdout}\n${this.stderr}`);
      await this.#wake.promise;
    }
  }

  /** The events so far, each of which is whole. */
  get events(): ProgramEvent[] {
    return parseEvents(this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1));
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

/** Starts the program; it ends with the test at the latest. */
export function start(args: readonly string[], options?: RunOptions): Program {
  const program = new Program(args, options);
  onTestFinished(() => program.kill('SIGKILL'));
  return program;
}

/** Runs the program to its end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const program = new Program(args, options);
  program.child.stdin.end(options.input ?? '');
  return program.end();
}

/** As `run`, with `--json`: the events it printed. Throws when stdout holds anything else. */
export async function runJson(args: readonly string[], options?: RunOptions) {
  const result = await run([...args, '--json'], options);
  return { ...result, events: parseEvents(result.stdout) };
}

export function parseEvents(stdout: string): ProgramEvent[] {
  if (stdout === '') return [];
  if (!stdout.endsWith('\n')) throw new Error(`the last line is cut off: ${stdout.slice(-200)}`);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const event: unknown = JSON.parse(line);
      if (typeof event === 'object' && event !== null && 'event' in event && typeof event.event === 'string') {
        return event as ProgramEvent;
      }
      throw new Error(`not an event: ${line}`);
    });
}

/** A new empty folder, removed when the test (or, outside of one, the caller's `cleanUp`) is over. */
export async function temporaryFolder(
  cleanUp: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emnist-tui-test-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What an error looks like: one line on stderr that says what is wrong and what to do. */
export const ERROR_LINE = /^emnist-tui: .+ — .+\n$/;
