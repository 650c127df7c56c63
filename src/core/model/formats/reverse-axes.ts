/** Reverses the axes of a row-major tensor: [a, b, c] to [c, b, a]. With b = 1 it transposes a matrix. */
export function reverseAxes(data: Float32Array, a: number, b: number, c: number): Float32Array {
  const reversed = new Float32Array(data.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) reversed[(k * b + j) * a + i] = data[(i * b + j) * c + k]!;
    }
  }
  return reversed;
}
