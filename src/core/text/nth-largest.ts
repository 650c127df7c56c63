/**
 * The `count`-th largest of some values, whose order is left as it is; -Infinity if there are no more than that. Quickselect (Hoare
 * 1961).
 */
export function nthLargest(values: Float64Array, count: number): number {
  if (values.length <= count) return Number.NEGATIVE_INFINITY;
  const some = values.slice();
  const wanted = count - 1;
  let low = 0;
  let high = some.length - 1;
  while (low < high) {
    const pivot = some[(low + high) >> 1]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (some[left]! > pivot) left++;
      while (some[right]! < pivot) right--;
      if (left > right) break;
      const value = some[left]!;
      some[left++] = some[right]!;
      some[right--] = value;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return some[wanted]!;
}
