import { EmnistError } from '../errors.ts';
import type { Box } from './box.ts';
import type { Component } from './components.ts';

/** One character: its parts (a stem and its dot, the bars of an equals sign). */
export interface Character {
  readonly box: Box;
  readonly parts: readonly Component[];
}

/** More separate marks than this are a pattern, not writing. */
const MAX_MARKS = 2000;

// All as shares of the writing's size, unless a box is named.
/** Below: a dot, an accent, a piece of a stroke or dirt. */
const SMALL = 0.4;
/** A dot covers at least this share of the stroke width's square; what is smaller is noise. */
const SPECK_AREA = 0.3;
/** A typical character's strokes are so many times as long, all together, as its longer side. */
const INK_LENGTH = 3;
/** How far beside its stem a dot may hang, and how far above it, as shares of the stem's height. */
const DOT_ASIDE = 0.35;
const DOT_ABOVE = 0.9;
/** How far a loose piece of a stroke may be from its character. */
const PIECE_DISTANCE = 0.25;
/** Parts that lie over each other for this share of the narrower one, and beside each other for that of the lower one. */
const OVERLAP_ACROSS = 0.6;
const OVERLAP_DOWN = 0.5;
/** A bar is so many times as wide as high. */
const BAR = 2.5;
/** Share of the lower one's height that two characters of one line have in common. */
const SAME_LINE = 0.3;

/**
 * Groups components into characters in reading order: lines from top to bottom, each from left to right. Parts one above
 * the other are joined (i, j, =, a 5 with its bar apart); specks and lone dots are left out. Throws an EmnistError
 * (`picture-not-writing`) that names `source` for a pattern of thousands of marks.
 */
export function groupCharacters(components: readonly Component[], source: string): Character[] {
  const typical = typicalComponent(components);
  if (!typical) return [];
  const size = longestSide(typical.box);
  const strokeWidth = typical.area / (INK_LENGTH * size);
  const marks = components.filter(({ area }) => area >= SPECK_AREA * strokeWidth ** 2);
  if (marks.length > MAX_MARKS) {
    throw new EmnistError(
      'picture-not-writing',
      `${source} holds more than ${MAX_MARKS} separate marks, which is a pattern rather than writing`,
      'cut out the writing, on plain paper',
    );
  }
  const large = marks.filter(({ box }) => longestSide(box) >= SMALL * size);
  const characters = joinLarge(large);
  for (const small of marks.filter((mark) => !large.includes(mark))) {
    const owner = closest(characters, small.box, size);
    if (owner !== null) characters[owner] = joined(characters[owner]!, { box: small.box, parts: [small] });
  }
  return readingOrder(characters);
}

/** The one with the middle of all ink when they are sorted by size: many small specks have no say. */
function typicalComponent(components: readonly Component[]): Component | null {
  const bySize = [...components].sort((a, b) => longestSide(a.box) - longestSide(b.box));
  const total = bySize.reduce((sum, { area }) => sum + area, 0);
  let seen = 0;
  for (const component of bySize) {
    seen += component.area;
    if (2 * seen >= total) return component;
  }
  return null;
}

function joinLarge(large: readonly Component[]): Character[] {
  const characters: Character[] = [];
  for (const component of large) {
    let character: Character = { box: component.box, parts: [component] };
    // Joining makes the box larger, so that it may reach others that were looked at before.
    for (let i = 0; i < characters.length; ) {
      if (belongTogether(characters[i]!.box, character.box)) {
        character = joined(characters[i]!, character);
        characters.splice(i, 1);
        i = 0;
      } else {
        i++;
      }
    }
    characters.push(character);
  }
  return characters;
}

function belongTogether(a: Box, b: Box): boolean {
  const across = overlap(a.left, a.right, b.left, b.right) / Math.min(width(a), width(b));
  if (across < OVERLAP_ACROSS) return false;
  const down = overlap(a.top, a.bottom, b.top, b.bottom);
  if (down >= OVERLAP_DOWN * Math.min(height(a), height(b))) return true;
  // Two bars one above the other, or a bar close to a larger part.
  const gap = -down;
  const [bar, other] = height(a) / width(a) < height(b) / width(b) ? [a, b] : [b, a];
  if (width(bar) < BAR * height(bar)) return false;
  if (width(other) >= BAR * height(other)) return gap < 0.8 * Math.max(width(bar), width(other));
  return gap < 0.2 * height(other);
}

/** The character that a small part belongs to: one that it dots, or one that it is a piece of. */
function closest(characters: readonly Character[], part: Box, size: number): number | null {
  let best: number | null = null;
  let bestDistance = Infinity;
  const center = (part.left + part.right) / 2;
  characters.forEach(({ box }, index) => {
    const above = box.top - part.bottom;
    const isDot =
      above >= 0 &&
      above <= DOT_ABOVE * height(box) &&
      center >= box.left - DOT_ASIDE * height(box) &&
      center <= box.right + DOT_ASIDE * height(box);
    const aside = Math.max(0, box.left - center, center - box.right);
    const gap = Math.max(0, above, part.top - box.bottom);
    const isPiece = aside === 0 && gap <= PIECE_DISTANCE * size;
    const distance = Math.hypot(aside, gap);
    if ((isDot || isPiece) && distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  });
  return best;
}

/** Each character joins the line whose last one it is level with; a line may slope. */
function readingOrder(characters: readonly Character[]): Character[] {
  const lines: Character[][] = [];
  for (const character of [...characters].sort((a, b) => a.box.left - b.box.left)) {
    let best: { line: Character[]; share: number } | null = null;
    for (const line of lines) {
      const { box } = line.at(-1)!;
      const common = overlap(box.top, box.bottom, character.box.top, character.box.bottom);
      const share = common / Math.min(height(box), height(character.box));
      if (share >= SAME_LINE && (!best || share > best.share)) best = { line, share };
    }
    if (best) best.line.push(character);
    else lines.push([character]);
  }
  const middle = (line: Character[]) => line.reduce((sum, { box }) => sum + box.top + box.bottom, 0) / line.length;
  return lines.sort((a, b) => middle(a) - middle(b)).flat();
}

function joined(a: Character, b: Character): Character {
  return {
    box: {
      left: Math.min(a.box.left, b.box.left),
      top: Math.min(a.box.top, b.box.top),
      right: Math.max(a.box.right, b.box.right),
      bottom: Math.max(a.box.bottom, b.box.bottom),
    },
    parts: [...a.parts, ...b.parts],
  };
}

function width(box: Box): number {
  return box.right - box.left;
}

function height(box: Box): number {
  return box.bottom - box.top;
}

function longestSide(box: Box): number {
  return Math.max(width(box), height(box));
}

/** The length that two intervals have in common; negative: the gap between them. */
function overlap(from: number, to: number, otherFrom: number, otherTo: number): number {
  return Math.min(to, otherTo) - Math.max(from, otherFrom);
}
