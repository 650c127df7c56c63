import { requireChannelAxis } from './image-layers.ts';
import type { LayerContext } from './layer-context.ts';
import type { Tensor } from './tensor.ts';

/** Adds `BatchNormalization`, over the channels or the features of a flat list. */
export function addBatchNorm({ builder, fields }: LayerContext, input: Tensor): Tensor | null {
  requireChannelAxis(fields, input, fields.config.axis ?? -1);
  fields.require('mode', 0, undefined, null);
  const momentum = fields.fraction('momentum', 0.99);
  const epsilon = fields.fraction('epsilon', 1e-3);
  const [scale, center] = [fields.flag('scale'), fields.flag('center')];
  const tensor = input.kind === 'flat' ? builder.flat(fields, input) : input;
  if (!tensor) return null;
  const { order } = tensor;
  const mean = Number(scale) + Number(center);
  return builder.add(fields, [tensor], { type: 'batchNorm', momentum, epsilon }, {}, [
    scale ? { names: ['gamma'], index: 0, order } : 1,
    center ? { names: ['beta'], index: Number(scale), order } : 0,
    { names: ['moving_mean', 'running_mean'], index: mean, order },
    { names: ['moving_variance', 'running_variance', 'running_std'], index: mean + 1, order },
  ]);
}

/** Keras divides by at least this standard deviation. */
const EPSILON = 1e-7;

/**
 * Adds `Normalization`, by a mean and variance that are found in the data before training: a rescaling if its description holds
 * one of each, else batch normalization with a gamma of 1 and a beta of 0.
 */
export function addNormalization({ builder, fields }: LayerContext, input: Tensor): Tensor | null {
  const { axis = -1, mean, variance, invert } = fields.config;
  if (invert === true) fields.problem('has invert true, which is not supported');
  const [given, spread] = [numbers(mean), numbers(variance)];
  if (given?.length === 1 && spread?.length === 1) {
    const deviation = Math.max(Math.sqrt(spread[0]!), EPSILON);
    return builder.add(fields, [input], { type: 'rescaling', scale: 1 / deviation, offset: -given[0]! / deviation });
  }
  const isScalar = axis === null || (Array.isArray(axis) && axis.length === 0);
  if (!isScalar) requireChannelAxis(fields, input, axis);
  const tensor = input.kind === 'flat' ? builder.flat(fields, input) : input;
  if (!tensor) return null;
  const { order } = tensor;
  const features = tensor.shape.at(-1)!;
  if ((given && given.length !== features) || (spread && spread.length !== features)) {
    fields.problem(`does not have a mean and variance for each of its ${features} inputs`);
  }
  const shape = isScalar ? [] : [features];
  return builder.add(fields, [tensor], { type: 'batchNorm', momentum: 0.99, epsilon: EPSILON ** 2 }, {}, [
    1,
    0,
    given ? { values: given } : { names: ['mean'], index: 0, order, shape },
    spread ? { values: spread } : { names: ['variance'], index: 1, order, shape },
  ]);
}

/** A number or numbers, however nested; null if there are none. */
function numbers(value: unknown): number[] | null {
  if (typeof value === 'number') return [value];
  const flat: unknown[] = Array.isArray(value) ? value.flat(3) : [];
  return flat.length > 0 && flat.every((one) => typeof one === 'number') ? (flat as number[]) : null;
}

/** The largest scale of a rescaling that takes pixels of 0 to 255. */
const PIXEL_SCALE = 1 / 50;

/** Adds `Rescaling`. Images here have values from 0 to 1, so one that takes pixels of 0 to 255 has its scale changed. */
export function addRescaling({ builder, fields, isOurs }: LayerContext, input: Tensor): Tensor | null {
  const given = fields.number('scale');
  const takesPixels = !isOurs && input.layer === -1 && Math.abs(given) <= PIXEL_SCALE;
  const scale = takesPixels ? nearbyInteger(given * 255) : given;
  const offset = fields.number('offset', 0);
  if (fields.failed) return null;
  if (scale === 1 && offset === 0 && !isOurs) return input;
  return builder.add(fields, [input], { type: 'rescaling', scale, offset });
}

/** 1/255 is not exact in binary, and rounded to 32 bits by some. */
function nearbyInteger(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : value;
}
