/** What happened to the mouse, on which cell of the terminal. */
export interface MouseInput {
  /** `drag`: moved to another cell while a button is held down. */
  readonly type: 'press' | 'drag' | 'release' | 'wheel';
  readonly button: 'left' | 'middle' | 'right';
  /** From 0. */
  readonly column: number;
  readonly row: number;
  /** The direction of the wheel: -1 is up, 1 is down; otherwise 0. */
  readonly wheel: -1 | 0 | 1;
  /** Of a press: 1, or 2 for the second of a double click, and so on. */
  readonly clicks: number;
}

/** Milliseconds within which two presses on the same cell are a double click. */
const DOUBLE_CLICK = 400;

const BUTTONS = ['left', 'middle', 'right'] as const;
/** Bits of the code: moved, wheel, and buttons that few mice have. Those for Shift, Alt, and Ctrl do not matter here. */
const [MOTION, WHEEL, EXTRA] = [32, 64, 128];

/** Parses the sequences that terminals send for the mouse (SGR, DEC mode 1006), and counts clicks. */
export class MouseParser {
  #last: { column: number; row: number; button: string; time: number; clicks: number } | null = null;

  /**
   * @param sequence `ESC [ < code ; column ; row`, from 1, with a final `M`, or `m` for a release
   * @param time in milliseconds
   * @returns null for what no screen needs, such as a wheel that is pushed sideways
   */
  parse(sequence: string, time: number): MouseInput | null {
    const [, codeText, x, y, final] = /<(\d+);(\d+);(\d+)([Mm])$/.exec(sequence) ?? [];
    if (final === undefined) return null;
    const code = Number(codeText);
    const place = { column: Math.max(0, Number(x) - 1), row: Math.max(0, Number(y) - 1) };
    if (code & EXTRA) return null;
    if (code & WHEEL) {
      if ((code & 3) > 1) return null;
      return { type: 'wheel', button: 'middle', ...place, wheel: code & 1 ? 1 : -1, clicks: 0 };
    }
    const button = BUTTONS[code & 3];
    if (button === undefined) return null;
    const isPress = final === 'M' && !(code & MOTION);
    const type = isPress ? 'press' : final === 'm' ? 'release' : 'drag';
    return { type, button, ...place, wheel: 0, clicks: isPress ? this.#countClick({ ...place, button, time }) : 0 };
  }

  #countClick(press: { column: number; row: number; button: string; time: number }): number {
    const last = this.#last;
    const isRepeated =
      last !== null &&
      last.column === press.column &&
      last.row === press.row &&
      last.button === press.button &&
      press.time - last.time <= DOUBLE_CLICK;
    const clicks = isRepeated ? last.clicks + 1 : 1;
    this.#last = { ...press, clicks };
    return clicks;
  }
}
