import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { classCount, type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { pythonWith } from '../../helpers/python.ts';
import { named } from '../../helpers/skip.ts';
import { relativeDifference } from './contract.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from './networks.ts';
import { randomGraph } from './random-graph.ts';

const python = pythonWith('torch');
const missing = python ? null : 'no Python has PyTorch (apt-get install python3-torch libopenblas0)';
const SCRIPT = path.join(import.meta.dirname, '../../bench/peers/pytorch_answers.py');
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

function answersOfPyTorch(
  tasks: readonly { network: Network; weights: Float32Array[]; images: Uint8Array; labels: Uint8Array }[],
): Answer[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'emnist-tui-pytorch-'));
  try {
    const described = tasks.map(({ network, weights, images, labels }) => ({
      network,
      specs: weightSpecs(network),
      weights: weights.flatMap((tensor) => [...tensor]),
      images: [...images],
      labels: [...labels],
    }));
    writeFileSync(path.join(folder, 'networks.json'), JSON.stringify(described));
    const options = { encoding: 'utf8', maxBuffer: 1e9 } as const;
    return JSON.parse(execFileSync(python!, [SCRIPT, folder], options));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
