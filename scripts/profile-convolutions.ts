import type { LinearStep } from '../src/core/engine/wasm/execution-plan.ts';
import { KernelProgram, type Phase } from '../src/core/engine/wasm/kernel-program.ts';
import * as linear from '../src/core/engine/wasm/linear-operations.ts';
import { Parameters } from '../src/core/engine/wasm/parameters.ts';
import { planExecution } from '../src/core/engine/wasm/plan-execution.ts';
import { ThreadPool } from '../src/core/engine/wasm/thread-pool.ts';
import type { Layer, Size } from '../src/core/model/layer.ts';

/** Images that go through an operation at a time, as in training with batches of 128. */
const IMAGES = 4;
/** Rows of the dense layer: one chunk in training. */
const ROWS = 66;
const ROUNDS = 15;
const MILLISECONDS = 12;

const WORK = ['forward', 'input gradient', 'weight gradient'] as const;
type Work = (typeof WORK)[number];

/** An operation and the number of its multiplications and additions. */
interface Case {
  readonly name: string;
  readonly work: Work;
  readonly run: () => void;
  readonly operations: number;
  readonly rates: number[];
}

function convolution(filters: number, side: number, stride: number): Layer {
  const kernel: Size = [side, side];
  return { type: 'conv2d', filters, kernel, stride: [stride, stride], padding: 'same', useBias: true };
}

/** The layers to measure: the input they get, and what they are. */
function layers(): { name: string; input: readonly [number, number, number]; layer: Layer }[] {
  const deep = [1, 3, 5, 7].flatMap((side) =>
    [1, 2].map((stride) => ({
      name: `${side}x${side}, stride ${stride}, 64 to 64 channels, 14x14`,
      input: [14, 14, 64] as const,
      layer: convolution(64, side, stride),
    })),
  );
  const first = [3, 5, 7].map((side) => ({
    name: `${side}x${side}, stride 1, 1 to 32 channels, 28x28`,
    input: [28, 28, 1] as const,
    layer: convolution(32, side, 1),
  }));
  const lenet = {
    name: '5x5, stride 1, 6 to 16 channels, 14x14',
    input: [14, 14, 6] as const,
    layer: convolution(16, 5, 1),
  };
  return [...deep, ...first, lenet];
}

/** Prepares the operations of a layer with weights. Its input is the output of another, unless it is the image itself. */
function prepare(
  pool: ThreadPool,
  name: string,
  input: readonly [number, number, number],
  layer: Layer,
  images: number,
): Case[] {
  const head: Layer[] = input[2] > 1 ? [{ type: 'relu' }] : [];
  if (layer.type === 'dense') head.push({ type: 'flatten' });
  const tail: Layer[] = [{ type: 'relu' }, { type: 'globalAveragePool' }];
  const { steps } = planExecution({ input, layers: [...head, layer, ...(layer.type === 'dense' ? [] : tail)] });
  const step = steps.find((each): each is LinearStep => each.kind === 'linear')!;
  const program = new KernelProgram(pool);
  const parameters = new Parameters(pool.memory, [step], null);
  const weights = parameters.linear.get(step)!;
  const { taps } = weights;
  pool.memory.floats(weights.block.weights, weights.block.count).fill(0.01);
  const border = linear.gradientBorder(step);
  const from = program.global(step.from, images);
  const to = program.global(step.to, images, 0);
  const gradient = program.global(step.to, images, border);
  const into = program.global(step.from, images, 0);
  const packed = [
    program.allocate(linear.packedBytes(weights)),
    program.allocate(linear.packedBytes(weights)),
  ] as const;
  const gradients = program.allocate(linear.gradientValues(weights) * 4);
  const packing = [
    linear.packForward(program, weights, packed[0]),
    ...linear.packBackward(program, weights, packed[1]),
  ];
  const phase = (operations: number[]) => program.imagePhase(name, images, 1, operations);
  const phases: Record<Work, Phase> = {
    forward: phase([linear.linearForwardOperation(program, weights, packed[0], from, to)]),
    'input gradient': phase(linear.inputGradientOperations(program, weights, packed[1], gradient, into)),
    'weight gradient': phase([linear.weightGradientOperation(program, weights, from, gradient, gradients)]),
  };
  const packs = packing.map(({ operation, chunks }) => program.fixedPhase('pack', chunks, [operation]));
  program.finish();
  program.run(packs, 1);
  const multiplications = step.to.height * step.to.width * taps * step.from.channels * step.to.channels;
  return WORK.filter((work) => work !== 'input gradient' || input[2] > 1).map((work) => ({
    name,
    work,
    run: () => program.run([phases[work]], images),
    operations: 2 * multiplications * images,
    rates: [],
  }));
}

/** The time in milliseconds that this thread has been running, without that in which others had its core. */
function now(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Measures for some milliseconds, in 10^9 operations per second. */
function measure({ run, operations }: Case, milliseconds: number): number {
  const began = now();
  let runs = 0;
  do {
    run();
    runs++;
  } while (now() - began < milliseconds);
  return (operations * runs) / (now() - began) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/**
 * Measures the kernels of convolutions beside the matrix product of a dense layer, on one thread. They take turns, so
 * that other load on the machine affects them alike, and ratios are medians of the ratios in each turn.
 */
export async function profileConvolutions(write: (text: string) => void): Promise<void> {
  const pool = await ThreadPool.start(1);
  const dense = prepare(pool, 'dense', [1, 1, 1152], { type: 'dense', units: 256, useBias: true }, ROWS);
  const cases = layers().flatMap(({ name, input, layer }) => prepare(pool, name, input, layer, IMAGES));
  const all = [...dense, ...cases];
  for (const each of all) measure(each, 100);
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of all) each.rates.push(measure(each, MILLISECONDS));
  }
  const products = dense[0]!.rates;
  write(`dense layer, 1152 to 256 units, ${ROWS} images: ${median(products).toFixed(1)} GFLOP/s (the GEMM rate)\n`);
  write(`${''.padEnd(44)}${WORK.map((work) => work.padStart(24)).join('')}\n`);
  for (const name of new Set(all.map((each) => each.name))) {
    const columns = WORK.map((work) => {
      const found = all.find((each) => each.name === name && each.work === work);
      if (!found) return '-'.padStart(24);
      const ratio = median(found.rates.map((rate, round) => rate / products[round]!));
      return `${median(found.rates).toFixed(1)} (${ratio.toFixed(2)}x)`.padStart(24);
    });
    write(`${name.padEnd(44)}${columns.join('')}\n`);
  }
  await pool.stop();
}
