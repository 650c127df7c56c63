import type { Contender } from './contender.ts';
import { BATCH, NETWORKS, type NetworkName } from './workload.ts';

/** Steps of the whole batch, and of the few images that slow contenders get. */
const WHOLE = { batch: BATCH, steps: 5 };
const SMALL = { batch: 4, steps: 2 };
/**
 * Largest relative difference of the first loss, which the weights alone decide, and of the ones after it: Adam's first
 * steps go by the sign of each gradient, so that rounding turns some of the smallest around.
 */
const TOLERANCE = { first: 1e-4, later: 2e-2 };

/** How far a contender's losses are from the first one's. */
export interface Agreement {
  network: NetworkName;
  name: string;
  threads: number;
  batch: number;
  steps: number;
  difference: number;
}

/**
 * Sees that all train the same network on the same batches by the same rule: the losses of the first steps, without
 * dropout, whose masks differ. Throws where they disagree. What cannot train at all is passed over.
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
          // TensorFlow.js' wasm backend has no gradients of convolutions.
          if (contenders !== fast && error.message.includes('not registered')) return null;
          throw error;
        });
        if (!answer) continue;
        const { name, threads } = contender;
        const differences = answer.losses.map((loss, step) => Math.abs(loss / expected[step]! - 1));
        const difference = Math.max(...differences);
        if (!(differences[0]! <= TOLERANCE.first && difference <= TOLERANCE.later)) {
          throw new Error(`${name} trains another ${network}: losses ${answer.losses} where ${expected} are expected`);
        }
        found.push({ network, name, threads, ...size, difference });
      }
    }
  }
  return found;
}
