import { NOT_SURE } from '../../src/core/prediction.ts';
import type { Recognizer } from '../../src/core/recognizer/recognizer.ts';
import { rasterizeAll } from './labeled-images.ts';
import { code } from './markdown.ts';
import { type Doubts, noCharacterOf, type Reading, readDoubts, uncertaintyOf } from './readings.ts';
import { areaUnderCurve, mean, shareOf, thresholdKeeping } from './statistics.ts';
import { type LabeledDrawing, type WordDrawing, wordsByLength } from './stroke-files.ts';
import type { ValidationCharacters } from './validation.ts';
import { drawnWrongGroups, scannedWrongGroups, type WrongGroups } from './wrong-groups.ts';

/** The share of the real characters of the validation set that the threshold keeps. */
export const KEPT_SHARE = 0.95;
/** Signs that are drawn like a character or a part of one, and differ from it at most in size and in where they stand. */
export const LIKE_CHARACTERS = "/()!',-";

/** How often something is refused, by which threshold. */
export interface Refused {
  title: string;
  count: number;
  /** At the threshold that keeps `KEPT_SHARE` of the validation set. */
  atThreshold: number;
  /** At `NOT_SURE`, as the canvas page does. */
  atNotSure: number;
}

/** The same of wrong groups. */
export interface RefusedGroups extends Refused {
  /** Area under the ROC curve, against the characters that they are made from or come with. */
  area: number;
}

export interface Rejection {
  /** How many wrong groups were made of each kind. */
  wrongGroups: number;
  threshold: number;
  /** What the threshold was chosen on. */
  validation: { scans: number; drawings: number; writers: number };
  /** At the threshold: the shares of scans and pen that are kept, counting equally, and of all kinds of wrong groups. */
  keptShare: number;
  refusedShare: number;
  /** The same of a threshold, chosen likewise, on the best probability instead, which needs no output for no character. */
  byUncertainty: { keptShare: number; refusedShare: number };
  /** Real characters, by source, which should not be refused. */
  characters: Refused[];
  /** Wrong groups made from drawings and signs, the last of which is all of them; then real words. */
  drawn: RefusedGroups[];
  words: RefusedGroups[];
  /** Wrong groups made from scans, the last of which is all of them. */
  scanned: RefusedGroups[];
  /** By sign, seldom refused ones first. */
  signs: Refused[];
}

/** What the figures are measured on. */
export interface RejectionSource {
  /** How many wrong groups to make of each kind. */
  wrongGroups: number;
  validation: ValidationCharacters;
  /** What was read of each source; the first two are scans and pen. */
  characters: readonly { title: string; readings: readonly Reading[] }[];
  /** Of the test parts: scans, [n, 784] bytes; drawings; signs; words. */
  scans: Uint8Array;
  drawings: readonly LabeledDrawing[];
  signs: readonly LabeledDrawing[];
  words: readonly WordDrawing[];
}

/** Measures what a model refuses that can reject; a threshold of the validation set, everything else of the test parts. */
export async function measureRejection(recognizer: Recognizer, source: RejectionSource): Promise<Rejection> {
  const { wrongGroups, validation, characters } = source;
  const read = (images: Uint8Array) => readDoubts(recognizer, images);
  const held = [await read(validation.scans), await read(validation.drawings)];
  const threshold = thresholdKeeping(held.map(noCharacterOf), KEPT_SHARE);

  const real = characters.map(({ title, readings }) => ({ title, readings }));
  const [scans, pen] = [real[0]!, real[1]!];
  const signs = await readByLabel(source.signs, read);
  const isLikeCharacter = ({ title }: Kind) => LIKE_CHARACTERS.includes(title);
  const drawn = [
    ...(await readAll(drawnWrongGroups(source.drawings, wrongGroups), read)),
    pooled(
      `Sign that looks like a character: ${[...LIKE_CHARACTERS].map(code).join(' ')}`,
      signs.filter(isLikeCharacter),
    ),
    pooled(
      'Other sign',
      signs.filter((sign) => !isLikeCharacter(sign)),
    ),
  ];
  const scanned = await readAll(scannedWrongGroups(source.scans, wrongGroups), read);
  const words = await readAll(
    wordsByLength(source.words).map(({ title, drawings }) => ({ title, images: rasterizeAll(drawings) })),
    read,
  );
  /** By a score, at the threshold that keeps as much of the validation set. */
  const shares = (scoresOf: (readings: readonly Doubts[]) => number[]) => {
    const limit = thresholdKeeping(held.map(scoresOf), KEPT_SHARE);
    const share = (kinds: readonly Kind[]) =>
      mean(kinds.map(({ readings }) => shareOf(scoresOf(readings), (score) => score >= limit)));
    return { keptShare: 1 - share([scans, pen]), refusedShare: share([...drawn, ...scanned]) };
  };
  const against = (kept: Kind) => (kind: Kind) => ({
    ...refused(kind, threshold),
    area: areaUnderCurve(noCharacterOf(kept.readings), noCharacterOf(kind.readings)),
  });
  return {
    wrongGroups,
    threshold,
    validation: { scans: held[0]!.length, drawings: held[1]!.length, writers: validation.writers },
    ...shares(noCharacterOf),
    byUncertainty: shares(uncertaintyOf),
    characters: real.map((kind) => refused(kind, threshold)),
    drawn: [...drawn, pooled('All of these', drawn)].map(against(pen)),
    words: words.map(against(pen)),
    scanned: [...scanned, pooled('All of these', scanned)].map(against(scans)),
    signs: signs.map((kind) => refused(kind, threshold)).sort((a, b) => a.atThreshold - b.atThreshold),
  };
}

/** What was read of images of a kind. */
interface Kind {
  title: string;
  readings: readonly Doubts[];
}

type Read = (images: Uint8Array) => Promise<Doubts[]>;

function refused({ title, readings }: Kind, threshold: number): Refused {
  const scores = noCharacterOf(readings);
  return {
    title,
    count: scores.length,
    atThreshold: shareOf(scores, (score) => score >= threshold),
    atNotSure: shareOf(scores, (score) => score >= NOT_SURE),
  };
}

function pooled(title: string, kinds: readonly Kind[]): Kind {
  return { title, readings: kinds.flatMap(({ readings }) => readings) };
}

async function readAll(kinds: readonly WrongGroups[], read: Read): Promise<Kind[]> {
  const all: Kind[] = [];
  for (const { title, images } of kinds) all.push({ title, readings: await read(images) });
  return all;
}

function readByLabel(drawings: readonly LabeledDrawing[], read: Read): Promise<Kind[]> {
  const byLabel = [...Map.groupBy(drawings, ({ label }) => label)];
  return readAll(
    byLabel.map(([title, of]) => ({ title, images: rasterizeAll(of.map(({ strokes }) => strokes)) })),
    read,
  );
}
