import { type Sketch, savedSketchSchema } from '../sketch.ts';
import { readStored, removeStored, store } from './session-storage.ts';

/** Keeps the drawing of this name across reloads. */
export function keepAcrossReloads(sketch: Sketch, name: string): void {
  const saved = readStored(name, savedSketchSchema);
  if (saved) sketch.restore(saved);
  addEventListener('pagehide', () => {
    sketch.end();
    write(sketch, name);
  });
  // A phone may end a page in the background without another event.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) write(sketch, name);
  });
}

function write(sketch: Sketch, name: string): void {
  // Without the history if it does not fit. If nothing fits, what is stored is outdated, so it is removed.
  const isStored = store(name, sketch.save()) || store(name, { ...sketch.save(), past: [], future: [] });
  if (!isStored) removeStored(name);
}
