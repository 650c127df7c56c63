import { classCharacters, classIndex } from '../labels.ts';
import { layerWeights } from './layer-weights.ts';
import { canReject, type Model } from './model.ts';
import { classCount, type Network } from './network.ts';
import { outputLayer, unchangeable, withOutputs } from './with-outputs.ts';

/** The outputs that a network is to have. */
export interface WantedOutputs {
  labels: readonly string[];
  /** The last output is to stand for no character. */
  rejects: boolean;
  /** A class that has only one case of a letter stands for both, as in EMNIST's splits. */
  mergesCases: boolean;
}

/** A model's network and weights with other outputs. */
export interface ChangedOutputs {
  network: Network;
  /** In the order of `weightSpecs(network)`. */
  weights: readonly Float32Array[];
  /** The outputs are the same ones in any order, so that none has to be trained first. */
  areSame: boolean;
}

/**
 * Gives a model other outputs. Those of labels that it knows are kept: `A` and `a` come from the merged class of both if the model
 * has only that, and a merged class from the mean of both. A new output starts as the mean of all others (Hewitt 2021,
 * nlp.stanford.edu/~johnhew/vocab-expansion.html): below the highest one for any image, so never the answer at first. Throws
 * `network-unsupported` if the network cannot have other outputs.
 */
export function changeOutputs(model: Omit<Model, 'name' | 'training'>, wanted: WantedOutputs): ChangedOutputs {
  const { network, weights } = model;
  const origins = outputOrigins(model, wanted);
  const width = classCount(network);
  if (origins.length === width && origins.every((from, output) => from.length === 1 && from[0] === output)) {
    return { network, weights, areSame: true };
  }
  const index = outputLayer(network);
  if (index === null)
    throw unchangeable(
      'it cannot have other outputs, since its last layer with weights is not a dense layer or convolution',
    );
  /** How many outputs start from each of the old ones, which then share its probability. */
  const shares = new Array<number>(width).fill(0);
  for (const from of origins) for (const output of from) shares[output]!++;
  const everyOutput = Array.from({ length: width }, (_, output) => output);
  const changed = layerWeights(network, weights).flatMap((own, layer) => {
    if (layer !== index) return own;
    return own.map((tensor, position) => {
      const isBias = position === 1;
      const rows = tensor.length / width;
      const result = new Float32Array(rows * origins.length);
      origins.forEach((from, output) => {
        const mixed = from.length > 0 ? from : everyOutput;
        const shared = isBias && from.length === 1 ? Math.log(shares[from[0]!]!) : 0;
        for (let row = 0; row < rows; row++) {
          const sum = mixed.reduce((total, old) => total + tensor[row * width + old]!, 0);
          result[row * origins.length + output] = sum / mixed.length - shared;
        }
      });
      return result;
    });
  });
  const isPermuted = origins.length === width && shares.every((share) => share === 1);
  return { network: withOutputs(network, origins.length), weights: changed, areSame: isPermuted };
}

/** For each output, those of the model that it starts from; none if it is new. */
function outputOrigins(model: Pick<Model, 'network' | 'labels'>, wanted: WantedOutputs): number[][] {
  const { labels, rejects, mergesCases } = wanted;
  const ofLabels = labels.map((label) => {
    const characters = mergesCases ? classCharacters(label, labels) : [label];
    const found = characters.map((character) => classIndex(character, model.labels));
    return [...new Set(found)].filter((output) => output >= 0);
  });
  if (!rejects) return ofLabels;
  return [...ofLabels, canReject(model) ? [model.labels.length] : []];
}
