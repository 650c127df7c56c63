import { activation, activationBackward } from './activation';
import { add, copy, reshape } from './copy';
import { depthwise, depthwiseInputGradient, depthwiseWeightGradient } from './depthwise';
import {
  CODE_ACTIVATION,
  CODE_ACTIVATION_BACKWARD,
  CODE_ADD,
  CODE_AVERAGE_POOL,
  CODE_AVERAGE_POOL_BACKWARD,
  CODE_COPY,
  CODE_DEPTHWISE,
  CODE_DEPTHWISE_INPUT_GRADIENT,
  CODE_DEPTHWISE_WEIGHT_GRADIENT,
  CODE_MAX_POOL,
  CODE_MAX_POOL_BACKWARD,
  CODE_RESHAPE,
  CODE_SOFTMAX,
  CODE_SOFTMAX_BACKWARD,
  CODE_SPATIAL_DROPOUT,
} from './layer-layout';
import { OP_CODE } from './layout';
import { averagePool, averagePoolBackward, maxPool, maxPoolBackward } from './pool';
import { softmax, softmaxBackward } from './softmax';
import { spatialDropout } from './spatial-dropout';

/** Runs one of the operations of layer-layout.ts; see `runOperations`. */
export function runLayerOperation(
  op: usize,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  slice: u32,
  slices: u32,
  scratch: usize,
): void {
  switch (load<u32>(op, OP_CODE)) {
    case CODE_ACTIVATION:
      activation(op, first, last, slice, slices, scratch);
      break;
    case CODE_ACTIVATION_BACKWARD:
      activationBackward(op, first, last, slice, slices, scratch);
      break;
    case CODE_SOFTMAX:
      softmax(op, first, last, scratch);
      break;
    case CODE_SOFTMAX_BACKWARD:
      softmaxBackward(op, first, last, scratch);
      break;
    case CODE_MAX_POOL:
      maxPool(op, first, last, slice, slices, scratch);
      break;
    case CODE_MAX_POOL_BACKWARD:
      maxPoolBackward(op, first, last, slice, slices, scratch);
      break;
    case CODE_AVERAGE_POOL:
      averagePool(op, first, last, slice, slices, scratch);
      break;
    case CODE_AVERAGE_POOL_BACKWARD:
      averagePoolBackward(op, first, last, slice, slices, scratch);
      break;
    case CODE_COPY:
      copy(op, first, last, scratch);
      break;
    case CODE_RESHAPE:
      reshape(op, first, last, scratch);
      break;
    case CODE_ADD:
      add(op, first, last, slice, slices, scratch);
      break;
    case CODE_SPATIAL_DROPOUT:
      spatialDropout(op, first, last, scratch);
      break;
    case CODE_DEPTHWISE:
      depthwise(op, first, last, slice, slices, scratch);
      break;
    case CODE_DEPTHWISE_INPUT_GRADIENT:
      depthwiseInputGradient(op, first, last, scratch);
      break;
    case CODE_DEPTHWISE_WEIGHT_GRADIENT:
      depthwiseWeightGradient(op, group, overwrite, first, last, scratch);
      break;
    default:
      unreachable();
  }
}
