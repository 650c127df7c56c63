import { randomStream } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../src/core/strokes/geometry.ts';
import { LINE_HEIGHT, type LineImage, lineImage } from '../../src/core/text/line-image.ts';
import { TEXT_CHARACTERS } from '../../src/core/text/text-characters.ts';
import type { Written } from './pen-data.ts';
import { pick } from './pick.ts';
import { randomText } from './random-text.ts';
import { stitch } from './stitch.ts';

/** The stroke files that training reads: words, lines, and characters. */
export const TRAINING_FILES = [
  'unipen-words-train',
  'unipen-lines-train',
  'unipen-train',
  'chars-extra-train',
  'unipen-symbols-train',
] as const;
export const LINES_PER_EPOCH = 24_576;

/** The training data, without the writers that are held out. */
export interface TrainingData {
  readonly words: readonly Written[];
  readonly lines: readonly Written[];
  readonly characters: readonly Written[];
  readonly lexicon: readonly string[];
}

/** An image and what it spells. */
export interface TrainingLine {
  readonly text: string;
  readonly image: LineImage;
}

/** The shares of lines, joined words, and stitched texts in training; the rest are single words. */
const LINES = 0.04;
const JOINED = 0.1;
const STITCHED = 0.24;
/** Lines with more characters are left out, since one takes as much time as many words. */
const MAX_LINE = 32;

/** Draws training examples at random. */
export class TrainingLines {
  readonly #data: TrainingData;
  readonly #byWriter: ReadonlyMap<string, readonly Written[]>;
  /** Drawings of each character, by each writer and by all writers. */
  readonly #characters: ReadonlyMap<string, readonly Written[]>;
  readonly #charactersOf: ReadonlyMap<string, ReadonlyMap<string, readonly Written[]>>;
  readonly #writers: readonly string[];

  constructor(data: TrainingData) {
    this.#data = { ...data, lines: data.lines.filter(({ label }) => label.length <= MAX_LINE) };
    this.#byWriter = Map.groupBy(data.words, ({ writer }) => writer);
    this.#characters = Map.groupBy(data.characters, ({ label }) => label);
    const byWriter = Map.groupBy(data.characters, ({ writer }) => writer);
    this.#charactersOf = new Map(
      [...byWriter].map(([writer, all]) => [writer, Map.groupBy(all, ({ label }) => label)]),
    );
    this.#writers = [...byWriter.keys()];
  }

  /** The training example for a seed. */
  draw(seed: number): TrainingLine {
    const random = randomStream(seed);
    const kind = random();
    const { text, strokes } =
      kind < LINES
        ? written(pick(this.#data.lines, random))
        : kind < LINES + JOINED
          ? this.#joined(random)
          : kind < LINES + JOINED + STITCHED
            ? this.#stitched(random)
            : written(pick(this.#data.words, random));
    return { text, image: degraded(distorted(strokes, random), random) };
  }

  /** Two or three words by one writer, side by side. */
  #joined(random: () => number): { text: string; strokes: Drawing } {
    const first = pick(this.#data.words, random);
    const words = this.#byWriter.get(first.writer)!;
    const parts = [first, pick(words, random), ...(random() < 0.3 ? [pick(words, random)] : [])];
    const strokes: Drawing[number][] = [];
    // Words of a writer share a unit. Their base line is not known, so the middles of their ink are aligned.
    const height = Math.max(1e-6, median(parts.map((part) => drawingBox(part.strokes).height)));
    let x = 0;
    for (const part of parts) {
      const box = drawingBox(part.strokes);
      const mean = meanY(part.strokes);
      for (const stroke of part.strokes)
        strokes.push(stroke.map(([px, py]) => [x + px - box.left, py - mean] as const));
      x += box.width + height * (0.35 + 0.9 * random());
    }
    return { text: parts.map(({ label }) => label).join(' '), strokes };
  }

  #stitched(random: () => number): { text: string; strokes: Drawing } {
    const text = randomText(this.#data.lexicon, random);
    // By one writer, as far as that writer drew the characters.
    const own = this.#charactersOf.get(pick(this.#writers, random))!;
    const drawings: Drawing[] = [];
    for (const character of text) {
      if (character === ' ') continue;
      const candidates = own.get(character) ?? this.#characters.get(character)!;
      drawings.push(pick(candidates, random).strokes);
    }
    const gap = 0.02 + 0.4 * random();
    return { text, strokes: stitch(text, drawings, { random, gap, variation: 1 }) };
  }
}

function written({ label, strokes }: Written): { text: string; strokes: Drawing } {
  return { text: label, strokes };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function meanY(drawing: Drawing): number {
  let [sum, count] = [0, 0];
  for (const stroke of drawing) {
    for (const [, y] of stroke) {
      sum += y;
      count++;
    }
  }
  return sum / count;
}

function distorted(strokes: Drawing, random: () => number): LineImage {
  const signed = (size: number) => size * (2 * random() - 1);
  return lineImage(strokes, {
    slant: signed(0.35),
    slope: signed(0.05),
    stretch: Math.exp(signed(0.2)),
    size: Math.exp(signed(0.18)),
    thickness: Math.exp(signed(0.4)),
    shift: signed(1.6),
  });
}

/** The share of images that look scanned: with uneven ink and specks. */
const DEGRADED = 0.25;

function degraded(image: LineImage, random: () => number): LineImage {
  if (random() >= DEGRADED) return image;
  const { width, pixels } = image;
  const faint = 0.6 + 0.4 * random();
  const cut = 0.35 * random();
  const grain = 0.5 * random();
  const out = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === 0) continue;
    const value = ((pixels[i]! / 255 - cut) / (1 - cut)) * (1 - grain * random());
    out[i] = Math.max(0, Math.round(255 * Math.min(1, faint * value * 1.2)));
  }
  const specks = random() < 0.3 ? Math.floor((random() * width) / 12) : 0;
  for (let speck = 0; speck < specks; speck++) {
    out[Math.floor(random() * LINE_HEIGHT) * width + Math.floor(random() * width)] = Math.floor(80 + 175 * random());
  }
  return { ...image, pixels: out };
}

/** Throws if a character that the network reads has no drawing to stitch texts from. */
export function checkCharacters(characters: readonly Written[]): void {
  const drawn = new Set(characters.map(({ label }) => label));
  const missing = TEXT_CHARACTERS.filter((character) => character !== ' ' && !drawn.has(character));
  if (missing.length > 0) throw new Error(`there are no drawings of ${missing.join(' ')}`);
}
