import * as v from 'valibot';
import { type ClientMessage, clientMessageSchema, MAX_POINTS, MAX_STROKES } from './protocol.ts';

const BRACKET = '['.charCodeAt(0);
/** A drawing is a list of strokes, which are lists of points, which are lists of numbers. */
const MAX_BRACKETS = 1 + MAX_STROKES + MAX_POINTS;

/** Whether a message may be a drawing within the limits, which takes no more than a look at its bytes. */
export function isPlausible(data: Buffer): boolean {
  let brackets = 0;
  for (let at = data.indexOf(BRACKET); at !== -1; at = data.indexOf(BRACKET, at + 1)) {
    if (++brackets > MAX_BRACKETS) return false;
  }
  return true;
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
