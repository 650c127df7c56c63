import type { EngineNetwork } from '../engine/engine.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { classCharacters } from '../labels.ts';
import type { Model } from '../model/model.ts';
import { classCount } from '../model/network.ts';
import { hash32, randomStream } from '../random.ts';
import type { CharacterGenerator } from '../strokes/character-generator.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { DrawingStore } from '../strokes/drawing-store.ts';
import { randomHand } from '../strokes/random-hand.ts';
import { randomPen } from '../strokes/random-pen.ts';
import { rasterize } from '../strokes/rasterize.ts';
import type { Batch } from './batch-maker.ts';
import { sharesOfClasses } from './class-shares.ts';

/** What a model is shown besides the user's samples, so that it does not forget what it has learned. */
export interface Replay {
  /** A data set, or `generated drawings`. */
  source: string;
  /** Drawings and their class indices, [drawings]. */
  drawings: DrawingStore;
  drawingLabels: Uint8Array;
  /** Images, [n, 784], and their class indices; none without a data set. */
  images: Uint8Array;
  imageLabels: Uint8Array;
  /** Images that are not replayed, for measuring what the model reads in general. */
  general: Batch;
}

/** Where the replayed images come from if there is no data set, as the `start` event says. */
export const GENERATED = 'generated drawings';

/** How many drawings are generated to be replayed, of which those that went wrong are left out, and to measure on. */
const GENERATED_DRAWINGS = 2400;
export const GENERAL_IMAGES = 1000;
/** Characters are generated, and read, this many at a time. */
const BLOCK = 256;
/** How much generated drawings differ from the usual hand and pen; see `randomHand`. */
export const GENERAL_STRENGTH = 0.5;

const STREAM = { replayed: 1, general: 2 };

/** How many images have been prepared, of `total`. */
export interface PreparationProgress {
  images: number;
  total: number;
}

/** Where drawings of characters come from, and the model that they are for. */
export interface GenerationOptions {
  generator: CharacterGenerator;
  model: Pick<Model, 'labels' | 'training'>;
  seed: number;
}

function charactersToDraw(label: string, labels: readonly string[], generator: CharacterGenerator): string[] {
  return classCharacters(label, labels).filter((character) => generator.characters.includes(character));
}

/**
 * Generates drawings, and keeps those that the network reads as the character they should show, since some go wrong. Yields how many it
 * has tried. Returns the drawings with their class indices.
 */
export async function* generateReplayed(
  options: GenerationOptions,
  network: EngineNetwork,
): AsyncGenerator<PreparationProgress, Pick<Replay, 'drawings' | 'drawingLabels'>> {
  const drawings = new DrawingStore();
  const labels: number[] = [];
  const classes = classCount(network.network);
  for (let from = 0; from < GENERATED_DRAWINGS; from += BLOCK) {
    const drawn = drawBlock(options, STREAM.replayed, from, Math.min(BLOCK, GENERATED_DRAWINGS - from));
    const images = rasterizeAll(drawn.map(({ drawing }) => drawing));
    const logits = await network.predict(fitImages(images, network.network.input));
    drawn.forEach(({ drawing, label }, index) => {
      const row = logits.subarray(index * classes, (index + 1) * classes);
      if (row.some((logit) => logit > row[label]!)) return;
      drawings.add(drawing);
      labels.push(label);
    });
    yield { images: from + drawn.length, total: GENERATED_DRAWINGS };
  }
  return { drawings, drawingLabels: Uint8Array.from(labels) };
}

/** Images of generated drawings to measure on, by other hands and pens. */
export function generateGeneral(options: GenerationOptions): Batch {
  const drawn = drawBlock(options, STREAM.general, 0, GENERAL_IMAGES);
  const hands = drawn.map(({ drawing }, index) =>
    randomHand(drawing, hash32(options.seed, STREAM.general, index, 1), GENERAL_STRENGTH),
  );
  const pens = (index: number) => randomPen(hash32(options.seed, STREAM.general, index, 2), GENERAL_STRENGTH);
  return { images: rasterizeAll(hands, pens), labels: Uint8Array.from(drawn, ({ label }) => label) };
}

interface DrawnCharacter {
  drawing: Drawing;
  /** Class index. */
  label: number;
}

/** Draws `count` characters, in proportion to the shares of their classes. Each depends only on seed, stream, and index. */
function drawBlock(
  { generator, model, seed }: GenerationOptions,
  stream: number,
  from: number,
  count: number,
): DrawnCharacter[] {
  const drawable = model.labels.map((label) => charactersToDraw(label, model.labels, generator));
  const shares = sharesOfClasses(model).map((share, label) => (drawable[label]!.length > 0 ? share : 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  return Array.from({ length: count }, (_, index) => {
    const own = hash32(seed, stream, from + index);
    const random = randomStream(own);
    let left = random() * sum;
    const chosen = shares.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    const label = chosen < 0 ? shares.findLastIndex((share) => share > 0) : chosen;
    const characters = drawable[label]!;
    const character = characters[Math.floor(random() * characters.length)]!;
    return { drawing: generator.draw(character, own), label };
  });
}

function rasterizeAll(drawings: readonly Drawing[], pen?: (index: number) => ReturnType<typeof randomPen>): Uint8Array {
  const images = new Uint8Array(drawings.length * IMAGE_PIXELS);
  drawings.forEach((drawing, index) => {
    images.set(rasterize(drawing, pen?.(index)), index * IMAGE_PIXELS);
  });
  return images;
}
