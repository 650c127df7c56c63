import { type ClientMessage, MAX_MESSAGE_BYTES, MAX_POINTS_PER_STROKE, MAX_STROKES } from '../core/server/protocol.ts';
import type { Drawing, Point } from '../core/strokes/drawing.ts';

/**
 * A drawing as the message that the server takes: rounded to what the eye can tell and, where it is longer than the
 * server allows, with every other point left out, as often as it takes.
 */
export function encodeDrawing(id: number, drawing: Drawing): string {
  let strokes = drawing.slice(0, MAX_STROKES).map((stroke) => stroke.map(round));
  for (;;) {
    const message: ClientMessage = { type: 'drawing', id, strokes };
    const json = JSON.stringify(message);
    // Numbers and names in ASCII: a character is a byte.
    const fits = json.length <= MAX_MESSAGE_BYTES && strokes.every(({ length }) => length <= MAX_POINTS_PER_STROKE);
    if (fits) return json;
    strokes = strokes.map(thinOut);
  }
}

function round([x, y, pressure]: Point): [number, number] | [number, number, number] {
  const tenths = (value: number) => Math.round(value * 10) / 10;
  if (pressure === undefined) return [tenths(x), tenths(y)];
  return [tenths(x), tenths(y), Math.round(Math.min(1, Math.max(0, pressure)) * 100) / 100];
}

/** Every other point; the first and the last always stay, since they say where the stroke goes. */
function thinOut<P extends Point>(stroke: readonly P[]): P[] {
  return stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1);
}
