/** log(sum(exp(values))), without overflow; minus infinity for no values. */
export function logSumExp(values: ArrayLike<number> & Iterable<number>): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > highest) highest = value;
  if (values.length === 1 || highest === Number.NEGATIVE_INFINITY) return highest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - highest);
  return highest + Math.log(sum);
}
