import { NOT_SURE } from '../../src/core/prediction.ts';
import type { Recognizer } from '../../src/core/recognizer/recognizer.ts';
import { rasterizeAll } from './labeled-images.ts';
import { code } from './markdown.ts';
import { noCharacterOf, type Reading, readNoCharacter } from './readings.ts';
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
  const scores = (images: Uint8Array) => readNoCharacter(recognizer, images);
  const [ofScans, ofDrawings] = [await scores(validation.scans), await scores(validation.drawings)];
  const threshold = thresholdKeeping([ofScans, ofDrawings], KEPT_SHARE);

  const real = characters.map(({ title, readings }) => ({ title, scores: noCharacterOf(readings) }));
  const [scans, pen] = [real[0]!.scores, real[1]!.scores];
  const signs = await scoredByLabel(source.signs, scores);
  const isLikeCharacter = ({ title }: Scored) => LIKE_CHARACTERS.includes(title);
  const drawn = [
    ...(await scored(drawnWrongGroups(source.drawings, wrongGroups), scores)),
    pooled(
      `Sign that looks like a character: ${[...LIKE_CHARACTERS].map(code).join(' ')}`,
      signs.filter(isLikeCharacter),
    ),
    pooled(
      'Other sign',
      signs.filter((sign) => !isLikeCharacter(sign)),
    ),
  ];
  const scanned = await scored(scannedWrongGroups(source.scans, wrongGroups), scores);
  const words = await scored(
    wordsByLength(source.words).map(({ title, drawings }) => ({ title, images: rasterizeAll(drawings) })),
    scores,
  );
  const atThreshold = (kinds: readonly Scored[]) => mean(kinds.map((kind) => refused(kind, threshold).atThreshold));
  const against = (kept: readonly number[]) => (kind: Scored) => ({
    ...refused(kind, threshold),
    area: areaUnderCurve(kept, kind.scores),
  });
  return {
    wrongGroups,
    threshold,
    validation: { scans: ofScans.length, drawings: ofDrawings.length, writers: validation.writers },
    keptShare: 1 - atThreshold(real.slice(0, 2)),
    refusedShare: atThreshold([...drawn, ...scanned]),
    characters: real.map((kind) => refused(kind, threshold)),
    drawn: [...drawn, pooled('All of these', drawn)].map(against(pen)),
    words: words.map(against(pen)),
    scanned: [...scanned, pooled('All of these', scanned)].map(against(scans)),
    signs: signs.map((kind) => refused(kind, threshold)).sort((a, b) => a.atThreshold - b.atThreshold),
  };
}

/** Images of a kind, by how likely each is not one character. */
interface Scored {
  title: string;
  scores: readonly number[];
}

type Score = (images: Uint8Array) => Promise<number[]>;

function refused({ title, scores }: Scored, threshold: number): Refused {
  return {
    title,
    count: scores.length,
    atThreshold: shareOf(scores, (score) => score >= threshold),
    atNotSure: shareOf(scores, (score) => score >= NOT_SURE),
  };
}

function pooled(title: string, kinds: readonly Scored[]): Scored {
  return { title, scores: kinds.flatMap(({ scores }) => scores) };
}

async function scored(kinds: readonly WrongGroups[], score: Score): Promise<Scored[]> {
  const all: Scored[] = [];
  for (const { title, images } of kinds) all.push({ title, scores: await score(images) });
  return all;
}

function scoredByLabel(drawings: readonly LabeledDrawing[], score: Score): Promise<Scored[]> {
  const byLabel = [...Map.groupBy(drawings, ({ label }) => label)];
  return scored(
    byLabel.map(([title, of]) => ({ title, images: rasterizeAll(of.map(({ strokes }) => strokes)) })),
    score,
  );
}
