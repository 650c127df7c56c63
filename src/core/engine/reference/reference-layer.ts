import type { Layer, Shape } from '../../model/layer.ts';
import { activation, softmax } from './layers/activations.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { convolution, depthwiseConvolution } from './layers/convolution.ts';
import { dense } from './layers/dense.ts';
import { dropout, spatialDropout } from './layers/dropout.ts';
import type { ReferenceLayer } from './layers/layer.ts';
import { add, concatenate } from './layers/merging.ts';
import { averagePool, maxPool, wholeImage } from './layers/pooling.ts';
import { rescaling, reshape, zeroPadding } from './layers/reshaping.ts';

/**
 * The plainest implementation of a layer: loops over indices. `index`: that of the layer in the network; `inputs`: the
 * shapes of its inputs; `output`: the shape after it.
 */
export function referenceLayer(layer: Layer, index: number, inputs: readonly Shape[], output: Shape): ReferenceLayer {
  const input = inputs[0]!;
  switch (layer.type) {
    case 'conv2d':
      return convolution(layer, input, output);
    case 'depthwiseConv2d':
      return depthwiseConvolution(layer, input, output);
    case 'dense':
      return dense(layer, input, output);
    case 'batchNorm':
      return batchNorm(layer, input);
    case 'relu':
    case 'leakyRelu':
    case 'elu':
    case 'gelu':
    case 'sigmoid':
    case 'tanh':
      return activation(layer);
    case 'softmax':
      return softmax();
    case 'maxPool':
      return maxPool(layer, output);
    case 'averagePool':
      return averagePool(layer, input, output);
    case 'globalMaxPool':
      return maxPool(wholeImage(input), output);
    case 'globalAveragePool':
      return averagePool(wholeImage(input), input, output);
    case 'dropout':
      return dropout(layer.rate, index);
    case 'spatialDropout':
      return spatialDropout(layer.rate, index);
    case 'flatten':
    case 'reshape':
      return reshape(input, output);
    case 'zeroPadding':
      return zeroPadding(layer, input, output);
    case 'rescaling':
      return rescaling(layer);
    case 'add':
      return add();
    case 'concatenate':
      return concatenate(inputs, output);
  }
}
