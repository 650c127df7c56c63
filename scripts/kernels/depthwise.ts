import { code, range } from './code.ts';

/*
 * Microkernels of depthwise convolutions: a row of pixels and a row of the kernel, for eight channels, in two vectors. See
 * microkernels.ts.
 */

const vectors = range(2);
/** An operand for each of the two vectors. */
const both = (line: (v: number) => string) => vectors.map(line);

function row(width: number): string {
  const taps = range(width);
  return code`
export function depthwiseRow${width}(
  x: usize, xStep: usize, pixel: usize, weights: usize, weightPixel: usize, before: usize, beforeStep: usize, to: usize,
  count: usize,
): void {
  ${taps.map((t) => both((v) => `const w${t}_${v} = v128.load(weights + ${t} * weightPixel, ${16 * v});`))}
  const end = to + count * pixel;
  do {
    ${both((v) => `let sum${v} = v128.load(before, ${16 * v});`)}
    let at = x;
    ${taps.map((t) => [
      t > 0 ? 'at += pixel;' : [],
      both((v) => `sum${v} = madd(v128.load(at, ${16 * v}), w${t}_${v}, sum${v});`),
    ])}
    ${both((v) => `v128.store(to, sum${v}, ${16 * v});`)}
    x += xStep;
    before += beforeStep;
    to += pixel;
  } while (to < end);
}
`;
}

function gradientRow(width: number): string {
  const taps = range(width);
  return code`
export function depthwiseGradientRow${width}(
  x: usize, xStep: usize, pixel: usize, g: usize, to: usize, count: usize,
): void {
  ${taps.map((t) => both((v) => `let sum${t}_${v} = v128.load(to + ${t} * pixel, ${16 * v});`))}
  const end = g + count * pixel;
  do {
    ${both((v) => `const g${v} = v128.load(g, ${16 * v});`)}
    let at = x;
    ${taps.map((t) => [
      t > 0 ? 'at += pixel;' : [],
      both((v) => `sum${t}_${v} = madd(v128.load(at, ${16 * v}), g${v}, sum${t}_${v});`),
    ])}
    x += xStep;
    g += pixel;
  } while (g < end);
  ${taps.map((t) => both((v) => `v128.store(to + ${t} * pixel, sum${t}_${v}, ${16 * v});`))}
}
`;
}

/** The AssemblyScript of the microkernels of depthwise convolutions, for kernels 3 and 5 wide. */
export function depthwiseMicrokernels(): string[] {
  return [row(3), row(5), gradientRow(3), gradientRow(5)];
}
