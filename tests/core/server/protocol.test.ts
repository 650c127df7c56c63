import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { MAX_EXPECTED_LENGTH } from '../../../src/core/server/expectation.ts';
import { costOf, mayBeKept, parseClientMessage } from '../../../src/core/server/parse-message.ts';
import {
  clientMessageSchema,
  type DrawingMessage,
  MAX_POINTS,
  MAX_POINTS_PER_STROKE,
  MAX_STROKES,
  MAX_TEXT_LENGTH,
  serverMessageSchema,
} from '../../../src/core/server/protocol.ts';

const accepts = (message: unknown) => v.safeParse(clientMessageSchema, message).success;
const drawing = (strokes: unknown) => ({ type: 'drawing', id: 1, strokes });

const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const point = fc.oneof(
  fc.tuple(coordinate, coordinate),
  fc.tuple(coordinate, coordinate, fc.double({ min: 0, max: 1, noNaN: true })),
);
const strokes = fc.array(fc.array(point, { minLength: 1, maxLength: 20 }), { maxLength: 10 });

describe('a drawing from the page', () => {
  test('is accepted unchanged', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), strokes, (id, drawn) => {
        const message = { type: 'drawing', id, strokes: drawn };
        expect(v.parse(clientMessageSchema, message)).toEqual(message);
      }),
    );
  });

  test('is rejected without crashing when it is any other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!(typeof value === 'object' && value !== null && 'type' in value && value.type === 'drawing'));
        expect(accepts(value)).toBe(false);
      }),
    );
  });

  test('is rejected when one point is invalid', () => {
    const spoilt = fc.constantFrom<unknown>(
      [],
      [1],
      [1, 2, 3, 4],
      [1, '2'],
      [1, null],
      [1e7, 0],
      [1, 2, 1.5],
      [1, 2, -1],
      7,
    );
    fc.assert(
      fc.property(fc.array(point, { maxLength: 5 }), spoilt, fc.nat(), (good, bad, place) => {
        const stroke: unknown[] = [...good];
        stroke.splice(place % (good.length + 1), 0, bad);
        expect(accepts(drawing([stroke]))).toBe(false);
      }),
    );
  });

  test.each([
    ['a missing id', { type: 'drawing', strokes: [] }],
    ['a negative id', { type: 'drawing', id: -1, strokes: [] }],
    ['a fractional id', { type: 'drawing', id: 0.5, strokes: [] }],
    ['an unknown field', { type: 'drawing', id: 1, strokes: [], admin: true }],
    ['an empty stroke', drawing([[]])],
    ['characters that are no text', { ...drawing([]), characters: ['7'] }],
    ['control characters, which a terminal would obey', { ...drawing([]), characters: '7\u{9b}31m' }],
    ['too many characters', { ...drawing([]), characters: '7'.repeat(MAX_EXPECTED_LENGTH + 1) }],
    ['an unknown prior', { ...drawing([]), prior: 'english' }],
    ['a prior that is no name', { ...drawing([]), prior: { 7: 1 } }],
    ['NaN, which JSON turns into null', JSON.parse(JSON.stringify(drawing([[[Number.NaN, 1]]])))],
  ])('is rejected with %s', (_, message) => {
    expect(accepts(message)).toBe(false);
  });

  test('may say what is expected', () => {
    const expected = { characters: '👍🏽'.repeat(MAX_EXPECTED_LENGTH / 4), prior: 'forms' };
    expect(accepts({ ...drawing([]), ...expected })).toBe(true);
    // Whether a model has classes for it is another question.
    expect(accepts({ ...drawing([]), characters: '' })).toBe(true);
  });

  test('may be as long as the limits but no longer', () => {
    const line = (points: number) => Array.from({ length: points }, (_, index) => [index, 0]);
    expect(accepts(drawing([line(MAX_POINTS_PER_STROKE)]))).toBe(true);
    expect(accepts(drawing([line(MAX_POINTS_PER_STROKE + 1)]))).toBe(false);
    expect(accepts(drawing([line(MAX_POINTS - 1), line(1)]))).toBe(true);
    expect(accepts(drawing([line(MAX_POINTS - 1), line(2)]))).toBe(false);
    expect(accepts(drawing(Array(MAX_STROKES).fill(line(1))))).toBe(true);
    expect(accepts(drawing(Array(MAX_STROKES + 1).fill(line(1))))).toBe(false);
  });
});

describe('a label from the page', () => {
  const label = { type: 'label', id: 1, label: 'g', strokes: [[[1, 2]]], origin: 'corrected' };

  test('is accepted unchanged, and so is taking it back', () => {
    for (const message of [
      label,
      { ...label, readAs: '9', key: 'k', origin: 'practiced' },
      { type: 'unlabel', id: 2, sample: 'an-id' },
    ]) {
      expect(v.parse(clientMessageSchema, message)).toEqual(message);
    }
  });

  test.each([
    ['no strokes', { ...label, strokes: [] }],
    ['invalid strokes', { ...label, strokes: [[[1]]] }],
    ['no label', { ...label, label: undefined }],
    ['a label that no text can be', { ...label, label: 'x'.repeat(65) }],
    ['an origin that a page cannot have', { ...label, origin: 'imported' }],
    ['control characters in how it was read', { ...label, readAs: '\u{9b}31m' }],
    ['an empty key', { ...label, key: '' }],
    ['a long key', { ...label, key: 'x'.repeat(65) }],
    ['a long ID', { type: 'unlabel', id: 2, sample: 'x'.repeat(65) }],
    ['an unknown field', { ...label, date: '' }],
  ])('is rejected with %s', (_, message) => {
    expect(accepts(message)).toBe(false);
  });

  test('is told from a drawing without parsing it, however it is written', () => {
    const text = (message: unknown) => Buffer.from(JSON.stringify(message, null, 2));
    expect(mayBeKept(text(label))).toBe(true);
    expect(mayBeKept(text({ type: 'unlabel', id: 2, sample: 'x' }))).toBe(true);
    expect(mayBeKept(text({ ...drawing([[[1, 2]]]), characters: 'abel' }))).toBe(false);
  });
});

describe('a text that is accepted on the page', () => {
  const accept = { type: 'accept', id: 1, text: 'so (it) goes\nand “goes”', key: 'k' };

  test('is accepted unchanged', () => {
    expect(v.parse(clientMessageSchema, accept)).toEqual(accept);
  });

  test.each([
    ['no text', { ...accept, text: '' }],
    ['a text that is too long', { ...accept, text: 'x'.repeat(MAX_TEXT_LENGTH + 1) }],
    ['control characters, which a terminal would obey', { ...accept, text: 'a\u{9b}31m' }],
    ['a carriage return, which would hide what is before it', { ...accept, text: 'a\rb' }],
    ['no key', { ...accept, key: undefined }],
    ['an empty key', { ...accept, key: '' }],
    ['a long key', { ...accept, key: 'x'.repeat(65) }],
    ['an unknown field', { ...accept, strokes: [] }],
  ])('is rejected with %s', (_, message) => {
    expect(accepts(message)).toBe(false);
  });

  test('is told from a line without parsing it', () => {
    expect(mayBeKept(Buffer.from(JSON.stringify(accept, null, 2)))).toBe(true);
    expect(mayBeKept(Buffer.from(JSON.stringify({ type: 'text', id: 1, strokes: [[[1, 2]]] })))).toBe(false);
  });
});

test('a line of text has the limits of a drawing', () => {
  const line = (strokes: unknown) => accepts({ type: 'text', id: 1, strokes });
  expect(line([])).toBe(true);
  expect(line(Array(MAX_STROKES).fill([[1, 2]]))).toBe(true);
  expect(line(Array(MAX_STROKES + 1).fill([[1, 2]]))).toBe(false);
  expect(line([[]])).toBe(false);
  expect(line([[[1, Number.POSITIVE_INFINITY]]])).toBe(false);
});

test('what a message costs is known without parsing it, and that it has too many points', () => {
  const drawing = (points: number) =>
    Buffer.from(JSON.stringify({ type: 'drawing', id: 1, strokes: [Array.from({ length: points }, () => [0, 0])] }));
  expect(costOf(drawing(50))).toBeLessThan(1.2);
  expect(costOf(drawing(MAX_POINTS))).toBeGreaterThan(5);
  expect((parseClientMessage(drawing(MAX_POINTS)) as DrawingMessage).strokes[0]).toHaveLength(MAX_POINTS);
  // As far as the number of brackets tells: there can be fewer strokes than are allowed, and brackets may be expected.
  expect(costOf(drawing(MAX_POINTS + MAX_STROKES + MAX_EXPECTED_LENGTH))).toBe(null);
  const most = Array.from({ length: MAX_STROKES }, () =>
    Array.from({ length: MAX_POINTS / MAX_STROKES }, () => [0, 0]),
  );
  const characters = '['.repeat(MAX_EXPECTED_LENGTH);
  const message = Buffer.from(JSON.stringify({ type: 'drawing', id: 1, strokes: most, characters }));
  expect(costOf(message)).not.toBe(null);
  expect(parseClientMessage(message)).toMatchObject({ characters });
  expect(costOf(Buffer.from('['.repeat(100_000)))).toBe(null);
  expect(parseClientMessage(Buffer.from('not even JSON'))).toBe(null);
});

test('the page rejects invalid messages from the server', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(v.safeParse(serverMessageSchema, value).success).toBe(false);
    }),
  );
});
