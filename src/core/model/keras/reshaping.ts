import type { Shape } from '../layer.ts';
import { elements } from '../network.ts';
import { checkImage } from './image-layers.ts';
import type { LayerContext } from './layer-context.ts';
import { brief, type LayerFields, plain } from './layer-fields.ts';
import { channelsFirstOrder, kerasShape, type Tensor } from './tensor.ts';

/** Adds a layer that changes the shape or size of its input; undefined if it is not one. */
export function addReshaping(className: string, context: LayerContext, input: Tensor): Tensor | null | undefined {
  const { builder, fields } = context;
  switch (className) {
    case 'Flatten':
      return addFlatten(context, input);
    case 'Reshape':
      return addReshape(context, input);
    case 'Permute':
      return addPermute(fields, input);
    case 'ZeroPadding2D':
      return addZeroPadding(context, input);
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D': {
      checkImage(fields, input);
      const type = className === 'GlobalMaxPooling2D' ? 'globalMaxPool' : 'globalAveragePool';
      const pooled = builder.add(fields, [input], { type }, { kind: 'flat', order: null });
      if (fields.config.keepdims !== true || !pooled) return pooled;
      return builder.add(fields, [pooled], { type: 'reshape', shape: [1, 1, pooled.shape[0]] }, { kind: input.kind });
    }
    case 'Resizing': {
      // Images are resized to the network's input.
      const [height, width] = input.shape;
      if (fields.config.height === height && fields.config.width === width) return input;
      fields.problem(`resizes images from ${height}x${width}, which is not supported`);
      return null;
    }
    default:
      return undefined;
  }
}

function addFlatten({ builder, fields, isOurs }: LayerContext, input: Tensor): Tensor | null {
  if (isOurs) return builder.add(fields, [input], { type: 'flatten' }, { kind: 'flat' });
  if (input.kind === 'flat') return input;
  const flat = builder.flat(fields, input);
  if (!flat || !fields.channelsFirst) return flat;
  // Keras moves the channels to the end before it flattens, if it is told that they are first.
  if (input.kind === 'first') return { ...flat, order: null };
  if (input.kind === 'last' && input.shape.at(-1) !== 1)
    fields.problem('takes images with channels first, but gets them last');
  return fields.failed ? null : flat;
}

/** Sizes of which one may be -1: what remains. Null if they do not hold `count` numbers. */
function targetShape(value: unknown, count: number): number[] | null {
  // TensorFlow.js writes null for -1.
  const given = plain(value);
  const sizes: unknown = Array.isArray(given) ? given.map((size: unknown) => size ?? -1) : given;
  if (!Array.isArray(sizes) || !sizes.every((size) => Number.isSafeInteger(size))) return null;
  const known = sizes.filter((size) => size !== -1).reduce((product: number, size: number) => product * size, 1);
  const shape: number[] = sizes.map((size) => (size === -1 ? count / known : size));
  return shape.every((size) => Number.isSafeInteger(size) && size >= 1) && elements(shape) === count ? shape : null;
}

function addReshape({ builder, fields, channelsFirst, isOurs }: LayerContext, input: Tensor): Tensor | null {
  const target = targetShape(fields.config.target_shape, elements(input.shape));
  const from = kerasShape(input);
  if (!target || target.length > 3) {
    fields.problem(`cannot reshape [${from}] to ${brief(plain(fields.config.target_shape))}`);
    return null;
  }
  if (target.join() === from.join() && !isOurs) return input;
  if (target.length === 1) {
    if (isOurs) return builder.add(fields, [input], { type: 'reshape', shape: [target[0]!] }, { kind: 'flat' });
    // In contrast to Flatten, channels that are first stay first.
    const flat = builder.flat(fields, input);
    return flat && { ...flat, kind: 'flat' };
  }
  const order = input.kind === 'first' ? channelsFirstOrder(input.shape) : input.order;
  const [height, width, channels = 1] = target as [number, number, number?];
  const isFirst = channelsFirst && target.length === 3;
  if (order || (isFirst && height !== 1)) {
    fields.problem(`reshapes to [${target}] while channels come first, which is not supported`);
    return null;
  }
  // A single channel is the same first and last.
  const shape: Shape = isFirst ? [width, channels, 1] : [height, width, channels];
  const kind = isFirst ? 'first' : target.length === 2 ? 'rows' : 'last';
  if (shape.join() === input.shape.join() && !isOurs) return { ...input, kind, order: null };
  return builder.add(fields, [input], { type: 'reshape', shape }, { kind, order: null });
}

/** `Permute` is supported where it only moves the channels, which the network always has last. */
function addPermute(fields: LayerFields, input: Tensor): Tensor | null {
  const dims = brief(plain(fields.config.dims));
  if (dims === '[1]' || dims === '[1,2]' || dims === '[1,2,3]') return input;
  if (input.kind === 'last' && dims === '[3,1,2]') return { ...input, kind: 'first' };
  if (input.kind === 'first' && dims === '[2,3,1]') return { ...input, kind: 'last' };
  fields.problem(`permutes [${kerasShape(input)}] by ${dims}; only moving the channels is supported`);
  return null;
}

function addZeroPadding({ builder, fields }: LayerContext, input: Tensor): Tensor | null {
  checkImage(fields, input);
  const sides = paddingSides(fields.config.padding ?? 1);
  if (!sides) {
    fields.problem(`has padding ${brief(fields.config.padding)}, which is not supported`);
    return null;
  }
  const [top, bottom, left, right] = sides as [number, number, number, number];
  return builder.add(fields, [input], { type: 'zeroPadding', top, bottom, left, right });
}

/** Top, bottom, left, and right from one number, one per axis, two per axis, or Keras 1's object. Null for anything else. */
function paddingSides(value: unknown): number[] | null {
  const padding = plain(value);
  const names = ['top_pad', 'bottom_pad', 'left_pad', 'right_pad'];
  let sides: unknown[];
  if (typeof padding === 'number') sides = [padding, padding, padding, padding];
  else if (Array.isArray(padding) && padding.length === 4) sides = padding;
  else if (Array.isArray(padding) && padding.length === 2) {
    sides = padding.flatMap((axis: unknown) => {
      const both = plain(axis);
      return typeof both === 'number' ? [both, both] : Array.isArray(both) && both.length === 2 ? both : [null];
    });
  } else if (typeof padding === 'object' && padding !== null) {
    sides = names.map((name) => (padding as Record<string, unknown>)[name] ?? 0);
  } else return null;
  const isValid = sides.length === 4 && sides.every((side) => Number.isSafeInteger(side) && (side as number) >= 0);
  return isValid ? (sides as number[]) : null;
}
