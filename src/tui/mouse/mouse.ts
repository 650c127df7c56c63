import { type MouseInput, MouseParser } from './mouse-input.ts';

/** Report presses, releases, and moves with a button held down (DEC mode 1002), as decimal numbers (1006). */
const ON = '\u001B[?1002h\u001B[?1006h';
export const MOUSE_OFF = '\u001B[?1006l\u001B[?1002l';

type Listener = (input: MouseInput) => void;

/**
 * The mouse of the terminal. It is reported only while a part of the screen uses it: as long as it is, terminals select text only
 * while Shift is held down.
 */
export class Mouse {
  readonly #stdout: NodeJS.WriteStream;
  readonly #isSupported: boolean;
  readonly #parser = new MouseParser();
  readonly #listeners = new Set<Listener>();
  #users = 0;
  #isOn = false;
  #isSuspended = false;

  constructor(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv) {
    this.#stdout = stdout;
    this.#isSupported = stdout.isTTY && supportsMouse(env);
  }

  /** Whether the terminal reports its mouse at all. */
  get isSupported(): boolean {
    return this.#isSupported;
  }

  /** Takes a sequence out of the terminal's input. */
  receive(sequence: string): void {
    const input = this.#parser.parse(sequence, performance.now());
    if (input && this.#isOn) for (const listener of this.#listeners) listener(input);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Has the mouse reported until the returned function is called. */
  use(): () => void {
    this.#change(1);
    return () => this.#change(-1);
  }

  /** Leaves the mouse to another program, until `resume`. */
  suspend(): void {
    this.#isSuspended = true;
    this.#update();
  }

  resume(): void {
    this.#isSuspended = false;
    this.#update();
  }

  #change(by: 1 | -1): void {
    this.#users += by;
    // When one screen takes the place of another, nothing changes.
    queueMicrotask(() => this.#update());
  }

  #update(): void {
    const isOn = this.#isSupported && this.#users > 0 && !this.#isSuspended;
    if (isOn === this.#isOn || !this.#stdout.writable) return;
    this.#isOn = isOn;
    // Each frame is written at once, so this comes between two of them.
    this.#stdout.write(isOn ? ON : MOUSE_OFF);
  }
}

/**
 * Whether to ask a terminal for its mouse. `EMNIST_TUI_MOUSE` is 0 or 1 to decide it; without it, all have one except for those
 * that cannot report it, and Windows, where Node does not pass on what the terminal reports.
 */
function supportsMouse({ EMNIST_TUI_MOUSE: choice, TERM }: NodeJS.ProcessEnv): boolean {
  if (TERM === 'dumb' || TERM === 'linux' || choice === '0') return false;
  return choice === '1' || process.platform !== 'win32';
}
