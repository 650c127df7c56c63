import * as v from 'valibot';
import { type SavedSketch, type Sketch, savedSketchSchema } from '../sketch.ts';

/** Of this tab and this path: another tab has its own drawing. */
const KEY = `drawing ${location.pathname}`;

/** Restores the drawing of before a reload, and keeps it across the next one. */
export function keepAcrossReloads(sketch: Sketch): void {
  const saved = read();
  if (saved) sketch.restore(saved);
  addEventListener('pagehide', () => {
    sketch.end();
    write(sketch);
  });
  // A phone may end a page in the background without another event.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) write(sketch);
  });
}

function write(sketch: Sketch): void {
  // Without the history if need be. Without the drawing too, rather than an outdated one.
  for (const saved of [sketch.save(), { ...sketch.save(), past: [], future: [] }]) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(saved));
      return;
    } catch {
      // There is no storage, or it is full.
    }
  }
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There is no storage, so nothing outdated either.
  }
}

function read(): SavedSketch | null {
  try {
    const result = v.safeParse(savedSketchSchema, JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
    return result.success ? result.output : null;
  } catch {
    return null; // no storage, or not ours
  }
}
