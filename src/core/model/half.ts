/** Powers of two by the exponent field of a half-precision number (bias 15). */
const HALF_POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 15));

/**
 * Decodes a half-precision number (IEEE 754 binary16). Implemented here because Node 22 has no `Float16Array`, and the
 * package that encodes takes 600 ms to decode the shipped model's weights, on every start.
 */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * HALF_POWERS[exponent]!;
}
