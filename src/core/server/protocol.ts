import * as v from 'valibot';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { LAYER_KINDS } from '../inspection.ts';
import type { SampleOrigin } from '../samples/sample.ts';
import { expectationEntries } from './expectation.ts';

/** The messages between the canvas page and the server: JSON text frames, which both ends validate on receipt. */

/** Maximum size of a message in bytes, which is the server's `maxPayload`. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Of a drawing or a line of text. A line of eight written words has at most 75 strokes and 1,200 points. */
export const MAX_STROKES = 200;
export const MAX_POINTS_PER_STROKE = 5000;
/**
 * Maximum number of points of a drawing. A character has 50 to 500; even a scribble that covers the paper looks the same
 * with this many. Bounds the time that a drawing takes, since the points of all pages are handled by one thread.
 */
export const MAX_POINTS = 5000;

type ClientPoint = [x: number, y: number] | [x: number, y: number, pressure: number];

const MAX_COORDINATE = 1e6;

/** Increases from message to message of a page; the answer repeats it. */
const messageId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const MAX_LABEL_LENGTH = 64;
const labelText = v.pipe(v.string(), v.maxLength(MAX_LABEL_LENGTH));
/** A whole image in base64, neither a byte more nor less: other lengths of the last group of four are valid base64, too. */
const imageText = v.pipe(
  v.string(),
  v.regex(new RegExp(`^[A-Za-z\\d+/]{${Math.ceil((IMAGE_PIXELS * 4) / 3)}}={${(3 - (IMAGE_PIXELS % 3)) % 3}}$`)),
);
const MAX_ID_LENGTH = 64;
const sampleId = v.pipe(v.string(), v.maxLength(MAX_ID_LENGTH));
/** Maximum length of a text that is accepted, in UTF-16 units: far more than a paper has room for. */
export const MAX_TEXT_LENGTH = 1000;
/** What a page reads: one character, or words on a line. */
export const PAGE_MODES = ['character', 'word'] as const;
export type PageMode = (typeof PAGE_MODES)[number];

/** How a drawing got its label on a page; see `SampleOrigin`. */
export const PAGE_ORIGINS = ['corrected', 'confirmed', 'practiced'] as const satisfies SampleOrigin[];

/** Page to server. */
export const clientMessageSchema = v.variant('type', [
  /** The current drawing, empty after it was cleared, and what is expected to be drawn. Answered by `prediction`. */
  v.strictObject({
    type: v.literal('drawing'),
    id: messageId,
    strokes: v.custom<ClientPoint[][]>(areStrokes),
    /** Do not adapt the reading to the user's samples. */
    adapt: v.optional(v.literal(false)),
    ...expectationEntries,
  }),
  /** What a drawing is. Answered by `labeled`, or by `label-refused`. */
  v.strictObject({
    type: v.literal('label'),
    id: messageId,
    label: labelText,
    strokes: v.custom<ClientPoint[][]>((strokes) => areStrokes(strokes) && strokes.length > 0),
    origin: v.picklist(PAGE_ORIGINS),
    /** How it was read, if it was. */
    readAs: v.optional(v.pipe(labelText, v.regex(/^\P{Cc}*$/u))),
    /** Chosen at random, and the ID of the sample. A label that is sent again, since its answer was lost, is stored once. */
    key: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ID_LENGTH))),
  }),
  /** A label was wrong: removes the sample. Answered by `unlabeled`, also if another page has removed it. */
  v.strictObject({ type: v.literal('unlabel'), id: messageId, sample: sampleId }),
  /** What the network makes of an image that it has read, and why. Answered by `inside`, unless a later one follows. */
  v.strictObject({
    type: v.literal('inside'),
    id: messageId,
    /** 28x28 bytes, ink 255, in base64, as in `prediction`. */
    image: imageText,
    /** The class to explain; without it, the most probable one. */
    label: v.optional(labelText),
  }),
  /** The line of text that is being written, empty after it was cleared or accepted. Answered by `text`, or by `text-refused`. */
  v.strictObject({ type: v.literal('text'), id: messageId, strokes: v.custom<ClientPoint[][]>(areStrokes) }),
  /** The user has accepted a line as this text. Answered by `accepted`. */
  v.strictObject({
    type: v.literal('accept'),
    id: messageId,
    // Printed on terminals, or piped to another program.
    text: v.pipe(v.string(), v.maxLength(MAX_TEXT_LENGTH), v.regex(/^(?:\P{Cc}|\n)+$/u)),
    /** Chosen at random. A text that is sent again, since its answer was lost, counts once. */
    key: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ID_LENGTH)),
  }),
]);
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;
export type DrawingMessage = Extract<ClientMessage, { type: 'drawing' }>;
export type TextMessage = Extract<ClientMessage, { type: 'text' }>;
export type InsideMessage = Extract<ClientMessage, { type: 'inside' }>;
export type AcceptMessage = Extract<ClientMessage, { type: 'accept' }>;
export type LabelMessage = Extract<ClientMessage, { type: 'label' | 'unlabel' }>;

/** Page to server: asks for a sign of life, `pong`. Always this very text, so that it need not be parsed. */
export const PING = '{"type":"ping"}';

const candidates = v.array(v.strictObject({ text: v.string(), probability: v.number() }));
const strokeIndices = v.array(v.number());

/** Server to page. `image`: the 28x28 bytes that the network saw, ink 255, in base64; empty without a drawing. */
export const serverMessageSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    model: v.string(),
    labels: v.array(v.string()),
    /** The labels are those of a data set of one's own, in which none stands for both cases of a letter. */
    own: v.optional(v.literal(true)),
    /** Also lines of text are read. */
    text: v.optional(v.literal(true)),
    /** In which mode the page starts, until its user chooses another. Default: `character`. */
    mode: v.optional(v.picklist(PAGE_MODES)),
    /** `inside` is answered. */
    inside: v.optional(v.literal(true)),
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
    /** To how many of the user's samples the reading was adapted; left out if to none. */
    adaptedTo: v.optional(v.number()),
    /** The drawing was labeled in the terminal, and is this sample. */
    saved: v.optional(v.strictObject({ sample: v.string(), label: v.string() })),
  }),
  /**
   * The user's samples, after `hello` and after each change, whoever made it. The page then sends its drawing again. Left out if
   * pages cannot label.
   */
  v.strictObject({
    type: v.literal('samples'),
    samples: v.number(),
    labels: v.array(v.strictObject({ label: v.string(), count: v.number() })),
    /** What to write next in practice: the most useful first. */
    practice: v.array(v.string()),
    /** Readings are never adapted to them, so there is nothing to switch off. */
    adapts: v.optional(v.literal(false)),
  }),
  /** A drawing was labeled and is stored. `sample` is its ID, `label` normalized. */
  v.strictObject({ type: v.literal('labeled'), id: v.number(), sample: v.string(), label: v.string() }),
  v.strictObject({ type: v.literal('unlabeled'), id: v.number(), sample: v.string() }),
  /** A drawing could not be labeled, or a label not removed. `message` is a sentence. */
  v.strictObject({ type: v.literal('label-refused'), id: v.number(), message: v.string() }),
  /** How a line was read. The indices are those of the line's strokes. */
  v.strictObject({
    type: v.literal('text'),
    id: v.number(),
    /** The best candidate; its words are separated by white space. */
    text: v.string(),
    candidates,
    words: v.array(v.strictObject({ text: v.string(), candidates, strokes: strokeIndices })),
    characters: v.array(v.strictObject({ label: v.string(), probability: v.number(), strokes: strokeIndices })),
    milliseconds: v.number(),
    /** The model that read the line; empty without strokes. */
    model: v.string(),
  }),
  /** A line could not be read. `message` is a sentence. */
  v.strictObject({ type: v.literal('text-refused'), id: v.number(), message: v.string() }),
  v.strictObject({ type: v.literal('accepted'), id: v.number() }),
  /** What the network makes of an image; see `Inspection`. */
  v.strictObject({
    type: v.literal('inside'),
    id: v.number(),
    label: v.string(),
    probability: v.number(),
    without: v.number(),
    influence: v.array(v.number()),
    layers: v.array(
      v.strictObject({
        name: v.string(),
        kind: v.picklist(LAYER_KINDS),
        pools: v.boolean(),
        shape: v.array(v.number()),
        size: v.tuple([v.number(), v.number()]),
        channels: v.array(v.number()),
        /** Each in base64. */
        maps: v.array(v.string()),
      }),
    ),
  }),
  /** The mode was switched in the terminal. */
  v.strictObject({ type: v.literal('mode'), mode: v.picklist(PAGE_MODES) }),
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
