import { type RefObject, useEffect } from 'react';
import type { Drawing as DrawServer } from '../../../app/draw.ts';
import type { Point } from '../../../core/strokes/drawing.ts';
import { useAppContext } from '../../app-context.ts';
import { BODY_ORIGIN, bodySize } from '../../components/body-size.ts';
import { useMouse } from '../../hooks/use-mouse.ts';
import { useShownContext } from '../../hooks/use-shown-context.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { MouseInput } from '../../mouse/mouse-input.ts';
import { type CanvasAction, drawnStrokes, SIDE } from './draw-canvas.ts';
import { type HereLayout, hereLayout } from './draw-here-layout.ts';
import type { DrawStore } from './draw-serving.ts';
import type { DrawState } from './draw-state.ts';

type Change<Action = CanvasAction> = Action extends CanvasAction ? Omit<Action, 'event'> : never;

/**
 * Drawing in the terminal, with the mouse or with keys: each finished stroke is read as if it had been drawn on a page.
 *
 * @param isShown whether the mouse and the keys are for the canvas, if it is open
 */
export function useDrawHere(
  { here, phase, modelFailure }: DrawState,
  store: DrawStore,
  server: RefObject<DrawServer | null>,
  isShown: boolean,
) {
  const app = useAppContext();
  const layout = hereLayout(bodySize(app));
  const isOpen = here !== null;
  const change = (action: Change) => store.dispatchNow({ event: 'canvas', ...action } as CanvasAction);
  const strokes = here?.strokes;
  const isListening = phase === 'listening';
  useEffect(() => {
    if (strokes && isListening) server.current?.read(drawnStrokes({ strokes }));
  }, [strokes, isListening, server]);
  // An error is shown in place of the canvas.
  const takesMouse = isOpen && isShown && !modelFailure;
  useShownContext(takesMouse ? 'canvasMouse' : null);
  // The mouse has no part in a stroke that the keys draw.
  const isMouseDown = isOpen && here.stroke !== null && !here.hasCursor;
  useMouse(takesMouse ? (input) => changesOf(input, layout, isMouseDown).forEach(change) : null);
  const move = (x: number, y: number) => () => change({ to: 'move', by: [x, y], cells: layout.columns });
  return {
    isOpen,
    /** What may be done with the drawing. */
    hints: (here && (here.strokes.length > 0 || here.stroke) ? ['drawnHere'] : []) satisfies readonly KeyContext[],
    open: () => change({ to: 'open' }),
    handlers: {
      ...{ up: move(0, -1), down: move(0, 1), left: move(-1, 0), right: move(1, 0) },
      ...{ upLeft: move(-1, -1), upRight: move(1, -1), downLeft: move(-1, 1), downRight: move(1, 1) },
      pen: () => change({ to: 'pen' }),
      undoStroke: () => change({ to: 'undoStroke' }),
      clear: () => change({ to: 'clear' }),
      back() {
        // It is no longer shown, so it need not be read again.
        server.current?.read([]);
        change({ to: 'close' });
      },
    },
  };
}

/** What the mouse does to a canvas. A stroke that leaves the canvas continues along its edge. */
function changesOf({ type, button, column, row }: MouseInput, layout: HereLayout, isDown: boolean): Change[] {
  const x = column - BODY_ORIGIN.column - layout.left;
  const y = row - BODY_ORIGIN.row - layout.top;
  const isInside = x >= 0 && x < layout.columns && y >= 0 && y < layout.rows;
  if (button === 'right') return type === 'press' && isInside ? [{ to: 'undoStroke' }] : [];
  if (button !== 'left') return [];
  const inCanvas = (cell: number, cells: number) => ((Math.min(cells - 1, Math.max(0, cell)) + 0.5) * SIDE) / cells;
  const point: Point = [inCanvas(x, layout.columns), inCanvas(y, layout.rows)];
  if (type === 'press') return isInside ? [{ to: 'down', point }] : [];
  if (!isDown) return [];
  return type === 'drag' ? [{ to: 'drag', point }] : [{ to: 'drag', point }, { to: 'up' }];
}
