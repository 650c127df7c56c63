import { MAX_INPUT_SIZE } from '../../images/fit-images.ts';
import { IMAGE_SIZE } from '../../images/image-size.ts';
import type { Network } from '../network.ts';
import type { KerasGraph } from './graph.ts';
import { plain } from './layer-fields.ts';
import type { Problems } from './problems.ts';
import type { Tensor } from './tensor.ts';

/** The images that a model takes, and how Keras sees them. */
export interface ImageInput {
  input: Network['input'];
  kind: Tensor['kind'];
}

/**
 * Infers the images that a model takes from its input shape: [height, width, channels], [channels, height, width],
 * [height, width], or the number of pixels. Other shapes are recorded as problems; the result then is a usual one.
 */
export function imageInput(
  { inputShape, nodes }: Pick<KerasGraph, 'inputShape' | 'nodes'>,
  channelsFirst: boolean,
  problems: Problems,
): ImageInput {
  if (!inputShape) {
    problems.add('it does not specify its input shape');
    return { input: [IMAGE_SIZE, IMAGE_SIZE, 1], kind: 'last' };
  }
  // A height and width that can be anything.
  const shape = inputShape.map(
    (size, index) => size ?? (isChannel(index, inputShape.length, channelsFirst) ? 1 : IMAGE_SIZE),
  );
  const result = fromShape(shape.filter(isSize), nodes[0], channelsFirst);
  const { input, kind } = result ?? { input: [IMAGE_SIZE, IMAGE_SIZE, 1], kind: 'last' };
  const [height, width, channels] = input;
  if (!result || shape.length !== shape.filter(isSize).length) {
    problems.add(`its input shape [${shape}] is not that of an image with one or three channels`);
  } else if (height > MAX_INPUT_SIZE || width > MAX_INPUT_SIZE) {
    problems.add(`it takes images of ${height}x${width}, at most ${MAX_INPUT_SIZE}x${MAX_INPUT_SIZE} is supported`);
    // Large enough for the other layers, which may have more problems.
    return { input: [Math.min(height, 512), Math.min(width, 512), channels], kind };
  }
  return { input, kind };
}

function isSize(size: unknown): size is number {
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 1;
}

function isChannel(index: number, rank: number, channelsFirst: boolean): boolean {
  return rank === 3 && index === (channelsFirst ? 0 : 2);
}

const isChannels = (count: number | undefined) => count === 1 || count === 3;

function fromShape(
  shape: readonly number[],
  first: KerasGraph['nodes'][number] | undefined,
  channelsFirst: boolean,
): ImageInput | null {
  const [a = 0, b = 0, c = 0] = shape;
  switch (shape.length) {
    case 1: {
      const side = Math.sqrt(a);
      if (Number.isInteger(side)) return { input: [side, side, 1], kind: 'flat' };
      const target = first?.className === 'Reshape' ? plain(first.config.target_shape) : null;
      const isTarget = Array.isArray(target) && target.length === 3 && target.every(isSize);
      const [height, width, channels] = isTarget ? (target as number[]) : [];
      if (!height || !width || !channels || !isChannels(channels) || height * width * channels !== a) return null;
      return { input: [height, width, channels], kind: 'flat' };
    }
    case 2:
      return { input: [a, b, 1], kind: 'rows' };
    case 3: {
      const isFirst = isChannels(a) && (channelsFirst || !isChannels(c));
      if (isFirst) return { input: [b, c, a], kind: 'first' };
      return isChannels(c) ? { input: [a, b, c], kind: 'last' } : null;
    }
    default:
      return null;
  }
}
