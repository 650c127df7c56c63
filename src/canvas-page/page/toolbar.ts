import type { Sketch } from '../sketch.ts';
import { element } from './element.ts';

/** What to undo when the sketch has nothing left to undo. */
interface Earlier {
  readonly canUndo: boolean;
  undo(): void;
}

/**
 * Connects the undo, redo and clear buttons and their keys to a sketch.
 *
 * @returns updates which buttons are enabled
 */
export function connectToolbar(sketch: Sketch, earlier: Earlier): () => void {
  const undo = element('undo', HTMLButtonElement);
  const redo = element('redo', HTMLButtonElement);
  const clear = element('clear', HTMLButtonElement);
  const actions = {
    undo: () => (sketch.canUndo || sketch.live ? sketch.undo() : earlier.undo()),
    redo: () => sketch.redo(),
    clear: () => sketch.clear(),
  };
  undo.addEventListener('click', actions.undo);
  redo.addEventListener('click', actions.redo);
  clear.addEventListener('click', actions.clear);

  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
    element('undo-key', HTMLElement).textContent = '⌘ Z';
    element('redo-key', HTMLElement).textContent = '⇧ ⌘ Z';
  }
  document.addEventListener('keydown', (event) => {
    const action = actionOf(event);
    // In a text field, the same keys edit the text.
    if (!action || isTextField(event.target)) return;
    event.preventDefault();
    actions[action]();
  });

  return () => {
    // Not `disabled`, which would take the focus away from a button that was just used.
    undo.setAttribute('aria-disabled', String(!sketch.canUndo && !sketch.live && !earlier.canUndo));
    redo.setAttribute('aria-disabled', String(!sketch.canRedo));
    clear.setAttribute('aria-disabled', String(sketch.isEmpty));
  };
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'text';
}

function actionOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): 'undo' | 'redo' | 'clear' | null {
  if (altKey) return null;
  if (!ctrlKey && !metaKey) return ['Escape', 'Delete', 'Backspace'].includes(key) ? 'clear' : null;
  const letter = key.toLowerCase();
  if (letter === 'z') return shiftKey ? 'redo' : 'undo';
  return letter === 'y' ? 'redo' : null;
}
