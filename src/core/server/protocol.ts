import * as v from 'valibot';
import { expectationEntries } from './expectation.ts';

/** The messages between the canvas page and the server: JSON text frames, which both ends validate on receipt. */

/** Maximum size of a message in bytes, which is the server's `maxPayload`. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
export const MAX_STROKES = 200;
export const MAX_POINTS_PER_STROKE = 5000;
/**
 * Maximum number of points of a drawing. A character has 50 to 500; even a scribble that covers the paper looks the same
 * with this many. Bounds the time that a drawing takes, since the points of all pages are handled by one thread.
 */
export const MAX_POINTS = 5000;

type ClientPoint = [x: number, y: number] | [x: number, y: number, pressure: number];

const MAX_COORDINATE = 1e6;

/**
 * Page to server: the current drawing, empty after it was cleared, and what is expected to be drawn. `id` increases; the answer
 * repeats it.
 */
export const clientMessageSchema = v.strictObject({
  type: v.literal('drawing'),
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  strokes: v.custom<ClientPoint[][]>(areStrokes),
  ...expectationEntries,
});
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;

/** Page to server: asks for a sign of life, `pong`. Always this very text, so that it need not be parsed. */
export const PING = '{"type":"ping"}';

/** Server to page. `image`: the 28x28 bytes that the network saw, ink 255, in base64; empty without a drawing. */
export const serverMessageSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    model: v.string(),
    labels: v.array(v.string()),
    /** The labels are those of a data set of one's own, in which none stands for both cases of a letter. */
    own: v.optional(v.literal(true)),
    /** What is expected until the user of the page chooses something else. */
    ...expectationEntries,
  }),
  v.strictObject({
    type: v.literal('prediction'),
    id: v.number(),
    predictions: v.array(v.strictObject({ label: v.string(), probability: v.number() })),
    /** Of models that can reject: the probability that the drawing is not one character. */
    noCharacter: v.optional(v.number()),
    image: v.string(),
    milliseconds: v.number(),
    /** The model that read the drawing. */
    model: v.string(),
    /** Why the drawing is probably not one character. */
    notice: v.optional(v.picklist(['several-characters', 'no-character', 'not-sure'])),
    /** Why the drawing was read as any character, and not as what was expected. */
    problem: v.optional(v.string()),
  }),
  v.strictObject({ type: v.literal('pong') }),
  v.strictObject({ type: v.literal('error'), message: v.string() }),
]);
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;

/** In one pass over plain loops: a schema of arrays of tuples takes twenty times as long. */
function areStrokes(value: unknown): value is ClientPoint[][] {
  if (!Array.isArray(value) || value.length > MAX_STROKES) return false;
  let points = 0;
  for (const stroke of value as unknown[]) {
    if (!Array.isArray(stroke) || stroke.length === 0 || stroke.length > MAX_POINTS_PER_STROKE) return false;
    points += stroke.length;
    if (points > MAX_POINTS || !stroke.every(isPoint)) return false;
  }
  return true;
}

function isPoint(value: unknown): value is ClientPoint {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [x, y, pressure = 0] = value as unknown[];
  return (
    isWithin(x, -MAX_COORDINATE, MAX_COORDINATE) &&
    isWithin(y, -MAX_COORDINATE, MAX_COORDINATE) &&
    isWithin(pressure, 0, 1)
  );
}

/** False for NaN. */
function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
