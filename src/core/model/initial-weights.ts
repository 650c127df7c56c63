import { hash32, randomStream } from '../random.ts';
import { type Network, weightSpecs } from './network.ts';

/**
 * Initial weights in the order of `weightSpecs(network)`, determined by the seed: kernels, also those of depthwise
 * convolutions, are Glorot uniform (Glorot & Bengio 2010), Keras' default; biases, beta and moving means are 0; gamma and moving variances are 1.
 */
export function initialWeights(network: Network, seed: number): Float32Array[] {
  return weightSpecs(network).map(({ name, shape }, index) => {
    const weights = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name.endsWith('kernel')) {
      const receptiveField = shape.slice(0, -2).reduce((product, size) => product * size, 1);
      const fanIn = receptiveField * shape.at(-2)!;
      const fanOut = receptiveField * shape.at(-1)!;
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      const random = randomStream(hash32(seed, index));
      for (let i = 0; i < weights.length; i++) weights[i] = (2 * random() - 1) * limit;
    } else if (name.endsWith('/gamma') || name.endsWith('/moving_variance')) {
      weights.fill(1);
    }
    return weights;
  });
}
