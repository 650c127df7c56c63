import { datasetLabels } from '../core/dataset/dataset-info.ts';
import { architecture } from '../core/model/architectures.ts';
import { type Model, outputCount } from '../core/model/model.ts';
import { findModel, loadModel } from '../core/model/model-store.ts';
import type { Network } from '../core/model/network.ts';
import { type LayerSummary, summarizeNetwork } from '../core/model/network-summary.ts';
import { withOutputs } from '../core/model/with-outputs.ts';
import type { Paths } from '../core/paths.ts';
import { readOwnNetwork } from '../core/training/own-network.ts';
import { modelName, type TrainOptions as RunOptions, TRAINING_DEFAULTS } from '../core/training/training-run.ts';
import { parseOptions } from './options/parse.ts';
import { type TrainOptions, trainOptions } from './options/train.ts';
import type { WorkContext } from './work.ts';

/** The network of a new run: that of `parent`, a file, or an architecture, with an output for each class. */
export async function chosenNetwork(
  { split = TRAINING_DEFAULTS.split, network, architecture: name = TRAINING_DEFAULTS.architecture, reject }: RunOptions,
  parent: Model | null,
  paths: Paths,
): Promise<Network> {
  const outputs = outputCount(await datasetLabels(paths, split), reject);
  if (parent) return withOutputs(parent.network, outputs);
  return network === undefined ? architecture(name, outputs) : readOwnNetwork(network, outputs, paths);
}

/**
 * The layers of the network that a run would train. Null for a resumed run that has no model yet.
 *
 * Throws `usage`, the errors of reading a network or model, and the signal's reason.
 */
export async function networkSummary(
  options: TrainOptions,
  { paths, signal }: WorkContext,
): Promise<LayerSummary[] | null> {
  const { resume, ...chosen } = parseOptions(trainOptions, options);
  if (resume) {
    const found = await findModel(paths, modelName(chosen));
    signal?.throwIfAborted();
    return found?.model ? summarizeNetwork(found.model.network) : null;
  }
  const parent = chosen.from === undefined ? null : await loadModel(chosen.from, paths);
  signal?.throwIfAborted();
  const network = await chosenNetwork(chosen, parent, paths);
  signal?.throwIfAborted();
  return summarizeNetwork(network);
}
