import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../../src/core/engine/reference/reference-network.ts';
import { decodeOnnx } from '../../../../src/core/model/formats/onnx-reader.ts';
import { encodeOnnx } from '../../../../src/core/model/formats/onnx-writer.ts';
import { classCount, elements, type Network } from '../../../../src/core/model/network.ts';
import { LAYER_NETWORKS } from '../../engine/layer-networks.ts';
import { randomWeights, SMALL_NETWORKS } from '../../engine/networks.ts';
import { floats, largestDifference } from './models.ts';

const { onnx } = onnxProto;
const IMAGES = 3;
/** Those that take images of one or three channels, as models do. */
const NETWORKS = Object.fromEntries(
  Object.entries({ ...SMALL_NETWORKS, ...LAYER_NETWORKS }).filter(([, { input }]) => input[2] === 1 || input[2] === 3),
);

async function probabilities(network: Network, weights: readonly Float32Array[], images: Uint8Array) {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  const logits = await reference.predict(images);
  const width = logits.length / IMAGES;
  for (let first = 0; first < logits.length; first += width) {
    const row = logits.subarray(first, first + width);
    const highest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - highest), 0);
    row.set(row.map((logit) => Math.exp(logit - highest) / sum));
  }
  return logits;
}

test.each(Object.keys(NETWORKS))('%s: the same answers in ONNX Runtime, and read back as any graph', async (name) => {
  const network = NETWORKS[name]!;
  const weights = randomWeights(network, 4);
  const labels = Array.from({ length: classCount(network) }, (_, index) => `c${index}`);
  const bytes = await encodeOnnx({ name: 'small', network, weights, labels, training: null });
  const images = Uint8Array.from(
    { length: IMAGES * elements(network.input) },
    (_, index) => (index * index * 13) % 256,
  );
  const ours = await probabilities(network, weights, images);

  const session = await InferenceSession.create(bytes);
  const { probabilities: theirs } = await session.run({
    input: new Tensor(floats(images), [IMAGES, ...network.input]),
  });
  await session.release();
  expect(largestDifference(theirs!.data as Float32Array, ours)).toBeLessThan(1e-4);

  const own = await decodeOnnx(bytes, 'small.onnx');
  expect(largestDifference(await probabilities(own.network, own.weights, images), ours)).toBeLessThan(1e-6);
  // Without what this program notes about itself, the file is one of another program.
  const model = onnx.ModelProto.decode(bytes);
  model.metadataProps = [];
  const graph = await decodeOnnx(onnx.ModelProto.encode(model).finish(), 'small.onnx');
  expect(largestDifference(await probabilities(graph.network, graph.weights, images), ours)).toBeLessThan(1e-4);
});
