import path from 'node:path';
import { classIndex } from '../../../src/core/labels.ts';
import { randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { readStrokeFile } from '../../../src/core/strokes/stroke-file.ts';

/** A character or sign that somebody has written. */
export interface Written {
  writer: string;
  label: string;
  strokes: Drawing;
  /** [784] */
  image: Uint8Array;
}

/** The labeled drawings of a stroke file. */
export async function readWritten(folder: string, name: string): Promise<Written[]> {
  const written: Written[] = [];
  for await (const { label, writer, strokes } of readStrokeFile(path.join(folder, `${name}.jsonl.gz`))) {
    if (label === undefined || writer === undefined) throw new Error(`${name} has a drawing without label or writer`);
    written.push({ writer, label, strokes, image: rasterize(strokes) });
  }
  return written;
}

/** In a random order that the seed determines. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = randomStream(seed);
  return values
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** A random choice of at most `count` samples of each class, and the rest. */
export function chooseSamples(
  written: readonly Written[],
  count: number,
  labels: readonly string[],
  seed: number,
): { samples: Written[]; rest: Written[] } {
  const taken = new Map<number, number>();
  const samples: Written[] = [];
  const rest: Written[] = [];
  for (const one of shuffled(written, seed)) {
    const index = classIndex(one.label, labels);
    const before = taken.get(index) ?? 0;
    (before < count ? samples : rest).push(one);
    taken.set(index, before + 1);
  }
  return { samples, rest };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
