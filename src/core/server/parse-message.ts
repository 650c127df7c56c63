import * as v from 'valibot';
import { MAX_EXPECTED_LENGTH } from './expectation.ts';
import { type ClientMessage, clientMessageSchema, MAX_POINTS, MAX_STROKES } from './protocol.ts';

const BRACKET = '['.charCodeAt(0);
/** A drawing is a list of strokes, which are lists of points, which are lists of numbers. Brackets may also be expected to be drawn, or be labels. */
const MAX_BRACKETS = 1 + MAX_STROKES + MAX_POINTS + MAX_EXPECTED_LENGTH;
/** How many brackets, and how many bytes, take as much time as everything else that a usual drawing needs. */
const USUAL_BRACKETS = 500;
const USUAL_BYTES = 64 * 1024;
/** An image of 784 bytes in base64, and a label. */
const MAX_INSIDE_BYTES = 2048;
/** The ends of the types `label`, `unlabel`, and `accept` in JSON. */
const KEPT_TYPES = ['label"', 'accept"'];

/**
 * How long a message will take to be read, relative to a usual one, judging by its bytes and points; null if it is not
 * within the limits. Takes no more than a look at its bytes.
 */
export function costOf(data: Buffer): number | null {
  let brackets = 0;
  for (let at = data.indexOf(BRACKET); at !== -1; at = data.indexOf(BRACKET, at + 1)) {
    if (++brackets > MAX_BRACKETS) return null;
  }
  return 1 + brackets / USUAL_BRACKETS + data.length / USUAL_BYTES;
}

/**
 * Whether a message may be one that asks for the inside, which replaces neither a drawing nor is replaced by one. True of all of
 * these. Only looks at its bytes.
 */
export function mayBeInside(data: Buffer): boolean {
  return data.length <= MAX_INSIDE_BYTES && data.includes('inside"');
}

/**
 * Whether a message may be one that labels or accepts something, which must not be replaced by a later one. True of all of these,
 * and of few others. Only looks at its bytes.
 */
export function mayBeKept(data: Buffer): boolean {
  return KEPT_TYPES.some((type) => data.includes(type));
}

/** Parses a message from a page; null if it is invalid. */
export function parseClientMessage(data: Buffer): ClientMessage | null {
  let json: unknown;
  try {
    json = JSON.parse(data.toString());
  } catch {
    return null; // closes the connection, like any other invalid message
  }
  const { success, output } = v.safeParse(clientMessageSchema, json, { abortEarly: true });
  return success ? output : null;
}
