import { useMouse } from './use-mouse.ts';
import { useShownContext } from './use-shown-context.ts';

/** Rows that a notch of the wheel scrolls text by. */
const NOTCH = 3;

/** Scrolls text with the wheel. */
export function useScrollMouse({ up, down }: { up: () => void; down: () => void }): void {
  useShownContext('textMouse');
  useMouse(({ wheel }) => {
    for (let row = 0; wheel !== 0 && row < NOTCH; row++) (wheel < 0 ? up : down)();
  });
}
