import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Ctc } from '../../../src/core/engine/ctc.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { classCount, type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { randomStream } from '../../../src/core/random.ts';
import { pythonWith } from '../../helpers/python.ts';
import { named } from '../../helpers/skip.ts';
import { relativeDifference } from './contract.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from './networks.ts';
import { randomGraph } from './random-graph.ts';

const python = pythonWith('torch');
const missing = python ? null : 'no Python has PyTorch (apt-get install python3-torch libopenblas0)';
const PEERS = path.join(import.meta.dirname, '../../bench/peers');
const STEP = { learningRate: 0, step: 1, seed: 1 };

const networks: [name: string, network: Network][] = [
  ...Object.entries(SMALL_NETWORKS),
  ...Object.entries(LAYER_NETWORKS),
  ...Array.from({ length: 40 }, (_, seed): [string, Network] => [`graph ${seed}`, randomGraph(seed)]),
];

interface Answer {
  logits: number[];
  loss: number;
}

test.skipIf(missing)(named('the reference computes what PyTorch does, in double precision', missing), async () => {
  const tasks = networks.map(([, network]) => ({
    network,
    weights: randomWeights(network, 5),
    ...randomBatch(network, classCount(network), 6, 6),
  }));
  const answers = answersOfPyTorch(tasks);
  for (const [index, { network, weights, images, labels }] of tasks.entries()) {
    const why = `${networks[index]![0]}: ${JSON.stringify(network)}`;
    const reference = new ReferenceNetwork(network);
    await reference.setWeights(weights);
    // `predict` returns single precision.
    expect(relativeDifference(await reference.predict(images), answers[index]!.logits), why).toBeLessThan(1e-6);
    const isRandom = network.layers.some(({ type }) => type === 'dropout' || type === 'spatialDropout');
    if (!isRandom) {
      expect(reference.loss(images, labels, STEP) / answers[index]!.loss, why).toBeCloseTo(1, 9);
    }
  }
});

test.skipIf(missing)(named("the loss of sequences and its gradient are those of PyTorch's ctc_loss", missing), () => {
  const sequences = Array.from({ length: 60 }, (_, seed) => randomSequence(seed));
  const answers = runPyTorch<SequenceAnswer[]>('pytorch_ctc.py', 'sequences.json', sequences);
  let impossible = 0;
  for (const [index, { logits, target }] of sequences.entries()) {
    const why = JSON.stringify(sequences[index]);
    const steps = logits.length;
    const classes = logits[0]!.length;
    const gradient = new Float64Array(steps * classes);
    const flat = Float64Array.from(logits.flat());
    const { loss } = new Ctc(classes).loss(flat, steps, classes, Uint8Array.from(target), gradient, 1);
    const answer = answers[index]!;
    if (answer.loss === null) impossible++;
    expect(loss, why).toBeCloseTo(answer.loss ?? Number.POSITIVE_INFINITY, 9);
    const expected = answer.gradient.flat();
    for (const [at, value] of gradient.entries()) expect(value, why).toBeCloseTo(expected[at]!, 9);
  }
  expect(impossible).toBeGreaterThan(0);
  expect(impossible).toBeLessThan(sequences.length / 2);
});

interface Sequence {
  /** [steps][classes], the blank last. */
  logits: number[][];
  target: number[];
}

interface SequenceAnswer {
  /** Null if it is infinite. */
  loss: number | null;
  gradient: number[][];
}

/** Up to 40 steps and 84 classes; every fifth may be too short for its target. */
function randomSequence(seed: number): Sequence {
  const random = randomStream(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const steps = 1 + upTo(39);
  const classes = 2 + upTo(82);
  const logits = Array.from({ length: steps }, () => Array.from({ length: classes }, () => 8 * random() - 4));
  const length = upTo(seed % 5 === 0 ? 2 * steps : steps >> 1);
  const target: number[] = [];
  // Repeated labels, which need a blank between them, are frequent.
  while (target.length < length) target.push(random() < 0.3 ? (target.at(-1) ?? 0) : upTo(classes - 2));
  return { logits, target };
}

function answersOfPyTorch(
  tasks: readonly { network: Network; weights: Float32Array[]; images: Uint8Array; labels: Uint8Array }[],
): Answer[] {
  const described = tasks.map(({ network, weights, images, labels }) => ({
    network,
    specs: weightSpecs(network),
    weights: weights.flatMap((tensor) => [...tensor]),
    images: [...images],
    labels: [...labels],
  }));
  return runPyTorch('pytorch_answers.py', 'networks.json', described);
}

/** What a script of `tests/bench/peers` prints for tasks that it reads from a file. */
function runPyTorch<Answers>(script: string, file: string, tasks: unknown): Answers {
  const folder = mkdtempSync(path.join(tmpdir(), 'emnist-tui-pytorch-'));
  try {
    writeFileSync(path.join(folder, file), JSON.stringify(tasks));
    const options = { encoding: 'utf8', maxBuffer: 1e9 } as const;
    return JSON.parse(execFileSync(python!, [path.join(PEERS, script), folder], options));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
