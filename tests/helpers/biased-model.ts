import type { Model } from '../../src/core/model/model.ts';
import type { Network } from '../../src/core/model/network.ts';

/**
 * A model whose logits are the same for every image: those of its classes and, if there is one more than labels, that of no
 * character.
 */
export function biasedModel(name: string, labels: readonly string[], logits: readonly number[]): Model {
  const network: Network = {
    input: [28, 28, 1],
    layers: [{ type: 'flatten' }, { type: 'dense', units: logits.length, useBias: true }],
  };
  const weights = [new Float32Array(784 * logits.length), Float32Array.from(logits)];
  return { name, network, labels, weights, training: null };
}
