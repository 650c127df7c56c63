import type { Sketch } from '../sketch.ts';
import { element } from './element.ts';
import type { Earlier } from './mode.ts';

/**
 * Connects the undo, redo and clear buttons and their keys to the current sketch.
 *
 * @param earlier what Undo undoes when the sketch has nothing left to undo
 * @returns updates which buttons are enabled
 */
export function connectToolbar(sketch: () => Sketch, earlier: () => Earlier): () => void {
  const undo = element('undo', HTMLButtonElement);
  const redo = element('redo', HTMLButtonElement);
  const clear = element('clear', HTMLButtonElement);
  const actions = {
    undo: () => (sketch().canUndo || sketch().live ? sketch().undo() : earlier().undo()),
    redo: () => sketch().redo(),
    clear: () => sketch().clear(),
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
    const { canUndo, canRedo, isEmpty, live } = sketch();
    // Not `disabled`, which would take the focus away from a button that was just used.
    undo.setAttribute('aria-disabled', String(!canUndo && !live && !earlier().canUndo));
    redo.setAttribute('aria-disabled', String(!canRedo));
    clear.setAttribute('aria-disabled', String(isEmpty));
  };
}

function isTextField(target: EventTarget | null): boolean {
  return (target instanceof HTMLInputElement && target.type === 'text') || target instanceof HTMLTextAreaElement;
}

function actionOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): 'undo' | 'redo' | 'clear' | null {
  if (altKey) return null;
  if (!ctrlKey && !metaKey) return ['Escape', 'Delete', 'Backspace'].includes(key) ? 'clear' : null;
  const letter = key.toLowerCase();
  if (letter === 'z') return shiftKey ? 'redo' : 'undo';
  return letter === 'y' ? 'redo' : null;
}
