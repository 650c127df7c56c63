import type { Engine } from '../../../src/core/engine/engine.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { CharacterGenerator } from '../../../src/core/strokes/character-generator.ts';
import { type FineTuned, fineTune } from '../../../src/core/training/fine-tune.ts';
import { LEARNING_DEFAULTS } from '../../../src/core/training/learn-run.ts';
import { GENERATED, generateGeneral, generateReplayed, type Replay } from '../../../src/core/training/replay.ts';
import type { Written } from './characters.ts';

/** What `learn` replays to a model where no data set has been fetched. */
export async function generatedReplay(model: Model, engine: Engine): Promise<Replay> {
  const options = { generator: CharacterGenerator.shipped(), model, seed: LEARNING_DEFAULTS.seed };
  const network = await engine.createNetwork(model.network);
  await network.setWeights(model.weights);
  const generating = generateReplayed(options, network);
  let step = await generating.next();
  while (!step.done) step = await generating.next();
  await network.dispose();
  const none = { images: new Uint8Array(), imageLabels: new Uint8Array() };
  return { source: GENERATED, ...step.value, ...none, general: generateGeneral(options) };
}

/** What `learn` makes of samples, with its defaults. */
export async function learned(
  model: Model,
  samples: readonly Written[],
  replay: Replay,
  engine: Engine,
): Promise<FineTuned & { seconds: number }> {
  const started = performance.now();
  const tuning = fineTune({ model, samples, replay, engine, ...LEARNING_DEFAULTS });
  let step = await tuning.next();
  while (!step.done) step = await tuning.next();
  return { ...step.value!, seconds: (performance.now() - started) / 1000 };
}
