import { useMouse } from './use-mouse.ts';
import { useShownContext } from './use-shown-context.ts';

/** Rows that a notch of the wheel scrolls text by. */
const NOTCH = 3;

/** Scrolls text with the wheel, by `rows` for each notch. Null: nothing is to be scrolled. */
export function useScrollMouse(keys: { up: () => void; down: () => void } | null, rows = NOTCH): void {
  useShownContext(keys && 'textMouse');
  useMouse(
    keys &&
      (({ wheel }) => {
        for (let row = 0; wheel !== 0 && row < rows; row++) (wheel < 0 ? keys.up : keys.down)();
      }),
  );
}
