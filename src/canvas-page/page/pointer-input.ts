import type { Point, Stroke } from '../../core/strokes/drawing.ts';
import type { Sheet } from '../sheet.ts';

/** Touches within this time after the last pen event are assumed to be the palm. */
const PALM_MILLISECONDS = 1500;
/** A second finger belongs to a gesture if it follows the first this soon, or before the first has moved this far. */
const GESTURE_MILLISECONDS = 400;
const GESTURE_UNITS = 80;

/** The pointer that draws. */
interface Active {
  readonly id: number;
  readonly type: string;
  readonly since: number;
}

/**
 * Draws with the mouse, a pen, or a finger, one at a time. A pen takes precedence: it cancels a touch, which was the palm,
 * and touches while it is in use are ignored. Two fingers are a gesture such as a pinch, and draw nothing. A stroke may
 * leave the canvas: its points keep their coordinates, and only its picture is clipped.
 *
 * @param sheet the one that is drawn on
 * @param onFull called when its sketch accepts no more strokes
 */
export function drawWithPointers(canvas: HTMLCanvasElement, sheet: () => Sheet, onFull: () => void): void {
  let active: Active | null = null;
  let penSeenAt = Number.NEGATIVE_INFINITY;
  /** The fingers on the canvas. */
  const fingers = new Set<number>();

  const notePen = (event: PointerEvent) => {
    if (event.pointerType === 'pen') penSeenAt = event.timeStamp;
  };
  const cancel = () => {
    active = null;
    sheet().sketch.cancel();
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') {
      // The first finger of all, even if the end of an earlier touch was missed.
      if (event.isPrimary) fingers.clear();
      fingers.add(event.pointerId);
      if (event.timeStamp - penSeenAt < PALM_MILLISECONDS) return;
      if (fingers.size > 1) {
        const { live } = sheet().sketch;
        if (active?.type === 'touch' && live && isNew(live, event.timeStamp - active.since)) cancel();
        return;
      }
    }
    notePen(event);
    if (event.button !== 0) return;
    if (active) {
      if (event.pointerType !== 'pen' || active.type !== 'touch') return;
      cancel();
    }
    active = { id: event.pointerId, type: event.pointerType, since: event.timeStamp };
    canvas.setPointerCapture(event.pointerId);
    if (!sheet().sketch.begin(pointOf(event, canvas.getBoundingClientRect(), sheet()))) {
      active = null;
      onFull();
    }
  });

  canvas.addEventListener('pointermove', (event) => {
    notePen(event);
    if (active?.id !== event.pointerId) return;
    const box = canvas.getBoundingClientRect();
    const drawnOn = sheet();
    drawnOn.sketch.extend(movesOf(event).map((move) => pointOf(move, box, drawnOn)));
  });

  const finish = (event: PointerEvent) => {
    notePen(event);
    fingers.delete(event.pointerId);
    if (active?.id !== event.pointerId) return;
    // A canceled touch was the palm or a system gesture. What a pen or the mouse drew until then was intentional.
    if (event.type === 'pointercancel' && event.pointerType === 'touch') cancel();
    else {
      active = null;
      sheet().sketch.end();
    }
  };
  canvas.addEventListener('pointerup', finish);
  canvas.addEventListener('pointercancel', finish);
  canvas.addEventListener('lostpointercapture', finish);

  // On a long touch, Safari on iOS selects text and shows its magnifier in spite of `touch-action`.
  canvas.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
}

/** Whether a stroke has only just begun, by its age in milliseconds or by its size. */
function isNew(stroke: Stroke, age: number): boolean {
  if (age < GESTURE_MILLISECONDS) return true;
  const [x, y] = stroke[0]!;
  return stroke.every((point) => Math.hypot(point[0] - x, point[1] - y) < GESTURE_UNITS);
}

/** All positions since the last event. Only secure contexts have them, so pages over plain HTTP in a network do not. */
function movesOf(event: PointerEvent): PointerEvent[] {
  const moves = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
  return moves.length > 0 ? moves : [event];
}

function pointOf(event: PointerEvent, box: DOMRect, { width, height }: Sheet): Point {
  const x = ((event.clientX - box.left) / box.width) * width;
  const y = ((event.clientY - box.top) / box.height) * height;
  // Mice and most touchscreens report a constant pressure.
  return event.pointerType === 'pen' ? [x, y, event.pressure] : [x, y];
}
