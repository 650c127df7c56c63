import { REDUCE_CHUNK, REDUCE_COUNT, REDUCE_GROUP_IMAGES, REDUCE_GROUP_STRIDE, REDUCE_VALUES } from './layout';

/**
 * Adds the values of all image groups to those of the first, in the order of the groups, so that the sum does not
 * depend on threads. A chunk takes part of the values.
 */
export function reduce(op: usize, chunk: u32, images: u32): void {
  const size = <usize>load<u32>(op, REDUCE_CHUNK) * 4;
  const start = <usize>load<u32>(op, REDUCE_VALUES) + chunk * size;
  const length = min(size, <usize>load<u32>(op, REDUCE_COUNT) * 4 - chunk * size);
  const stride = <usize>load<u32>(op, REDUCE_GROUP_STRIDE);
  const groupImages = load<u32>(op, REDUCE_GROUP_IMAGES);
  let from = start;
  for (let image = groupImages; image < images; image += groupImages) {
    from += stride;
    for (let i: usize = 0; i < length; i += 16) {
      v128.store(start + i, f32x4.add(v128.load(start + i), v128.load(from + i)));
    }
  }
}
