import { savedChoicesSchema, type WordChoices } from '../line-words.ts';
import type { Sketch } from '../sketch.ts';
import { readStored, removeStored, store } from './session-storage.ts';
import { keepAcrossReloads } from './sketch-storage.ts';

const STORED = 'choices';

/** Keeps the line and the words that were chosen across reloads. */
export function keepLineAcrossReloads(sketch: Sketch, choices: WordChoices): void {
  keepAcrossReloads(sketch, 'line');
  choices.restore(readStored(STORED, savedChoicesSchema) ?? [], sketch.finished);
  const write = () => {
    if (!store(STORED, choices.save(sketch.finished))) removeStored(STORED);
  };
  addEventListener('pagehide', write);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) write();
  });
}
