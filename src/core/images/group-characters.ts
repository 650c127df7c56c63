import { type Box, boxHeight, boxWidth, longerSide, unionBox } from './box.ts';
import type { Component, Labeled } from './connected-components.ts';
import { checkCount, marksOf } from './marks.ts';
import { nearComponents } from './near-components.ts';

/** One character and its parts, such as a stem and its dot or the bars of an equals sign. */
export interface Character {
  readonly box: Box;
  readonly parts: readonly Component[];
}

/** More separate marks than this, without printed lines, are a pattern rather than single characters. */
const MAX_MARKS = 2000;

// Relative to the size of the writing unless stated otherwise.
/** Smaller marks are dots, accents, pieces of strokes, or dirt. */
const SMALL = 0.4;
/** Total stroke length of a typical character, relative to its longer side. */
const INK_LENGTH = 3;
/** How far beside and above its stem a dot may be, relative to the height of the stem. */
const DOT_BESIDE = 0.35;
const DOT_ABOVE = 0.9;
/** How far a detached piece of a stroke may be from its character. */
const PIECE_DISTANCE = 0.25;
/** Strokes of one character are at most this far apart where there are too few gaps between characters to compare with. */
const PIECE_GAP = 0.05;
const FEW_GAPS = 3;
/** Elsewhere they are at most this far apart, and at most this share of the usual gap between characters. */
const MAX_PIECE_GAP = 0.12;
const GAP_SHARE = 0.4;
/** They form characters that are at most this many times as wide as high. */
const MAX_WIDTH = 1;
/** Parts are joined if they overlap by at least these shares of the narrower and of the shorter one. */
const OVERLAP_ACROSS = 0.6;
const OVERLAP_DOWN = 0.5;
/** A bar is at least this many times as wide as high. */
const BAR = 2.5;
/** Two characters of a line overlap vertically by at least this share of the shorter one. */
const SAME_LINE = 0.3;

/**
 * Groups components into characters in reading order: lines from top to bottom, each from left to right. Parts above each
 * other are joined (i, j, =, a 5 with a detached bar); specks and isolated dots are left out. Throws an EmnistError
 * (`picture-not-writing`) that names `source` for a pattern of thousands of marks.
 */
export function groupCharacters(labeled: Labeled, source: string): Character[] {
  const { components } = labeled;
  const typical = typicalComponent(components);
  if (!typical) return [];
  const size = longerSide(typical.box);
  const marks = marksOf(components, typical.area / (INK_LENGTH * size));
  checkCount(marks, MAX_MARKS, source);
  const large = marks.filter(({ box }) => longerSide(box) >= SMALL * size);
  const apart = joinLarge(large, () => false);
  const near = nearComponents(labeled, reachOfPieces(apart, size));
  const characters = joinLarge(
    large,
    (a, b) =>
      boxWidth(unionBox(a.box, b.box)) <= MAX_WIDTH * boxHeight(unionBox(a.box, b.box)) &&
      a.parts.some(({ label }) => b.parts.some((part) => near.get(label)?.has(part.label))),
  );
  for (const small of marks.filter((mark) => !large.includes(mark))) {
    const owner = ownerOf(characters, small.box, size);
    if (owner !== null) characters[owner] = joined(characters[owner]!, { box: small.box, parts: [small] });
  }
  return readingOrder(characters);
}

/** The median component by size, weighted by area, so that many small specks have no influence. */
function typicalComponent(components: readonly Component[]): Component | null {
  const bySize = [...components].sort((a, b) => longerSide(a.box) - longerSide(b.box));
  const total = bySize.reduce((sum, { area }) => sum + area, 0);
  let seen = 0;
  for (const component of bySize) {
    seen += component.area;
    if (2 * seen >= total) return component;
  }
  return null;
}

/**
 * How near strokes are, in pixels, that belong to one character without touching, as those of a hasty H or E. Characters of
 * narrow writing may be as near, so the gaps between characters count.
 */
function reachOfPieces(characters: readonly Character[], size: number): number {
  const ordered = readingOrder(characters);
  const gaps = ordered
    .slice(1)
    .map(({ box }, i) => ({ box, before: ordered[i]!.box }))
    .filter(({ box, before }) => box.left > before.left)
    .map(({ box, before }) => box.left - before.right)
    .sort((a, b) => a - b);
  if (gaps.length < FEW_GAPS) return PIECE_GAP * size;
  return Math.min(MAX_PIECE_GAP * size, GAP_SHARE * gaps[Math.floor(gaps.length / 2)]!);
}

function joinLarge(large: readonly Component[], areNear: (a: Character, b: Character) => boolean): Character[] {
  const characters: Character[] = [];
  for (const component of large) {
    let character: Character = { box: component.box, parts: [component] };
    // The joined box is larger, so it may now reach characters that were checked before.
    for (let i = 0; i < characters.length; ) {
      if (belongTogether(characters[i]!.box, character.box) || areNear(characters[i]!, character)) {
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
  const across = overlap(a.left, a.right, b.left, b.right) / Math.min(boxWidth(a), boxWidth(b));
  if (across < OVERLAP_ACROSS) return false;
  const down = overlap(a.top, a.bottom, b.top, b.bottom);
  if (down >= OVERLAP_DOWN * Math.min(boxHeight(a), boxHeight(b))) return true;
  // Two bars above each other, or a bar close to a larger part.
  const gap = -down;
  const [bar, other] = boxHeight(a) / boxWidth(a) < boxHeight(b) / boxWidth(b) ? [a, b] : [b, a];
  if (boxWidth(bar) < BAR * boxHeight(bar)) return false;
  if (boxWidth(other) >= BAR * boxHeight(other)) return gap < 0.8 * Math.max(boxWidth(bar), boxWidth(other));
  return gap < 0.2 * boxHeight(other);
}

/** The index of the character that a small part is the dot or a piece of, or null. */
function ownerOf(characters: readonly Character[], part: Box, size: number): number | null {
  let best: number | null = null;
  let bestDistance = Infinity;
  const center = (part.left + part.right) / 2;
  characters.forEach(({ box }, index) => {
    const above = box.top - part.bottom;
    const isDot =
      above >= 0 &&
      above <= DOT_ABOVE * boxHeight(box) &&
      center >= box.left - DOT_BESIDE * boxHeight(box) &&
      center <= box.right + DOT_BESIDE * boxHeight(box);
    const beside = Math.max(0, box.left - center, center - box.right);
    const gap = Math.max(0, above, part.top - box.bottom);
    const isPiece = beside === 0 && gap <= PIECE_DISTANCE * size;
    const distance = Math.hypot(beside, gap);
    if ((isDot || isPiece) && distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  });
  return best;
}

/** Appends each character to the line whose last character it overlaps most vertically, so a line may slope. */
function readingOrder(characters: readonly Character[]): Character[] {
  const lines: Character[][] = [];
  for (const character of [...characters].sort((a, b) => a.box.left - b.box.left)) {
    let best: { line: Character[]; share: number } | null = null;
    for (const line of lines) {
      const { box } = line.at(-1)!;
      const common = overlap(box.top, box.bottom, character.box.top, character.box.bottom);
      const share = common / Math.min(boxHeight(box), boxHeight(character.box));
      if (share >= SAME_LINE && (!best || share > best.share)) best = { line, share };
    }
    if (best) best.line.push(character);
    else lines.push([character]);
  }
  const middle = (line: Character[]) => line.reduce((sum, { box }) => sum + box.top + box.bottom, 0) / line.length;
  return lines.sort((a, b) => middle(a) - middle(b)).flat();
}

function joined(a: Character, b: Character): Character {
  return { box: unionBox(a.box, b.box), parts: [...a.parts, ...b.parts] };
}

/** The length that two intervals share; if negative, the gap between them. */
function overlap(from: number, to: number, otherFrom: number, otherTo: number): number {
  return Math.min(to, otherTo) - Math.max(from, otherFrom);
}
