import { readFileSync } from 'node:fs';
import type { SequenceEngine, SequenceNetwork } from '../../src/core/engine/engine.ts';
import { weightSpecs } from '../../src/core/model/network.ts';
import { decodeSafetensors } from '../../src/core/model/safetensors.ts';
import { wordNetwork } from './network.ts';

/** Where a training run is: completed epochs, and the steps and lines since its start. */
export interface TrainingPosition {
  epoch: number;
  step: number;
  seen: number;
}

/** The weights of a checkpoint of `train:words`, and where it was saved. */
export function readCheckpoint(file: string): { weights: Float32Array[]; position: TrainingPosition } {
  const tensors = decodeSafetensors(readFileSync(file), (why) => new Error(`${file}: ${why}`));
  const weights = weightSpecs(wordNetwork(128)).map(({ name, shape }) => tensors.tensor(name, shape));
  return { weights, position: JSON.parse(tensors.metadata.position!) as TrainingPosition };
}

/** The network of a checkpoint of `train:words`, to read with. */
export async function loadCheckpoint(engine: SequenceEngine, file: string): Promise<SequenceNetwork> {
  const loaded = await engine.createSequenceNetwork(wordNetwork(128));
  await loaded.setWeights(readCheckpoint(file).weights);
  return loaded;
}
