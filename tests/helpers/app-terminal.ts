import { Duplex } from 'node:stream';
import type { Services } from '../../src/app/services.ts';
import { type AppOptions, type AppResult, runApp } from '../../src/tui/run-app.tsx';
import { KEYS, type KeyName, pasted } from './keys.ts';
import { Screen } from './screen.ts';

/** The parts of Node's `tty` streams that Ink and the app use. */
export class FakeTty extends Duplex {
  readonly isTTY = true;
  readonly fd = -1;
  columns: number;
  rows: number;
  isRaw = false;
  readonly #depth: number;
  readonly #onWrite: (data: string, done: () => void) => void;

  constructor(columns: number, rows: number, depth: number, onWrite: (data: string, done: () => void) => void) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.#depth = depth;
    this.#onWrite = onWrite;
  }

  override _read(): void {}
  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#onWrite(chunk.toString(), done);
  }
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  getColorDepth(env: NodeJS.ProcessEnv): number {
    return env.NO_COLOR ? 1 : this.#depth;
  }
}

export interface AppTerminal {
  readonly screen: Screen;
  readonly result: Promise<AppResult>;
  /** Whether the terminal is in raw mode. */
  raw(): boolean;
  press(...keys: (KeyName | string)[]): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Presses Ctrl-C and waits for the app to quit. */
  end(): Promise<AppResult>;
}

/** Runs the app in this process on an emulated terminal. */
export function openApp(
  services: Services,
  {
    columns = 80,
    rows = 24,
    depth = 8,
    env = { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    ...options
  }: { columns?: number; rows?: number; depth?: number } & Pick<AppOptions, 'env' | 'color' | 'initialScreen'> = {},
): AppTerminal {
  const screen = new Screen(columns, rows);
  const tty = new FakeTty(columns, rows, depth, (data, done) => screen.write(data, done));
  // Input and output of a terminal are one file, hence one stream.
  const stdin = tty as unknown as NodeJS.ReadStream;
  const stdout = tty as unknown as NodeJS.WriteStream;
  const result = runApp(services, { ...options, env, stdin, stdout });
  const press = (...keys: (KeyName | string)[]) => {
    for (const key of keys) tty.push(KEYS[key as KeyName] ?? key);
  };
  return {
    screen,
    result,
    raw: () => tty.isRaw,
    press,
    paste: (text) => void tty.push(pasted(text)),
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      tty.columns = newColumns;
      tty.rows = newRows;
      tty.emit('resize');
    },
    async end() {
      press('ctrl+c');
      return await result;
    },
  };
}
