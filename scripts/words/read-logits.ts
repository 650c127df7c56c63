import type { SequenceNetwork } from '../../src/core/engine/engine.ts';
import { lineImage } from '../../src/core/text/line-image.ts';
import { packLines } from './line-batch.ts';
import type { InkStyle, Written } from './pen-data.ts';

/** Something written, and the network's outputs for it. */
export interface ReadLine {
  readonly truth: string;
  readonly inkStyle: InkStyle | undefined;
  /** [steps, TEXT_CLASSES]. */
  readonly logits: Float32Array;
}

const BATCH = 16;

/** Runs the network on words or lines; the result is in a different order. */
export async function readLogits(network: SequenceNetwork, written: readonly Written[]): Promise<ReadLine[]> {
  const lines = written.map(({ label, inkStyle, strokes }) => ({ text: label, inkStyle, image: lineImage(strokes) }));
  const read: ReadLine[] = [];
  for (const [width, all] of Map.groupBy(lines, ({ image }) => image.width)) {
    for (let from = 0; from < all.length; from += BATCH) {
      const batch = all.slice(from, from + BATCH);
      const logits = await network.predict(packLines(batch, width).images, width);
      const size = logits.length / batch.length;
      for (const [index, { text, inkStyle }] of batch.entries()) {
        read.push({ truth: text, inkStyle, logits: logits.slice(index * size, (index + 1) * size) });
      }
    }
  }
  return read;
}
