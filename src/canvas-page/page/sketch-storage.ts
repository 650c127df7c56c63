import { type Sketch, savedSketchSchema } from '../sketch.ts';
import { readStored, removeStored, store } from './session-storage.ts';

const NAME = 'drawing';

/** Restores the drawing from before a reload, and keeps it across the next one. */
export function keepAcrossReloads(sketch: Sketch): void {
  const saved = readStored(NAME, savedSketchSchema);
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
  // Without the history if it does not fit. If nothing fits, what is stored is outdated, so it is removed.
  const isStored = store(NAME, sketch.save()) || store(NAME, { ...sketch.save(), past: [], future: [] });
  if (!isStored) removeStored(NAME);
}
