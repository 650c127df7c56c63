import type { Drawing, Stroke } from '../strokes/drawing.ts';
import { drawingBox, drawingExtent, pathLength } from '../strokes/geometry.ts';
import type { DecodedLine } from './decode-line.ts';
import type { LineImage } from './line-image.ts';
import type { TextCharacter } from './text-reading.ts';

/** Pixels of the image to a step of the network. */
export const STEP_PIXELS = 4;

/** How wide printed characters are, relative to an `n`; 1 for all others. */
const WIDTHS = widths({
  0.35: "iljI1.,'!:;",
  0.7: 'frtJ"()/?-',
  1.3: 'ABCDEFGHKNOPQRSTUVXYZ+=',
  1.7: 'mwMW@&%#',
});
/** Characters with dots, which people may write late and beside the letter; a colon has two. */
const DOTTED = 'ij!?::;.';
const BARRED = 'tfATFEHIJz7=+-';
/** A dot or bar may be this many times as far from a character that has one as from a character that has none. */
const PREFERENCE = 2.5;
/** Strokes shorter than this are dots, in heights of the line image's small letters. */
const DOT = 0.3;
const SMALL_LETTER = 11;
/** A bar: the distance of its ends as a share of its length, and how steep it may be. */
const STRAIGHT = 0.9;
const LEVEL = 0.4;

/** Where a character lies, in the drawing's unit: its middle, and the range that is nearer to it than to its neighbors. */
interface Place {
  readonly label: string;
  readonly middle: number;
  readonly left: number;
  readonly right: number;
}

/**
 * The characters of a line with their strokes. A stroke that joins characters belongs to each that it passes through, a dot or
 * bar to a letter nearby, and any other to the character in whose place most of it lies. Each stroke belongs to a character if
 * there are any. `indices`: the strokes of the line in the drawing.
 */
export function charactersWithStrokes(
  characters: DecodedLine['characters'],
  image: LineImage,
  drawing: Drawing,
  indices: readonly number[],
): TextCharacter[] {
  const places = placesOf(characters, image);
  const strokes: number[][] = characters.map(() => []);
  const small = SMALL_LETTER * image.unit;
  const drawn = indices.filter((index) => drawing[index]!.length > 0);
  const dots = drawn.filter((index) => drawingExtent([drawing[index]!]) < DOT * small);
  const owners = ownersOfDots(
    dots.map((index) => middleOf(drawing[index]!)),
    places,
  );
  const ownerOf = new Map(dots.map((index, at) => [index, owners[at]!]));
  for (const index of drawn) {
    const owner = ownerOf.get(index);
    for (const at of owner === undefined ? charactersOf(drawing[index]!, places) : [owner]) strokes[at]?.push(index);
  }
  for (const [at, own] of strokes.entries()) {
    if (own.length > 0) continue;
    const nearest = nearestStroke(places[at]!.middle, drawing, drawn);
    if (nearest !== null) own.push(nearest);
  }
  return characters.map(({ label, probability }, at) => ({ label, probability, strokes: strokes[at]! }));
}

/**
 * The columns of a line image that are nearer to each character than to its neighbors: from `from` up to but not including
 * `to`. `width`: of the image.
 */
export function characterColumns(
  characters: DecodedLine['characters'],
  width: number,
): { readonly from: number; readonly to: number }[] {
  const places = placesOf(characters, { left: 0, unit: 1 });
  return places.map(({ left, right }) => ({
    from: Math.round(Math.max(0, left)),
    to: Math.round(Math.min(width, right)),
  }));
}

function placesOf(characters: DecodedLine['characters'], image: Pick<LineImage, 'left' | 'unit'>): Place[] {
  const middles = characters.map(({ from, to }) => image.left + ((from + to) / 2) * STEP_PIXELS * image.unit);
  // The space between two characters is divided in proportion to their widths.
  const ends = characters.slice(1).map(({ label }, at) => {
    const [before, after] = [widthOf(characters[at]!.label), widthOf(label)];
    return middles[at]! + ((middles[at + 1]! - middles[at]!) * before) / (before + after);
  });
  return characters.map(({ label }, at) => ({
    label,
    middle: middles[at]!,
    left: ends[at - 1] ?? Number.NEGATIVE_INFINITY,
    right: ends[at] ?? Number.POSITIVE_INFINITY,
  }));
}

/** The character of each dot: in order, if there are as many as the characters have; else the nearest. `dots`: their x. */
function ownersOfDots(dots: readonly number[], places: readonly Place[]): number[] {
  const letters = places.flatMap(({ label }, at) => [...DOTTED].filter((one) => one === label).map(() => at));
  if (letters.length !== dots.length) return dots.map((x) => nearestPlace(x, places, DOTTED));
  const owners: number[] = [];
  const order = dots.map((_, at) => at).sort((a, b) => dots[a]! - dots[b]!);
  for (const [position, at] of order.entries()) owners[at] = letters[position]!;
  return owners;
}

/** The characters that a stroke belongs to, unless it is a dot. */
function charactersOf(stroke: Stroke, places: readonly Place[]): number[] {
  const { left, width } = drawingBox([stroke]);
  const isCrossed = ({ middle }: Place) => middle > left && middle < left + width;
  if (isBar(stroke)) {
    const crossed = places.flatMap((place, at) => (isCrossed(place) && BARRED.includes(place.label) ? [at] : []));
    return crossed.length > 0 ? crossed : [nearestPlace(left + width / 2, places, BARRED)];
  }
  const ink = inkByPlace(stroke, places);
  const most = ink.indexOf(Math.max(...ink));
  return places.flatMap((place, at) => (at === most || isCrossed(place) ? [at] : []));
}

function middleOf(stroke: Stroke): number {
  const { left, width } = drawingBox([stroke]);
  return left + width / 2;
}

function isBar(stroke: Stroke): boolean {
  const [[x0, y0], [x1, y1]] = [stroke[0]!, stroke.at(-1)!];
  return Math.hypot(x1 - x0, y1 - y0) >= STRAIGHT * pathLength(stroke) && Math.abs(y1 - y0) < LEVEL * Math.abs(x1 - x0);
}

/** The length of a stroke within the place of each character. */
function inkByPlace(stroke: Stroke, places: readonly Place[]): number[] {
  const ink = places.map(() => 0);
  for (const [i, [x, y]] of stroke.entries()) {
    const [fromX, fromY] = stroke[Math.max(0, i - 1)]!;
    const length = Math.hypot(x - fromX, y - fromY);
    const [left, right] = [Math.min(x, fromX), Math.max(x, fromX)];
    for (const [at, place] of places.entries()) {
      const inside = Math.min(right, place.right) - Math.max(left, place.left);
      if (right > left) ink[at]! += length * Math.max(0, inside / (right - left));
      else if (x >= place.left && x < place.right) ink[at]! += length;
    }
  }
  return ink;
}

/** The character that an x is nearest to; one of `preferred` may be farther away. */
function nearestPlace(x: number, places: readonly Place[], preferred: string): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (const [at, { label, middle }] of places.entries()) {
    const distance = Math.abs(x - middle) / (preferred.includes(label) ? PREFERENCE : 1);
    if (distance < least) [nearest, least] = [at, distance];
  }
  return nearest;
}

function nearestStroke(x: number, drawing: Drawing, indices: readonly number[]): number | null {
  let [nearest, least]: [number | null, number] = [null, Number.POSITIVE_INFINITY];
  for (const index of indices) {
    const { left, width } = drawingBox([drawing[index]!]);
    const distance = Math.max(left - x, x - left - width, 0);
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
}

function widthOf(label: string): number {
  return WIDTHS.get(label) ?? 1;
}

function widths(characters: { readonly [width: number]: string }): ReadonlyMap<string, number> {
  return new Map(Object.entries(characters).flatMap(([width, all]) => [...all].map((one) => [one, Number(width)])));
}
