import * as v from 'valibot';

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

const coordinate = v.pipe(v.number(), v.finite(), v.minValue(-1e6), v.maxValue(1e6));
const pressure = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const point = v.union([v.strictTuple([coordinate, coordinate]), v.strictTuple([coordinate, coordinate, pressure])]);
const stroke = v.pipe(v.array(point), v.minLength(1), v.maxLength(MAX_POINTS_PER_STROKE));

/** Page to server: the current drawing, empty after it was cleared. `id` increases; the answer repeats it. */
export const clientMessageSchema = v.strictObject({
  type: v.literal('drawing'),
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  strokes: v.pipe(
    v.array(stroke),
    v.maxLength(MAX_STROKES),
    v.check((strokes) => strokes.reduce((points, { length }) => points + length, 0) <= MAX_POINTS),
  ),
});
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;

/** Page to server: asks for a sign of life, `pong`. Always this very text, so that it need not be parsed. */
export const PING = '{"type":"ping"}';

/** Server to page. `image`: the 28x28 bytes that the network saw, ink 255, in base64; empty without a drawing. */
export const serverMessageSchema = v.variant('type', [
  v.strictObject({ type: v.literal('hello'), model: v.string(), labels: v.array(v.string()) }),
  v.strictObject({
    type: v.literal('prediction'),
    id: v.number(),
    predictions: v.array(v.strictObject({ label: v.string(), probability: v.number() })),
    image: v.string(),
    milliseconds: v.number(),
    /** The model that read the drawing. */
    model: v.string(),
    /** Why the drawing is probably not one character. */
    notice: v.optional(v.picklist(['several-characters', 'no-character'])),
  }),
  v.strictObject({ type: v.literal('pong') }),
  v.strictObject({ type: v.literal('error'), message: v.string() }),
]);
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;
