import { logSumExp } from '../model/softmax.ts';

/** Loss and accuracy over images. */
export class EpochMetrics {
  /** Added to the logits, [classes]; empty for none. */
  readonly #shift: readonly number[];
  images = 0;
  #loss = 0;
  #correct = 0;

  constructor(shift: readonly number[] = []) {
    this.#shift = shift;
  }

  /** `loss` is summed over the images; `correct` of them were recognized. */
  add(loss: number, correct: number, images: number): void {
    this.#loss += loss;
    this.#correct += correct;
    this.images += images;
  }

  /** Adds the softmax cross-entropy of `logits`, [n, classes], with the class indices `labels`, [n]. */
  addLogits(logits: Float32Array, labels: Uint8Array): void {
    const classes = logits.length / labels.length;
    labels.forEach((label, image) => {
      const row = logits
        .subarray(image * classes, (image + 1) * classes)
        .map((logit, index) => logit + (this.#shift[index] ?? 0));
      const correct = row.every((logit, index) => index === label || logit < row[label]!);
      this.add(logSumExp(row) - row[label]!, correct ? 1 : 0, 1);
    });
  }

  /** Mean loss in nats. */
  get loss(): number {
    return this.#loss / this.images;
  }

  get accuracy(): number {
    return this.#correct / this.images;
  }
}
