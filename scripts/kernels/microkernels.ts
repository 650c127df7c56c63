import { code, range } from './code.ts';
import { depthwiseMicrokernels } from './depthwise.ts';

/*
 * Generates the AssemblyScript of the microkernels: loops whose accumulators all stay in registers. WebAssembly cannot
 * index registers, so each loop is unrolled. kernels/microkernels.d.ts declares and documents the result;
 * `node scripts/kernels/microkernels.ts` prints it.
 *
 * V8 fuses two vectors of 4 floats into one of 8 only if the loads, sums and stores of such a pair are adjacent and the
 * loop is short, so the order of the lines below matters.
 */

/** Bytes in a vector of four floats. */
const VECTOR = 16;

/** Bytes in a row of packed weights, [k, 16]. */
const PACKED_ROW = 64;

/** The accumulator for row `r` and vector `v` of a register tile. */
const sum = (r: number, v: number) => `sum${r}_${v}`;

function gemm(rowCount: number, columns: number): string {
  const rows = range(rowCount);
  return gemmFunction(
    `gemm${rowCount}x${columns}`,
    'runs: usize, runBytes: usize, skip: usize',
    code`
  for (let run: usize = 0; run < runs; run++) {
    ${gemmRun(rowCount, columns, 'runBytes')}
    ${rows.map((r) => `x${r} += skip;`)}
  }`,
    rowCount,
    columns,
  );
}

function gemmTaps(rowCount: number, columns: number): string {
  const rows = range(rowCount);
  return gemmFunction(
    `gemmTaps${rowCount}x${columns}`,
    'runs: usize, skip: usize, taps: usize, tapBytes: usize, tapSkip: usize',
    code`
  for (let run: usize = 0; run < runs; run++) {
    for (let tap: usize = 0; tap < taps; tap++) {
      ${gemmRun(rowCount, columns, 'tapBytes')}
      ${rows.map((r) => `x${r} += tapSkip;`)}
    }
    ${rows.map((r) => `x${r} += skip;`)}
  }`,
    rowCount,
    columns,
  );
}

/** The products of a run of contiguous values. */
function gemmRun(rowCount: number, columns: number, bytes: string): string {
  const rows = range(rowCount);
  const vectors = range(columns / 4);
  return code`const end = x0 + ${bytes};
    do {
      ${vectors.map((v) => `const w${v} = v128.load(weights, ${VECTOR * v});`)}
      ${rows.map((r) => [
        `const value${r} = splat(x${r});`,
        vectors.map((v) => `${sum(r, v)} = madd(value${r}, w${v}, ${sum(r, v)});`),
      ])}
      weights += ${PACKED_ROW};
      ${rows.map((r) => `x${r} += 4;`)}
    } while (x0 < end);`;
}

function gemmFunction(name: string, parameters: string, body: string, rowCount: number, columns: number): string {
  const rows = range(rowCount);
  const vectors = range(columns / 4);
  return code`
export function ${name}(
  table: usize, from: usize, weights: usize, bias: usize, ${parameters}, to: usize,
): void {
  ${rows.map((r) => `let x${r} = <usize>load<u32>(table, ${8 * r}) + from;`)}
  ${vectors.map((v) => `let ${sum(0, v)} = v128.load(bias, ${VECTOR * v});`)}
  ${rows.slice(1).map((r) => vectors.map((v) => `let ${sum(r, v)} = ${sum(0, v)};`))}
  ${body}
  ${rows.map((r) => [
    `const out${r} = <usize>load<u32>(table, ${8 * r + 4}) + to;`,
    vectors.map((v) => `v128.store(out${r}, ${sum(r, v)}, ${VECTOR * v});`),
  ])}
}
`;
}

function weightGradient(rowCount: number, columns: number): string {
  const rows = range(rowCount);
  const vectors = range(columns / 4);
  return code`
export function weightGradient${rowCount}x${columns}(
  x: usize, xPixel: usize, xRow: usize, g: usize, gPixel: usize, gRow: usize, height: usize, width: usize,
  to: usize, toRow: usize, overwrite: bool,
): void {
  ${rows.map((r) => vectors.map((v) => `let ${sum(r, v)} = f32x4.splat(0);`))}
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      ${vectors.map((v) => `const g${v} = v128.load(g, ${VECTOR * v});`)}
      ${rows.map((r) => [
        `const x${r} = v128.load_splat<f32>(x, ${4 * r});`,
        vectors.map((v) => `${sum(r, v)} = madd(x${r}, g${v}, ${sum(r, v)});`),
      ])}
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  let before = overwrite ? ZEROS : to;
  const beforeRow = overwrite ? 0 : toRow;
  ${rows.map((r) => [
    r > 0 ? 'before += beforeRow;' : [],
    vectors.map((v) => `${sum(r, v)} = f32x4.add(${sum(r, v)}, v128.load(before, ${VECTOR * v}));`),
  ])}
  ${rows.map((r) => [r > 0 ? 'to += toRow;' : [], vectors.map((v) => `v128.store(to, ${sum(r, v)}, ${VECTOR * v});`)])}
}
`;
}

function conv1Window(columns: number): string {
  const vectors = range(columns / 4);
  const pixels = ['x', 'x + 4', 'x + row', 'x + row + 4'];
  const maximum = (v: number) =>
    `f32x4.max(f32x4.max(${sum(0, v)}, ${sum(1, v)}), f32x4.max(${sum(2, v)}, ${sum(3, v)}))`;
  const argmax = (v: number) => `argmaxOf4(${sum(0, v)}, ${sum(1, v)}, ${sum(2, v)}, ${sum(3, v)})`;
  return code`
export function conv1Window${columns}(
  patch: usize, row: usize, weights: usize, tap: usize, bias: usize, relu: u32, to: usize, argmax: usize,
): void {
  ${vectors.map((v) => `let ${sum(0, v)} = v128.load(bias, ${VECTOR * v});`)}
  ${[1, 2, 3].map((r) => vectors.map((v) => `let ${sum(r, v)} = ${sum(0, v)};`))}
  for (let r: usize = 0; r < 3; r++, patch += row) {
    for (let s: usize = 0; s < 12; s += 4, weights += tap) {
      ${vectors.map((v) => `const w${v} = v128.load(weights, ${VECTOR * v});`)}
      const x = patch + s;
      ${pixels.map((pixel, r) => [
        `const value${r} = splat(${pixel});`,
        vectors.map((v) => `${sum(r, v)} = madd(value${r}, w${v}, ${sum(r, v)});`),
      ])}
    }
  }
  ${vectors.map((v) => `const max${v} = ${maximum(v)};`)}
  const floor = reluFloor(relu);
  ${vectors.map((v) => `v128.store(to, f32x4.max(max${v}, floor), ${VECTOR * v});`)}
  if (!argmax) return;
  ${vectors.map((v) => `storeArgmax(argmax + ${4 * v}, ${argmax(v)}, max${v}, relu);`)}
}
`;
}

function conv1WindowGradients(): string {
  const taps = range(9);
  return code`
export function conv1WindowGradients(
  windows: usize, height: usize, width: usize, argmax: usize, gradient: usize, gradientRow: usize, filters: usize,
  to: usize, bias: u32,
): void {
  const next = filters * 4;
  ${taps.map((tap) => `let sum${tap} = v128.load(to + ${tap} * next);`)}
  let biasSum = f32x4.splat(0);
  // For four filters: spreads the argmax of each over the bytes of its lane, and numbers the bytes of a lane.
  const spread = i8x16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  const bytes = i32x4.splat(0x03020100);
  for (let y: usize = 0; y < height; y++) {
    let at = gradient + y * gradientRow;
    for (let x: usize = 0; x < width; x++, windows += ${9 * VECTOR}, argmax += filters, at += next) {
      const index = i8x16.swizzle(v128.load32_zero(argmax), spread);
      const g = v128.and(v128.load(at), i8x16.lt_u(index, i8x16.splat(4)));
      const pick = v128.or(i32x4.shl(index, 2), bytes);
      biasSum = f32x4.add(biasSum, g);
      ${taps.map((tap) => `sum${tap} = madd(i8x16.swizzle(v128.load(windows, ${VECTOR * tap}), pick), g, sum${tap});`)}
    }
  }
  ${taps.map((tap) => `v128.store(to + ${tap} * next, sum${tap});`)}
  if (bias) v128.store(to + 9 * next, f32x4.add(v128.load(to + 9 * next), biasSum));
}
`;
}

function weightedSum(values: number): string {
  const vectors = range(values / 4);
  return code`
export function weightedSum${values}(list: usize, end: usize, offset: usize, to: usize): void {
  ${vectors.map((v) => `let sum${v} = v128.load(to, ${VECTOR * v});`)}
  for (; list < end; list += 8) {
    const x = <usize>load<u32>(list) + offset;
    const factor = splat(list + 4);
    ${vectors.map((v) => `sum${v} = madd(v128.load(x, ${VECTOR * v}), factor, sum${v});`)}
  }
  ${vectors.map((v) => `v128.store(to, sum${v}, ${VECTOR * v});`)}
}
`;
}

function winogradOutput(): string {
  const four = range(4);
  const vectors = range(2);
  const add = (a: string, b: string) => `f32x4.add(${a}, ${b})`;
  const sub = (a: string, b: string) => `f32x4.sub(${a}, ${b})`;
  // The two rows of A^T: [1 1 1 0] and [0 1 -1 -1].
  const upper = (name: string, v: number) => add(add(`${name}0_${v}`, `${name}1_${v}`), `${name}2_${v}`);
  const lower = (name: string, v: number) => sub(sub(`${name}1_${v}`, `${name}2_${v}`), `${name}3_${v}`);
  return code`
export function winogradOutput(
  m: usize, pixel: usize, start: usize, end: usize, bias: usize, to: usize, row: usize, right: bool, below: bool,
): void {
  const plane = pixel * WINOGRAD_BLOCK;
  m += start;
  to += start;
  for (let c = start; c < end; c += ${2 * VECTOR}, m += ${2 * VECTOR}, to += ${2 * VECTOR}) {
    const offset = bias ? bias + c : ZEROS;
    ${vectors.map((v) => `const bias_${v} = v128.load(offset, ${VECTOR * v});`)}
    let at = m;
    ${four.map((column) => vectors.map((v) => `let m${column}_${v}: v128;`))}
    ${four.map((r) => [
      four.map((column) => [
        vectors.map((v) => `m${column}_${v} = v128.load(at, ${VECTOR * v});`),
        r === 3 && column === 3 ? [] : 'at += plane;',
      ]),
      vectors.map((v) => `const left${r}_${v} = ${upper('m', v)};`),
      vectors.map((v) => `const right${r}_${v} = ${lower('m', v)};`),
    ])}
    ${vectors.map((v) => `v128.store(to, ${add(upper('left', v), `bias_${v}`)}, ${VECTOR * v});`)}
    if (right) {
      ${vectors.map((v) => `v128.store(to + pixel, ${add(upper('right', v), `bias_${v}`)}, ${VECTOR * v});`)}
    }
    if (!below) continue;
    ${vectors.map((v) => `v128.store(to + row, ${add(lower('left', v), `bias_${v}`)}, ${VECTOR * v});`)}
    if (right) {
      ${vectors.map((v) => `v128.store(to + row + pixel, ${add(lower('right', v), `bias_${v}`)}, ${VECTOR * v});`)}
    }
  }
}
`;
}

/** The AssemblyScript of all microkernels. */
export function microkernels(): string {
  return [
    "import { WINOGRAD_BLOCK } from './layout';\n",
    "import { argmaxOf4, reluFloor, storeArgmax } from './max-pool';\n",
    "import { madd, splat, ZEROS } from './simd';\n",
    gemm(6, 16),
    gemm(6, 8),
    gemmTaps(6, 16),
    gemmTaps(6, 8),
    ...range(6).flatMap((row) => [weightGradient(row + 1, 16), weightGradient(row + 1, 8)]),
    conv1Window(16),
    conv1Window(8),
    conv1WindowGradients(),
    weightedSum(96),
    weightedSum(48),
    winogradOutput(),
    ...depthwiseMicrokernels(),
  ].join('');
}

if (import.meta.main) process.stdout.write(microkernels());
