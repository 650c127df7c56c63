import { activationLayer, activationOf, addFunctions } from './activations.ts';
import { checkImage } from './image-layers.ts';
import { canonicalClass } from './layer-class.ts';
import type { LayerContext } from './layer-context.ts';
import type { LayerFields } from './layer-fields.ts';
import { addMerge } from './merging.ts';
import { addBatchNorm, addNormalization, addRescaling } from './normalization.ts';
import type { Problems } from './problems.ts';
import { addReshaping } from './reshaping.ts';
import { kerasShape, type Tensor } from './tensor.ts';
import { addConvolution, addDense, requireNoDilation } from './weighted-layers.ts';

const SUPPORTED: ReadonlySet<string> = new Set([
  'Activation',
  'Add',
  'Average',
  'AveragePooling2D',
  'BatchNormalization',
  'Concatenate',
  'Conv2D',
  'Dense',
  'DepthwiseConv2D',
  'Dropout',
  'ELU',
  'Flatten',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling2D',
  'LeakyReLU',
  'MaxPooling2D',
  'Merge',
  'Normalization',
  'Permute',
  'ReLU',
  'Rescaling',
  'Reshape',
  'Resizing',
  'SeparableConv2D',
  'Softmax',
  'SpatialDropout2D',
  'ZeroPadding2D',
]);

/** Whether layers of this class are supported, given the right fields. Others are recorded as problems. */
function isSupported(fields: LayerFields): boolean {
  const className = canonicalClass(fields.node.className);
  if (SUPPORTED.has(className) || TRAINING_ONLY.test(className)) return true;
  if (className === 'Lambda') fields.problem('contains Python code, which is not executed; replace it by layers');
  else fields.problem('is not supported');
  return false;
}

/** Layers that change nothing once a model is trained, apart from `Dropout`, which the network keeps. */
const TRAINING_ONLY =
  /^(GaussianNoise|GaussianDropout|AlphaDropout|ActivityRegularization|SpatialDropout[13]D|Identity|Random(?!Crop$|FourierFeatures$)\w+)$/;

/** Adds a layer to the network. Returns its output, or null if it has a problem, which is recorded. */
export function addLayer(context: LayerContext): Tensor | null {
  const { fields, inputs, builder, problems, isOurs } = context;
  if (!isSupported(fields)) return null;
  const className = canonicalClass(fields.node.className);
  const merged = addMerge(className, context);
  if (merged !== undefined) return merged;
  const [input] = inputs;
  if (!input) return null;
  if (inputs.length > 1) {
    fields.problem(`has ${inputs.length} inputs, only one is supported`);
    return null;
  }
  const reshaped = addReshaping(className, context, input);
  if (reshaped !== undefined) return reshaped;
  switch (className) {
    case 'Conv2D':
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
      return addConvolution(className, context, input);
    case 'Dense':
      return addDense(context, input);
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const size = fields.size('pool_size', [2, 2]);
      const type = className === 'MaxPooling2D' ? 'maxPool' : 'averagePool';
      const windows = { stride: fields.size('strides', size), padding: fields.padding() };
      checkImage(fields, input);
      return builder.add(fields, [input], { type, size, ...windows });
    }
    case 'BatchNormalization':
      return addBatchNorm(context, input);
    case 'Normalization':
      return addNormalization(context, input);
    case 'Dropout': {
      const rate = fields.fraction('rate');
      // Noise that is the same in all rows and columns drops whole channels.
      const { noise_shape: noise } = fields.config;
      const isSpatial = input.kind === 'last' && Array.isArray(noise) && noise[1] === 1 && noise[2] === 1;
      return builder.add(fields, [input], { type: isSpatial ? 'spatialDropout' : 'dropout', rate });
    }
    case 'SpatialDropout2D':
      checkImage(fields, input);
      return builder.add(fields, [input], { type: 'spatialDropout', rate: fields.fraction('rate') });
    case 'Rescaling':
      return addRescaling(context, input);
    case 'Activation':
      // What flattening a flat list is written as.
      if (isOurs && fields.config.activation === 'linear') return builder.add(fields, [input], { type: 'flatten' });
      return addFunctions(context, input, activationOf(fields, problems));
    case 'Softmax': {
      const rank = kerasShape(input).length + 1;
      fields.require('axis', -1, undefined, input.kind === 'first' ? 1 : rank - 1);
      const isChannels = input.kind === 'first' && fields.config.axis === 1;
      if (isChannels) return builder.add(fields, [input], { type: 'softmax' });
      return addFunctions(context, input, [{ type: 'softmax' }]);
    }
    default: {
      const activation = activationLayer(fields);
      return activation ? addFunctions(context, input, activation) : input;
    }
  }
}

/** Checks what can be checked of a layer whose input is unknown, because it follows one that is not supported. */
export function checkAlone(fields: LayerFields, problems: Problems): void {
  if (!isSupported(fields)) return;
  switch (canonicalClass(fields.node.className)) {
    case 'Conv2D':
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
      requireNoDilation(fields);
      fields.padding();
      break;
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      fields.padding();
      break;
    default:
      activationLayer(fields);
  }
  activationOf(fields, problems);
}
