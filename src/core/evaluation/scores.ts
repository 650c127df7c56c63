import { logSumExp } from '../model/softmax.ts';
import type { Prediction } from '../prediction.ts';
import type { ClassAccuracy, Confusion } from './evaluate-event.ts';
import type { SharedClasses } from './shared-classes.ts';

const TOP = 5;
/** Number of bins of the calibration error. */
const BINS = 15;

/** What was misread: the position among the images of a call, and the answer. */
export interface Misreading {
  position: number;
  truth: string;
  guess: string;
  /** The most probable of the compared classes, descending; no class that the model lacks. */
  predictions: Prediction[];
}

/** Accumulates evaluation metrics. */
export class Scores {
  readonly #classes: SharedClasses;
  /** Images by true and by predicted class, [classes, classes]. */
  readonly #confusion: Uint32Array;
  readonly #shift: readonly number[];
  /** Per bin: the sum of confidences, and the number of correct answers. */
  readonly #confidence = new Float64Array(BINS);
  readonly #correctInBin = new Float64Array(BINS);
  #top5 = 0;
  #loss = 0;
  #images = 0;
  #known = 0;

  /** `shift` is added to the logits, [model classes]; see `priorShift`. */
  constructor(classes: SharedClasses, shift: readonly number[] = []) {
    this.#classes = classes;
    this.#shift = shift;
    this.#confusion = new Uint32Array(classes.labels.length ** 2);
  }

  /** Adds logits, [n, model classes], with the true class indices of the data set, [n]. */
  add(logits: Float32Array, truth: Uint8Array, onMisread?: (misreading: Misreading) => void): void {
    const width = logits.length / truth.length;
    const { answers } = this.#classes;
    const scores = new Float64Array(answers.length);
    truth.forEach((label, image) => {
      const row = logits.subarray(image * width, (image + 1) * width);
      answers.forEach((classes, index) => {
        scores[index] = logSumExp(classes.map((column) => row[column]! + (this.#shift[column] ?? 0)));
      });
      const right = this.#classes.truth[label]!;
      const guess = this.#count(scores, right);
      if (guess !== right && onMisread) onMisread({ position: image, ...this.#misreading(scores, right, guess) });
    });
  }

  /** Returns the class with the highest score. */
  #count(scores: Float64Array, truth: number): number {
    let best = 0;
    let higher = 0;
    for (let index = 0; index < scores.length; index++) {
      if (scores[index]! > scores[best]!) best = index;
      if (scores[index]! > scores[truth]!) higher++;
    }
    this.#images++;
    this.#confusion[truth * scores.length + best]!++;
    const all = logSumExp(scores);
    const confidence = Math.exp(scores[best]! - all);
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    this.#confidence[bin]! += confidence;
    if (best === truth) this.#correctInBin[bin]!++;
    if (scores[truth] === Number.NEGATIVE_INFINITY) return best;
    this.#known++;
    if (higher < TOP) this.#top5++;
    this.#loss += all - scores[truth]!;
    return best;
  }

  #misreading(scores: Float64Array, truth: number, guess: number): Omit<Misreading, 'position'> {
    const { labels } = this.#classes;
    const all = logSumExp(scores);
    const predictions = [...scores.keys()]
      .filter((index) => scores[index]! > Number.NEGATIVE_INFINITY)
      .sort((a, b) => scores[b]! - scores[a]!)
      .slice(0, TOP)
      .map((index) => ({ label: labels[index]!, probability: Math.exp(scores[index]! - all) }));
    return { truth: labels[truth]!, guess: labels[guess]!, predictions };
  }

  get images(): number {
    return this.#images;
  }

  get accuracy(): number {
    return ratio(this.#correct(), this.#images);
  }

  /** Share of images whose class is among the five most probable. */
  get top5Accuracy(): number {
    return ratio(this.#top5, this.#images);
  }

  /** Mean softmax cross-entropy in nats, over the images whose class the model has. */
  get loss(): number {
    return ratio(this.#loss, this.#known);
  }

  /**
   * Expected calibration error, 0 to 1 (Guo et al. 2017, arXiv 1706.04599): the mean difference between the probability of an
   * answer and how often such answers are right.
   */
  get calibrationError(): number {
    return ratio(
      this.#confidence.reduce((sum, confidence, bin) => sum + Math.abs(confidence - this.#correctInBin[bin]!), 0),
      this.#images,
    );
  }

  /** In class order, without classes that have no images. */
  get perClass(): ClassAccuracy[] {
    const { labels } = this.#classes;
    return labels
      .map((label, truth) => {
        const row = this.#confusion.subarray(truth * labels.length, (truth + 1) * labels.length);
        const images = row.reduce((sum, count) => sum + count, 0);
        return { label, images, accuracy: ratio(row[truth]!, images) };
      })
      .filter(({ images }) => images > 0);
  }

  /** All confused pairs, most frequent first, then in class order. */
  get confusions(): Confusion[] {
    const { labels } = this.#classes;
    const pairs: Confusion[] = [];
    this.#confusion.forEach((count, index) => {
      const truth = Math.floor(index / labels.length);
      const predicted = index % labels.length;
      if (count > 0 && truth !== predicted) pairs.push({ truth: labels[truth]!, predicted: labels[predicted]!, count });
    });
    return pairs.sort((a, b) => b.count - a.count);
  }

  #correct(): number {
    const width = this.#classes.labels.length;
    let correct = 0;
    for (let index = 0; index < width; index++) correct += this.#confusion[index * width + index]!;
    return correct;
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
