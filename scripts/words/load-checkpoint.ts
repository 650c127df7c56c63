import { readFileSync } from 'node:fs';
import type { SequenceEngine, SequenceNetwork } from '../../src/core/engine/engine.ts';
import { weightSpecs } from '../../src/core/model/network.ts';
import { decodeSafetensors } from '../../src/core/model/safetensors.ts';
import { wordNetwork } from './network.ts';

/** The network of a checkpoint of `train:words`, to read with. */
export async function loadCheckpoint(engine: SequenceEngine, file: string): Promise<SequenceNetwork> {
  const network = wordNetwork(128);
  const tensors = decodeSafetensors(readFileSync(file), (why) => new Error(`${file}: ${why}`));
  const loaded = await engine.createSequenceNetwork(network);
  await loaded.setWeights(weightSpecs(network).map(({ name, shape }) => tensors.tensor(name, shape)));
  return loaded;
}
