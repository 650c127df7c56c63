import { logSumExp } from '../model/softmax.ts';
import type { ClassAccuracy, Confusion } from './evaluate-event.ts';
import type { SharedClasses } from './shared-classes.ts';

const TOP = 5;
/** Confidences are compared with how often they were right in so many ranges. */
const BINS = 15;

/** Counts how well logits agree with the truth. */
export class Scores {
  readonly #classes: SharedClasses;
  /** Images by true and by predicted class, [classes, classes]. */
  readonly #confusion: Uint32Array;
  readonly #shift: readonly number[];
  /** Of each range of confidence: its images' confidences and how many of them were right, summed. */
  readonly #confidence = new Float64Array(BINS);
  readonly #right = new Float64Array(BINS);
  #top5 = 0;
  #loss = 0;
  #images = 0;
  #known = 0;

  /** `shift`: added to the model's logits, [model classes]; see `priorShift`. */
  constructor(classes: SharedClasses, shift: readonly number[] = []) {
    this.#classes = classes;
    this.#shift = shift;
    this.#confusion = new Uint32Array(classes.labels.length ** 2);
  }

  /** `logits`: of the model, [n, model classes]; `truth`: class indices of the data set, [n]. */
  add(logits: Float32Array, truth: Uint8Array): void {
    const width = logits.length / truth.length;
    const { answers } = this.#classes;
    const scores = new Float64Array(answers.length);
    truth.forEach((label, image) => {
      const row = logits.subarray(image * width, (image + 1) * width);
      answers.forEach((classes, index) => {
        scores[index] = logSumExp(classes.map((column) => row[column]! + (this.#shift[column] ?? 0)));
      });
      this.#count(scores, this.#classes.truth[label]!);
    });
  }

  #count(scores: Float64Array, truth: number): void {
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
    if (best === truth) this.#right[bin]!++;
    if (scores[truth] === Number.NEGATIVE_INFINITY) return;
    this.#known++;
    if (higher < TOP) this.#top5++;
    this.#loss += all - scores[truth]!;
  }

  get images(): number {
    return this.#images;
  }

  get accuracy(): number {
    return ratio(this.#correct(), this.#images);
  }

  /** Share of images whose class is among the five highest. */
  get top5Accuracy(): number {
    return ratio(this.#top5, this.#images);
  }

  /** Softmax cross-entropy in nats, mean over the images whose class the model knows. */
  get loss(): number {
    return ratio(this.#loss, this.#known);
  }

  /**
   * Expected calibration error (Guo et al. 2017, arXiv 1706.04599): by how much the probability of the answer differs
   * from how often such answers are right, mean over the images; 0 to 1.
   */
  get calibrationError(): number {
    return ratio(
      this.#confidence.reduce((sum, confidence, bin) => sum + Math.abs(confidence - this.#right[bin]!), 0),
      this.#images,
    );
  }

  /** In class order; classes without images left out. */
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

  /** All wrong pairs, most frequent first; equally frequent ones in class order. */
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
