import type { Terminal } from '../../tests/helpers/terminal.ts';
import { terminalHtml } from './terminal-html.ts';

/** What is shown for a while: the terminal, the canvas page next to it if it is open, and the mouse and keys in use. */
export interface Shot {
  /** See `terminalHtml`. */
  readonly terminal: string;
  /** A PNG of the canvas page. */
  readonly page?: Buffer;
  /** Where the mouse is on the page, in its pixels. */
  readonly mouse?: readonly [x: number, y: number];
  /** The cap of the key that has just been pressed. */
  readonly key?: string;
}

export interface TimedShot extends Shot {
  readonly milliseconds: number;
}

/** Time between two pictures of something that moves. */
export const FRAME = 100;
const SAMPLE = 50;

/** The current contents of a terminal. */
export function shootTerminal(app: Terminal): Shot {
  return { terminal: terminalHtml(app.emulator) };
}

/** Records a terminal until `end`. The recording lasts `milliseconds`, however long that took. */
export async function shootUntil(app: Terminal, end: Promise<unknown>, milliseconds: number): Promise<TimedShot[]> {
  const shots: Shot[] = [];
  const timer = setInterval(() => shots.push(shootTerminal(app)), SAMPLE);
  try {
    await end;
  } finally {
    clearInterval(timer);
  }
  shots.push(shootTerminal(app));
  return speedUp(shots, milliseconds);
}

/** Shows as many of the shots, which were taken at equal intervals, as fit into the time. */
export function speedUp(shots: readonly Shot[], milliseconds: number): TimedShot[] {
  const count = Math.round(milliseconds / FRAME);
  return Array.from({ length: count }, (_, index) => ({
    ...shots[Math.round((index * (shots.length - 1)) / Math.max(1, count - 1))]!,
    milliseconds: FRAME,
  }));
}
