import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXECUTABLE, Program, type Result, type RunOptions } from '../../cli/run.ts';

/** A case that failed in real use, played on the product as its users run it. */
export interface Trial {
  /** The point of the list that it belongs to: `1`, `12`. Trials of one point have letters: `12a`. */
  readonly id: string;
  /** What must hold, as a sentence without a period. */
  readonly title: string;
  /** Why it cannot run on this machine; null if it can. */
  readonly skip?: () => Promise<string | null> | string | null;
  /** Takes longer than a test may, so only the script runs it. */
  readonly long?: boolean;
  run(field: Field): Promise<void>;
}

export interface FieldOptions {
  /** The command that starts the product. Default: this checkout's, with the Node that runs this. */
  command?: readonly string[];
  /** Receives what is observed, a line at a time. */
  print?: (line: string) => void;
}

/** Where a trial takes place: the product, a fresh data folder, and a record of what was seen. */
export class Field implements AsyncDisposable {
  readonly command: readonly string[];
  /** A fresh folder for this trial, removed at its end. */
  readonly folder: string;
  /** EMNIST_TUI_HOME of this trial, in `folder`. */
  readonly home: string;
  /** What did not hold. */
  readonly failures: string[] = [];
  readonly #print: (line: string) => void;
  readonly #cleanUp = new AsyncDisposableStack();

  private constructor(folder: string, { command = [process.execPath, EXECUTABLE], print = () => {} }: FieldOptions) {
    this.folder = folder;
    this.home = path.join(folder, 'home');
    this.command = command;
    this.#print = print;
    this.#cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  }

  static async open(options: FieldOptions = {}): Promise<Field> {
    return new Field(await mkdtemp(path.join(tmpdir(), 'emnist-tui-trial-')), options);
  }

  /** Runs a command of the product until it exits, and records the last line that it printed. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    const program = this.start(args, options);
    program.child.stdin.end(options.input ?? '');
    const result = await program.end();
    const lines = `${result.stdout}\n${result.stderr}`.trim().split('\n');
    this.observe(`$ emnist-tui ${args.join(' ')}`);
    this.observe(`  ${lines.at(-1)!.slice(0, 300)}`);
    this.observe(`  exit code ${result.code ?? program.child.signalCode}`);
    return result;
  }

  /** Starts a command of the product, which is killed at the end of the trial. */
  start(args: readonly string[], options: RunOptions = {}): Program {
    const program = new Program(args, { home: this.home, command: this.command, ...options });
    this.defer(() => program.kill('SIGKILL'));
    return program;
  }

  /** Runs something at the end of the trial, in reverse order. */
  defer(end: () => void | Promise<void>): void {
    this.#cleanUp.defer(end);
  }

  /** Records what was seen. */
  observe(line: string): void {
    this.#print(line);
  }

  /** Records whether something that must hold does; the trial goes on in either case. */
  check(holds: boolean, what: string): void {
    this.#print(`${holds ? 'ok' : 'FAILED'}: ${what}`);
    if (!holds) this.failures.push(what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}

/** Plays a trial. A thrown error is a failure like any other. Returns what did not hold. */
export async function play(trial: Trial, options: FieldOptions = {}): Promise<readonly string[]> {
  await using field = await Field.open(options);
  try {
    await trial.run(field);
  } catch (error) {
    field.check(false, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  return field.failures;
}
