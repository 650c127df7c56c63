import type { Shape } from './layer.ts';
import { layerShapes, type Network } from './network.ts';

/**
 * Weights with which a network reads upright images exactly as it reads transposed ones, the orientation of EMNIST's
 * files, with `weights`: convolving a transposed image with transposed kernels transposes the result, pooling treats rows
 * and columns alike, and after a flatten layer the features are permuted.
 */
export function transposeWeights(network: Network, weights: readonly Float32Array[]): Float32Array[] {
  const shapes = layerShapes(network);
  const transposed: Float32Array[] = [];
  let next = 0;
  /** The shape before the flatten layer, until a dense layer mixes its features. */
  let flattened: Shape | null = null;
  network.layers.forEach((layer, index) => {
    const input = index === 0 ? network.input : shapes[index - 1]!;
    switch (layer.type) {
      case 'flatten':
        if (input.length === 3) flattened = input;
        break;
      case 'conv2d':
        transposed.push(transposeGrid(weights[next++]!, 3, 3));
        if (layer.useBias) transposed.push(weights[next++]!);
        break;
      case 'batchNorm':
        for (let count = 0; count < 4; count++) transposed.push(reorder(weights[next++]!, flattened));
        break;
      case 'dense':
        transposed.push(reorder(weights[next++]!, flattened));
        if (layer.useBias) transposed.push(weights[next++]!);
        flattened = null;
        break;
      default:
        break;
    }
  });
  return transposed;
}

/** Permutes rows of features, [height * width * channels, n], into the order of the transposed image. */
function reorder(tensor: Float32Array, flattened: Shape | null): Float32Array {
  return flattened?.length === 3 ? transposeGrid(tensor, flattened[0], flattened[1]) : tensor;
}

/** Transposes [height, width, rest] to [width, height, rest]. */
function transposeGrid(tensor: Float32Array, height: number, width: number): Float32Array {
  const rest = tensor.length / (height * width);
  const transposed = new Float32Array(tensor.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      transposed.set(tensor.subarray((y * width + x) * rest, (y * width + x + 1) * rest), (x * height + y) * rest);
    }
  }
  return transposed;
}
