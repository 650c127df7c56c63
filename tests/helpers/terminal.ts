import pty from '@lydell/node-pty';
import { KEYS, type KeyName } from './keys.ts';
import { Screen } from './screen.ts';

export interface TerminalOptions {
  cols?: number;
  rows?: number;
  /** Added to this process' environment; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  cwd?: string;
}

export interface Terminal {
  readonly pid: number;
  readonly emulator: Screen;
  /** Sends keys by name (`enter`, `ctrl+c`, …) or text unchanged. */
  press(...keys: (KeyName | string)[]): void;
  /** Resolves with the screen's text as soon as it matches. */
  waitForText(pattern: RegExp, milliseconds?: number): Promise<string>;
  /** The screen's current text. */
  screen(): string;
  resize(cols: number, rows: number): void;
  signal(name: NodeJS.Signals): void;
  /** Closes the terminal, as when its window is closed or its connection is lost. */
  hangUp(): void;
  /** The exit code, or the negated number of the signal that ended the process. */
  readonly exitCode: Promise<number>;
  /** Kills the process if it is still running. */
  close(): Promise<void>;
}

/** Runs a command on a pseudo-terminal connected to a terminal emulator. */
export function startTerminal(
  command: string,
  args: readonly string[],
  { cols = 80, rows = 24, env = {}, cwd = process.cwd() }: TerminalOptions = {},
): Terminal {
  const emulator = new Screen(cols, rows);
  const merged = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: undefined, ...env };
  const child = pty.spawn(command, [...args], {
    ...{ cols, rows, cwd, name: 'xterm-256color' },
    env: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
  });
  let running = true;
  child.onData((data) => emulator.write(data));
  const exitCode = new Promise<number>((resolve) => {
    child.onExit(({ exitCode: code, signal }) => {
      running = false;
      // Resolve once everything written before is on the screen.
      emulator.write('', () => resolve(signal ? -signal : code));
    });
  });
  return {
    pid: child.pid,
    emulator,
    exitCode,
    press(...keys) {
      for (const key of keys) child.write(KEYS[key as KeyName] ?? key);
    },
    waitForText: (pattern, milliseconds) => emulator.waitForText(pattern, milliseconds),
    screen: () => emulator.text(),
    resize(newCols, newRows) {
      emulator.resize(newCols, newRows);
      child.resize(newCols, newRows);
    },
    signal: (name) => process.kill(child.pid, name),
    // Ends its programs, unless they ignore SIGHUP. The type lacks it.
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    async close() {
      if (running) child.kill('SIGKILL');
      await exitCode;
    },
  };
}
