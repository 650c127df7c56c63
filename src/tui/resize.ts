import type { Instance } from 'ink';
import type { ReactNode } from 'react';

/** The terminal's size in cells, or that of a common one if it does not say. */
export function terminalSize({ columns, rows }: Pick<NodeJS.WriteStream, 'columns' | 'rows'>): {
  columns: number;
  rows: number;
} {
  return { columns: columns || 80, rows: rows || 24 };
}

/** Show nothing before the end of Ink's next frame (synchronized output), so that the screen does not flicker. */
const HOLD = '\u001B[?2026h';
/** To the upper left corner, and erase the whole screen, with what some terminals keep of it beyond their right edge. */
const ERASE = '\u001B[H\u001B[2J';

/**
 * Draws the app from scratch whenever the terminal's size changes. Left to itself, Ink first draws the app at its old width,
 * which wraps if the terminal has become narrower, and then only what has changed since, one line off. Returns a function
 * that stops it.
 */
export function redrawOnResize(
  instance: Instance,
  stdout: NodeJS.WriteStream,
  { app, isSuspended }: { app: () => ReactNode; isSuspended: () => boolean },
): () => void {
  let isHandled = false;
  // Before Ink's own listener, which then draws what was rendered here.
  const onResize = () => {
    isHandled = true;
    if (!isSuspended()) {
      stdout.write(HOLD);
      instance.clear();
      stdout.write(ERASE);
    }
    instance.rerender(app());
  };
  // Node reports a signal only if the size differs from what it was. A terminal that was briefly smaller has lost the rest.
  const onSignal = () => {
    if (!isHandled) stdout.emit('resize');
    isHandled = false;
  };
  stdout.prependListener('resize', onResize);
  process.on('SIGWINCH', onSignal);
  return () => {
    stdout.off('resize', onResize);
    process.off('SIGWINCH', onSignal);
  };
}
