import type { Point } from '../../core/strokes/drawing.ts';
import { CANVAS_UNITS, type Sketch } from '../sketch.ts';

/** Touches within this time after the last pen event are assumed to be the palm. */
const PALM_MILLISECONDS = 1500;

/**
 * Draws with the mouse, a pen, or a finger, one at a time. A pen takes precedence: it cancels a touch, which was the palm,
 * and touches while it is in use are ignored.
 *
 * @param onFull called when the sketch accepts no more strokes
 */
export function drawWithPointers(canvas: HTMLCanvasElement, sketch: Sketch, onFull: () => void): void {
  let active: { id: number; type: string } | null = null;
  let penSeenAt = Number.NEGATIVE_INFINITY;

  const notePen = (event: PointerEvent) => {
    if (event.pointerType === 'pen') penSeenAt = event.timeStamp;
  };

  canvas.addEventListener('pointerdown', (event) => {
    const isTouch = event.pointerType === 'touch';
    if (isTouch && event.timeStamp - penSeenAt < PALM_MILLISECONDS) return;
    notePen(event);
    if (event.button !== 0) return;
    if (active) {
      if (event.pointerType !== 'pen' || active.type !== 'touch') return;
      sketch.cancel();
    }
    active = { id: event.pointerId, type: event.pointerType };
    canvas.setPointerCapture(event.pointerId);
    if (!sketch.begin(pointOf(event, canvas.getBoundingClientRect()))) {
      active = null;
      onFull();
    }
  });

  canvas.addEventListener('pointermove', (event) => {
    notePen(event);
    if (active?.id !== event.pointerId) return;
    const box = canvas.getBoundingClientRect();
    sketch.extend(movesOf(event).map((move) => pointOf(move, box)));
  });

  const finish = (event: PointerEvent) => {
    notePen(event);
    if (active?.id !== event.pointerId) return;
    active = null;
    // A canceled touch was the palm or a system gesture. What a pen or the mouse drew until then was intentional.
    if (event.type === 'pointercancel' && event.pointerType === 'touch') sketch.cancel();
    else sketch.end();
  };
  canvas.addEventListener('pointerup', finish);
  canvas.addEventListener('pointercancel', finish);
  canvas.addEventListener('lostpointercapture', finish);

  // On a long touch, Safari on iOS selects text and shows its magnifier in spite of `touch-action`.
  canvas.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
}

/** All positions since the last event. Only secure contexts have them, so pages over plain HTTP in a network do not. */
function movesOf(event: PointerEvent): PointerEvent[] {
  const moves = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
  return moves.length > 0 ? moves : [event];
}

function pointOf(event: PointerEvent, box: DOMRect): Point {
  const x = clamp(((event.clientX - box.left) / box.width) * CANVAS_UNITS);
  const y = clamp(((event.clientY - box.top) / box.height) * CANVAS_UNITS);
  // Mice and most touchscreens report a constant pressure.
  return event.pointerType === 'pen' ? [x, y, event.pressure] : [x, y];
}

function clamp(value: number): number {
  return Math.min(CANVAS_UNITS, Math.max(0, value));
}
