import type { ReadFeatures } from '../engine/feature-reader.ts';
import { chooseClasses, classIndex } from '../labels.ts';
import { canReject, type Model } from '../model/model.ts';
import { logSumExp } from '../model/softmax.ts';
import type { CharacterReading } from '../prediction.ts';
import { possibleAnswers } from './character-prior.ts';
import { rank } from './rank.ts';
import { RECOGNIZE_DEFAULTS, type RecognizeOptions } from './recognize-options.ts';

/** The votes of the network, which are divided as its probabilities are. A sample with the same features as the image has one. */
const NETWORK_VOTES = 0.2;
/** A sample at a distance d, 1 less the cosine of the angle between the features, has exp(-(d / REACH)²) votes. */
const REACH = 0.2;
/**
 * A vote counts less the less probable the network finds the label, compared to its best one: the ratio to the power of the first,
 * but at least the second, so that a few samples convince it of what it finds impossible.
 */
const DOUBT = 0.3;
const LEAST_WEIGHT = 0.1;
/**
 * A vote for a label that the network does not know counts this and, in addition, the probability of no character; if the network
 * cannot reject, the second.
 */
const NEW_LABEL_WEIGHT = 0.2;
const NEW_LABEL_WEIGHT_WITHOUT_REJECTION = 0.4;
/** A label that the model has no class for can be an answer if it has this many samples. */
const SAMPLES_OF_NEW_LABEL = 3;
/** Only the latest samples of each label, and of all labels, are used, which bounds memory and time. */
const MAX_SAMPLES_PER_LABEL = 50;
const MAX_SAMPLES = 5000;

/** A sample as the network sees it. */
export interface FeatureSample {
  label: string;
  /** Of length 1. */
  features: Float32Array;
}

/**
 * How readings follow the samples of one writer. Each sample votes for its label, the more the more similar its features are to
 * those of the image. The votes are added to the probabilities of the network. So a reading stays as it is where no sample is
 * near, and each sample that is taken away takes its votes with it. Nothing is trained.
 *
 * The constants were chosen on 31 writers of UNIPEN's training part, with a network that had not seen them. All samples vote rather
 * than the nearest few, since how many are near depends on the number of samples. Fitting the last layer to the samples gained less.
 * `npm run bench:adapt` measures the result on other writers.
 */
export class Adaptation {
  /** The number of samples. */
  readonly samples: number;
  /** Labels that the model has no class for and that have enough samples, in the order of their first sample. */
  readonly newLabels: readonly string[];
  readonly #model: Model;
  readonly #features: readonly Float32Array[];
  /** The label that each sample votes for, as an index into those of the model and then the new ones; -1 if it has too few samples. */
  readonly #votesFor: readonly number[];

  constructor(samples: readonly FeatureSample[], model: Model) {
    const { labels } = model;
    this.samples = samples.length;
    this.#model = model;
    const votesFor = new Map<string, number>();
    const newLabels: string[] = [];
    for (const [label, { length }] of Map.groupBy(samples, (sample) => sample.label)) {
      const known = classIndex(label, labels);
      const isNew = known < 0 && length >= SAMPLES_OF_NEW_LABEL;
      votesFor.set(label, isNew ? labels.length + newLabels.length : known);
      if (isNew) newLabels.push(label);
    }
    this.newLabels = newLabels;
    this.#features = samples.map(({ features }) => features);
    this.#votesFor = samples.map(({ label }) => votesFor.get(label)!);
  }

  /** A function that turns the network's output for an image into a reading. Throws like `chooseClasses` and `possibleAnswers`. */
  blending(options: RecognizeOptions): (read: ReadFeatures) => CharacterReading {
    const { characters = RECOGNIZE_DEFAULTS.characters, prior = RECOGNIZE_DEFAULTS.prior } = options;
    const { top = RECOGNIZE_DEFAULTS.top } = options;
    const { labels, training } = this.#model;
    const all = [...labels, ...this.newLabels];
    const { choices, shifts } = possibleAnswers(chooseClasses(all, characters), { labels: all, training }, prior);
    const rejects = canReject(this.#model);
    const answers = { choices, shifts: shifts.map(() => 0), rejects };
    return ({ logits, features }) => {
      const votes = this.#votes(features);
      const scores = choices.map(({ index }, i) => {
        return index < labels.length ? logits[index]! + shifts[i]! : Number.NEGATIVE_INFINITY;
      });
      const rejection = rejects ? logits.at(-1)! : Number.NEGATIVE_INFINITY;
      const sum = logSumExp([...scores, rejection]);
      const blended = new Float64Array(all.length + 1).fill(Number.NEGATIVE_INFINITY);
      const best = Math.max(...scores);
      const newLabelWeight = rejects
        ? NEW_LABEL_WEIGHT + Math.exp(rejection - sum)
        : NEW_LABEL_WEIGHT_WITHOUT_REJECTION;
      for (const [i, { index }] of choices.entries()) {
        const known = Math.max(LEAST_WEIGHT, Math.exp(DOUBT * (scores[i]! - best)));
        const weight = index < labels.length ? known : newLabelWeight;
        blended[index] = Math.log(NETWORK_VOTES * Math.exp(scores[i]! - sum) + weight * votes[index]!);
      }
      blended[all.length] = Math.log(NETWORK_VOTES) + rejection - sum;
      return rank(blended, answers, top);
    };
  }

  /** [labels of the model and new ones] */
  #votes(features: Float32Array): Float64Array {
    const votes = new Float64Array(this.#model.labels.length + this.newLabels.length);
    for (const [index, label] of this.#votesFor.entries()) {
      if (label < 0) continue;
      votes[label]! += Math.exp(-(((1 - dot(features, this.#features[index]!)) / REACH) ** 2));
    }
    return votes;
  }
}

/** The samples that are used, in their order. `samples`: the latest last. */
export function samplesToUse<T extends { label: string }>(samples: readonly T[]): T[] {
  const counts = new Map<string, number>();
  const used: T[] = [];
  for (const sample of samples.toReversed()) {
    const count = counts.get(sample.label) ?? 0;
    if (used.length === MAX_SAMPLES) break;
    if (count === MAX_SAMPLES_PER_LABEL) continue;
    counts.set(sample.label, count + 1);
    used.push(sample);
  }
  return used.reverse();
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
