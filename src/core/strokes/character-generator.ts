import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { asset } from '../asset.ts';
import { damagedInstallation } from '../node-errors.ts';
import { hash32, randomStream } from '../random.ts';
import type { Drawing, Point } from './drawing.ts';

/** Drawings of a character that resemble each other, as a Gaussian distribution. */
export interface FittedCluster {
  label: string;
  /** The number of strokes; each has as many points. */
  strokes: number;
  /** How many drawings it was fitted to. */
  members: number;
  /** x and y of all points of all strokes, [strokes * points * 2]; the longer side is about 1. */
  mean: Float64Array;
  /** Principal components, each multiplied by its standard deviation. */
  components: readonly Float64Array[];
}

export const CHARACTERS_VERSION = 1;

const headerSchema = v.object({
  version: v.literal(CHARACTERS_VERSION),
  /** Where the drawings that it was fitted to are from. */
  credit: v.string(),
  /** Label, strokes, points per stroke, members, and the scale of the mean and of each component. */
  clusters: v.array(v.tupleWithRest([v.string(), v.number(), v.number(), v.number()], v.number())),
});
export type CharactersHeader = v.InferOutput<typeof headerSchema>;

/** The largest deviation from the mean, in standard deviations: beyond it, shapes are unlikely. */
const MAX_DEVIATION = 2;

/** Draws characters that nobody has written, but somebody could have. */
export class CharacterGenerator {
  readonly #clusters = new Map<string, FittedCluster[]>();

  constructor(clusters: readonly FittedCluster[]) {
    for (const cluster of clusters) {
      this.#clusters.set(cluster.label, [...(this.#clusters.get(cluster.label) ?? []), cluster]);
    }
  }

  /** The generator that ships with the program. Throws `installation-damaged`. */
  static shipped(): CharacterGenerator {
    return new CharacterGenerator(parseClusters(gunzipSync(asset('models/characters.bin'))));
  }

  /** The characters that it can draw. */
  get characters(): readonly string[] {
    return [...this.#clusters.keys()];
  }

  /** A drawing of one of its characters, determined by the seed. Throws a `RangeError` for another character. */
  draw(character: string, seed: number): Drawing {
    const clusters = this.#clusters.get(character);
    if (!clusters) throw new RangeError(`the generator cannot draw ${character}`);
    const random = randomStream(hash32(seed, 1));
    let left = random() * clusters.reduce((sum, { members }) => sum + members, 0);
    const { strokes, mean, components } =
      clusters.find(({ members }) => {
        left -= members;
        return left < 0;
      }) ?? clusters.at(-1)!;
    const vector = mean.slice();
    for (const component of components) {
      const deviation = normal(random);
      for (let i = 0; i < vector.length; i++) vector[i]! += deviation * component[i]!;
    }
    const length = vector.length / strokes;
    return Array.from({ length: strokes }, (_, stroke) =>
      Array.from({ length: length / 2 }, (_, point): Point => {
        const at = stroke * length + 2 * point;
        return [vector[at]!, vector[at + 1]!];
      }),
    );
  }
}

/** A normally distributed number (Box and Muller 1958), within the largest deviation. */
function normal(random: () => number): number {
  for (;;) {
    const value = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    if (Math.abs(value) <= MAX_DEVIATION) return value;
  }
}

/**
 * Reads the file of a generator: a line of JSON, then for each cluster its mean and components as signed bytes. Throws
 * `installation-damaged`.
 */
export function parseClusters(file: Uint8Array): FittedCluster[] {
  const end = file.indexOf(10);
  const header = v.safeParse(
    v.pipe(v.string(), v.parseJson(), headerSchema),
    new TextDecoder().decode(file.subarray(0, end)),
  );
  if (end < 0 || !header.success) throw damagedInstallation('the file of characters to replay cannot be read');
  const values = new Int8Array(file.buffer, file.byteOffset + end + 1, file.length - end - 1);
  let at = 0;
  return header.output.clusters.map(([label, strokes, points, members, ...scales]) => {
    const [mean, ...components] = scales.map((scale) => {
      const length = strokes * points * 2;
      const vector = Float64Array.from(values.subarray(at, at + length), (value) => value * scale);
      if (vector.length < length) throw damagedInstallation('the file of characters to replay is truncated');
      at += length;
      return vector;
    });
    return { label, strokes, members, mean: mean!, components };
  });
}
