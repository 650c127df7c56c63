import { type ClientMessage, MAX_MESSAGE_BYTES, MAX_POINTS, MAX_STROKES } from '../core/server/protocol.ts';
import type { Drawing, Point } from '../core/strokes/drawing.ts';

/**
 * Encodes a drawing as a message to the server. Coordinates are rounded to what the eye can see, and every other point is
 * dropped, repeatedly, until the message is within the server's limits.
 */
export function encodeDrawing(id: number, drawing: Drawing): string {
  let strokes = drawing.slice(0, MAX_STROKES).map((stroke) => stroke.map(round));
  for (;;) {
    const message: ClientMessage = { type: 'drawing', id, strokes };
    const json = JSON.stringify(message);
    // The JSON is ASCII, so its length is its number of bytes.
    const points = strokes.reduce((sum, { length }) => sum + length, 0);
    const fits = json.length <= MAX_MESSAGE_BYTES && points <= MAX_POINTS;
    if (fits) return json;
    strokes = strokes.map(thinOut);
  }
}

function round([x, y, pressure]: Point): [number, number] | [number, number, number] {
  const tenths = (value: number) => Math.round(value * 10) / 10;
  if (pressure === undefined) return [tenths(x), tenths(y)];
  return [tenths(x), tenths(y), Math.round(Math.min(1, Math.max(0, pressure)) * 100) / 100];
}

/** Drops every other point, but never the first or the last. */
function thinOut<P extends Point>(stroke: readonly P[]): P[] {
  return stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1);
}
