import type { Sketch } from '../sketch.ts';
import { element } from './element.ts';

/**
 * Connects the undo, redo and clear buttons and their keys to a sketch.
 *
 * @returns updates which buttons are enabled
 */
export function connectToolbar(sketch: Sketch): () => void {
  const undo = element('undo', HTMLButtonElement);
  const redo = element('redo', HTMLButtonElement);
  const clear = element('clear', HTMLButtonElement);
  undo.addEventListener('click', () => sketch.undo());
  redo.addEventListener('click', () => sketch.redo());
  clear.addEventListener('click', () => sketch.clear());

  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
    element('undo-key', HTMLElement).textContent = '⌘ Z';
    element('redo-key', HTMLElement).textContent = '⇧ ⌘ Z';
  }
  document.addEventListener('keydown', (event) => {
    const action = actionOf(event);
    // In a text field, the same keys edit the text.
    if (!action || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    sketch[action]();
  });

  return () => {
    // Not `disabled`, which would take the focus away from a button that was just used.
    undo.setAttribute('aria-disabled', String(!sketch.canUndo && !sketch.live));
    redo.setAttribute('aria-disabled', String(!sketch.canRedo));
    clear.setAttribute('aria-disabled', String(sketch.isEmpty));
  };
}

function actionOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): 'undo' | 'redo' | 'clear' | null {
  if (altKey) return null;
  if (!ctrlKey && !metaKey) return ['Escape', 'Delete', 'Backspace'].includes(key) ? 'clear' : null;
  const letter = key.toLowerCase();
  if (letter === 'z') return shiftKey ? 'redo' : 'undo';
  return letter === 'y' ? 'redo' : null;
}
