import { dropoutHash, dropoutSeed, dropoutThreshold } from '../../dropout-mask.ts';
import { type Batch, type ReferenceLayer, weightless } from './layer.ts';

/** Drops values. `index`: that of the layer in the network, on which the mask depends. */
export function dropout(rate: number, index: number): ReferenceLayer {
  return masked(rate, index, (_x, i) => i);
}

/** Drops whole channels of an image: the values of a channel share the element image * channels + channel of the mask. */
export function spatialDropout(rate: number, index: number): ReferenceLayer {
  return masked(rate, index, ({ n, shape, data }, i) => {
    const channels = shape.at(-1)!;
    return Math.floor(i / (data.length / n)) * channels + (i % channels);
  });
}

/** `element`: the element of the mask for the value at an index. */
function masked(rate: number, index: number, element: (x: Batch, i: number) => number): ReferenceLayer {
  let mask: (x: Batch) => Batch = (x) => x;
  return weightless(
    (x, training, seed) => {
      const hashed = dropoutSeed(seed, index);
      const threshold = dropoutThreshold(rate);
      mask = (x) => {
        if (!training || rate === 0) return x;
        const kept = (i: number) => (dropoutHash(hashed, element(x, i)) < threshold ? 0 : 1 / (1 - rate));
        return { ...x, data: x.data.map((value, i) => value * kept(i)) };
      };
      return mask(x);
    },
    (dy) => mask(dy),
  );
}
