import type { Sheet } from '../sheet.ts';
import type { Cursor } from './drawing-painter.ts';

const STEP = 40;
const SMALL_STEP = 10;
/** The position is announced to screen readers when the pen has rested for this long. */
const REST_MILLISECONDS = 600;

const DIRECTIONS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface KeyboardPen {
  /** Null while the keyboard is not used. */
  readonly cursor: Cursor | null;
}

/**
 * Draws with the keyboard while `paper` has the focus: arrow keys move the pen, two together diagonally, and Space lowers
 * and lifts it.
 *
 * @param sheet the one that is drawn on
 * @param onMove called when the cursor needs to be repainted
 * @param announce announces a change to screen readers
 * @param onFull called when the sketch accepts no more strokes
 */
export function drawWithKeyboard(
  paper: HTMLElement,
  sheet: () => Sheet,
  onMove: () => void,
  announce: (text: string) => void,
  onFull: () => void,
): KeyboardPen {
  const held = new Set<string>();
  /** Where the pen is on each sheet. */
  const places = new WeakMap<Sheet, readonly [x: number, y: number]>();
  const place = () => places.get(sheet()) ?? sheet().start;
  let shown = false;
  let rest: number | undefined;
  paper.tabIndex = 0;

  const announcePosition = () => {
    const { sketch, width, height } = sheet();
    const [x, y] = place();
    const percent = (coordinate: number, whole: number) => `${Math.round((coordinate / whole) * 100)}%`;
    const where = `${percent(x, width)} from the left, ${percent(y, height)} from the top`;
    announce(`Pen ${sketch.live ? 'down' : 'up'}, ${where}.`);
  };

  const move = (step: number) => {
    const { sketch, width, height } = sheet();
    let [x, y] = place();
    for (const key of held) {
      const [right, down] = DIRECTIONS[key]!;
      x = Math.min(width, Math.max(0, x + right * step));
      y = Math.min(height, Math.max(0, y + down * step));
    }
    places.set(sheet(), [x, y]);
    sketch.extend([[x, y]]);
    clearTimeout(rest);
    rest = setTimeout(announcePosition, REST_MILLISECONDS);
  };
  const toggle = () => {
    clearTimeout(rest);
    const { sketch } = sheet();
    if (sketch.live) {
      sketch.end();
      announce('Pen up.');
    } else if (sketch.begin(place())) announce('Pen down.');
    else onFull();
  };

  paper.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS) {
      held.add(event.key);
      move(event.shiftKey ? SMALL_STEP : STEP);
    } else if (event.key === ' ') {
      if (!event.repeat) toggle();
    } else return;
    event.preventDefault();
    shown = true;
    onMove();
  });
  paper.addEventListener('keyup', (event) => held.delete(event.key));
  const hide = () => {
    if (!shown) return;
    shown = false;
    onMove();
  };
  paper.addEventListener('blur', () => {
    held.clear();
    clearTimeout(rest);
    sheet().sketch.end();
    hide();
  });
  paper.addEventListener('pointerdown', hide);

  return {
    get cursor() {
      if (!shown) return null;
      const [x, y] = place();
      return { x, y, down: sheet().sketch.live !== null };
    },
  };
}
