import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IMAGE_PIXELS } from '../../src/core/images/image-size.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { type Network, weightSpecs } from '../../src/core/model/network.ts';
import { hash32, randomStream } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';

export const NETWORKS = ['cnn', 'vgg'] as const;
export type NetworkName = (typeof NETWORKS)[number];

export const CLASSES = 47;
export const BATCH = 128;
const BATCHES = 16;

/** What every contender gets: the networks with their initial weights, and batches of images. */
export interface Workload {
  /** Holds `weights-<network>.f32` (in the order of `weights`), `images.u8` [count, 784] and `labels.u8` [count]. */
  folder: string;
  batch: number;
  images: number;
  networks: Record<NetworkName, { network: Network; weights: { name: string; shape: readonly number[] }[] }>;
}

/** Writes the workload to a temporary folder. The images are random drawings, so that no data set is needed. */
export async function makeWorkload(): Promise<Workload & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emnist-tui-bench-'));
  const count = BATCH * BATCHES;
  const images = new Uint8Array(count * IMAGE_PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = hash32(i, 1) % CLASSES;
    images.set(rasterize(characterOf(labels[i]!, i)), i * IMAGE_PIXELS);
  }
  const file = (name: string, bytes: Uint8Array) => writeFile(path.join(folder, name), bytes);
  await file('images.u8', images);
  await file('labels.u8', labels);
  const networks = {} as Workload['networks'];
  for (const name of NETWORKS) {
    const network = architecture(name, CLASSES);
    const tensors = initialWeights(network, 1).map(({ buffer }) => new Uint8Array(buffer));
    await file(`weights-${name}.f32`, Buffer.concat(tensors));
    networks[name] = { network, weights: weightSpecs(network).map(({ name, shape }) => ({ name, shape })) };
  }
  return {
    folder,
    batch: BATCH,
    images: count,
    networks,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Three strokes that depend on the class, with a little jitter that depends on the image. */
function characterOf(label: number, image: number): Drawing {
  const fixed = randomStream(hash32(label, 2));
  const jitter = randomStream(hash32(image, 3));
  return Array.from({ length: 3 }, () =>
    Array.from({ length: 4 }, () => [fixed() + 0.2 * jitter(), fixed() + 0.2 * jitter()] as const),
  );
}

/** Floating-point operations in the forward pass of an image: two for each product in a convolution or dense layer. */
export function forwardFlops(network: Network): number {
  let products = 0;
  let [height, width] = network.input;
  const kernels = weightSpecs(network).filter(({ name }) => name.endsWith('/kernel'));
  for (const layer of network.layers) {
    if (layer.type === 'maxPool') {
      height >>= 1;
      width >>= 1;
    } else if (layer.type === 'conv2d' || layer.type === 'dense') {
      if (layer.type === 'conv2d' && layer.padding === 'valid') {
        height -= 2;
        width -= 2;
      }
      const kernel = kernels.shift()!.shape.reduce((product, size) => product * size, 1);
      products += kernel * (layer.type === 'conv2d' ? height * width : 1);
    }
  }
  return 2 * products;
}

/**
 * Floating-point operations in a training step, for each image: each product also contributes to a weight gradient and, except in the first layer, to an
 * input gradient.
 */
export function trainingFlops(network: Network): number {
  const [height, width] = network.input;
  const first = network.layers[0];
  const border = first?.type === 'conv2d' && first.padding === 'valid' ? 2 : 0;
  const firstLayer = first?.type === 'conv2d' ? 2 * 9 * first.filters * (height - border) * (width - border) : 0;
  return 3 * forwardFlops(network) - firstLayer;
}
