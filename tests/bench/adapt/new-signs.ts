import { classIndex } from '../../../src/core/labels.ts';
import { shuffled, type Written } from './characters.ts';
import type { CachedReader } from './reader.ts';

/** How a sign is read that was taught with three samples, over all writers who have written it more often. */
export interface SignFigures {
  sign: string;
  writers: number;
  /** Further tries, and how many of them were read as the sign. */
  tries: number;
  right: number;
  /** Known characters of these writers, and how many of them were taken for the sign. */
  known: number;
  mistaken: number;
}

const SAMPLES = 3;
const DRAWS = 5;

/** Teaches each writer's signs one at a time. `known`: characters that the model knows. */
export function teachSigns(reader: CachedReader, signs: readonly Written[], known: readonly Written[]): SignFigures[] {
  const figures = new Map<string, SignFigures>();
  const unknown = signs.filter(({ label }) => classIndex(label, reader.model.labels) < 0);
  for (const [sign, all] of Object.entries(Object.groupBy(unknown, ({ label }) => label))) {
    for (const [writer, own = []] of Object.entries(Object.groupBy(all ?? [], (one) => one.writer))) {
      if (own.length <= SAMPLES) continue;
      const characters = known.filter((one) => one.writer === writer).map(({ image }) => image);
      const sum = figures.get(sign) ?? { sign, writers: 0, tries: 0, right: 0, known: 0, mistaken: 0 };
      figures.set(sign, sum);
      sum.writers++;
      for (let draw = 0; draw < DRAWS; draw++) {
        const order = shuffled(own, draw + 1);
        const samples = order.slice(0, SAMPLES);
        const tries = order.slice(SAMPLES).map(({ image }) => image);
        const isSign = (answer: string) => answer === sign;
        sum.tries += tries.length;
        sum.right += reader.answers(tries, samples).filter(isSign).length;
        sum.known += characters.length;
        sum.mistaken += reader.answers(characters, samples).filter(isSign).length;
      }
    }
  }
  return [...figures.values()];
}
