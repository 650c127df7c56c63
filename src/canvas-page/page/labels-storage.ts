import * as v from 'valibot';
import { type LabelsOutbox, savedOutboxSchema } from '../labels-outbox.ts';
import { type SavedSketch, savedSketchSchema } from '../sketch.ts';
import { readStored, removeStored, store } from './session-storage.ts';

const NAME = 'labels';
const schema = v.strictObject({ outbox: savedOutboxSchema, taken: v.nullable(savedSketchSchema) });

/**
 * Restores labels that were not saved before a reload. While there are any, the browser asks before the page is closed, since
 * that would lose them.
 *
 * @returns stores the labels; `taken`: the drawing to restore if the latest label is undone
 */
export function keepLabelsAcrossReloads(
  outbox: LabelsOutbox,
  onRestored: (taken: SavedSketch | null) => void,
): (taken: SavedSketch | null) => void {
  const saved = readStored(NAME, schema);
  if (saved) {
    onRestored(saved.taken);
    outbox.restore(saved.outbox);
  }
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  return (taken) => {
    // Only while it is needed: pages with this listener are not kept for the Back button.
    if (outbox.waiting > 0) addEventListener('beforeunload', ask);
    else removeEventListener('beforeunload', ask);
    // Without the drawing if it does not fit. If nothing fits, what is stored is outdated, so it is removed.
    const isStored =
      store(NAME, { outbox: outbox.save(), taken }) || store(NAME, { outbox: outbox.save(), taken: null });
    if (!isStored) removeStored(NAME);
  };
}
