import type { Contender } from './contender.ts';
import { BATCH, NETWORKS, type NetworkName } from './workload.ts';

/** Steps on whole batches, and on the few images that slow contenders get. */
const WHOLE = { batch: BATCH, steps: 5 };
const SMALL = { batch: 4, steps: 2 };
/**
 * Largest relative difference in the first loss, which depends on the weights alone, and in later ones: Adam's first
 * steps follow the sign of each gradient, and rounding flips the sign of some of the smallest.
 */
const TOLERANCE = { first: 1e-4, later: 2e-2 };

/** How much a contender's losses differ from those of the first contender. */
export interface Agreement {
  network: NetworkName;
  name: string;
  threads: number;
  batch: number;
  steps: number;
  difference: number;
}

/**
 * Checks that all contenders train the same network on the same batches in the same way: compares the losses of the
 * first steps, without dropout because its masks differ. Throws if they disagree. Skips contenders that cannot train.
 */
export async function checkLosses(fast: readonly Contender[], others: readonly Contender[]): Promise<Agreement[]> {
  const found: Agreement[] = [];
  for (const network of NETWORKS) {
    for (const [contenders, size] of [
      [fast, WHOLE],
      [[fast[0]!, ...others], SMALL],
    ] as const) {
      const { losses: expected } = await contenders[0]!.ask({ do: 'losses', network, ...size });
      for (const contender of contenders.slice(1)) {
        const answer = await contender.ask({ do: 'losses', network, ...size }).catch((error: Error) => {
          // The wasm backend of TensorFlow.js has no gradients for convolutions.
          if (contenders !== fast && error.message.includes('not registered')) return null;
          throw error;
        });
        if (!answer) continue;
        const { name, threads } = contender;
        const differences = answer.losses.map((loss, step) => Math.abs(loss / expected[step]! - 1));
        const difference = Math.max(...differences);
        if (!(differences[0]! <= TOLERANCE.first && difference <= TOLERANCE.later)) {
          throw new Error(`${name} trains a different ${network}: losses ${answer.losses}, expected ${expected}`);
        }
        found.push({ network, name, threads, ...size, difference });
      }
    }
  }
  return found;
}
