import { layerShapes, type Network, type Shape } from './network.ts';

/**
 * The weights of a network that gives for an image what this one gives for the image turned over its diagonal: EMNIST's
 * files have their images so. Exact, since a convolution of the transposed image with the transposed kernel is the
 * transposed result, and pooling treats rows and columns alike; behind a flatten layer the features change places.
 */
export function transposeWeights(network: Network, weights: readonly Float32Array[]): Float32Array[] {
  const shapes = layerShapes(network);
  const turned: Float32Array[] = [];
  let next = 0;
  /** The shape that was flattened, as long as its features have not been mixed. */
  let flattened: Shape | null = null;
  network.layers.forEach((layer, index) => {
    const input = index === 0 ? network.input : shapes[index - 1]!;
    switch (layer.type) {
      case 'flatten':
        if (input.length === 3) flattened = input;
        break;
      case 'conv2d':
        turned.push(transposeGrid(weights[next++]!, 3, 3));
        if (layer.useBias) turned.push(weights[next++]!);
        break;
      case 'batchNorm':
        for (let count = 0; count < 4; count++) turned.push(reorder(weights[next++]!, flattened));
        break;
      case 'dense':
        turned.push(reorder(weights[next++]!, flattened));
        if (layer.useBias) turned.push(weights[next++]!);
        flattened = null;
        break;
      default:
        break;
    }
  });
  return turned;
}

/** Rows of features, [height * width * channels, n], into the order that the transposed image gives them. */
function reorder(tensor: Float32Array, flattened: Shape | null): Float32Array {
  return flattened?.length === 3 ? transposeGrid(tensor, flattened[0], flattened[1]) : tensor;
}

/** [height, width, rest] to [width, height, rest]. */
function transposeGrid(tensor: Float32Array, height: number, width: number): Float32Array {
  const rest = tensor.length / (height * width);
  const turned = new Float32Array(tensor.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      turned.set(tensor.subarray((y * width + x) * rest, (y * width + x + 1) * rest), (x * height + y) * rest);
    }
  }
  return turned;
}
