import type { Worker } from 'node:worker_threads';
import { startWorker } from '../asset.ts';
import type { Batch } from './batch-maker.ts';
import type { BatchReply, BatchRequest, BatchSet, BatchWorkerData } from './batch-worker.ts';
import { describeError, reviveError } from './worker-errors.ts';

/** How many batches are prepared in advance. */
const AHEAD = 4;

/**
 * The batches of a training run, prepared by a worker while the network trains on earlier ones. One worker keeps up with
 * `vgg`: an augmented image takes about 10 µs, a drawing 0.1 ms, an image without a character 0.25 ms.
 */
export class BatchSource {
  readonly #worker: Worker;
  readonly #replies: Promise<BatchReply>[] = [];
  readonly #waiting: ((reply: BatchReply) => void)[] = [];
  #set: BatchSet | null = null;
  /** Batches requested and not yet taken, in order. */
  #requested: BatchRequest[] = [];
  #batches = 0;
  readonly #epochs: number;
  #failure: BatchReply | null = null;

  private constructor(data: BatchWorkerData, epochs: number) {
    this.#epochs = epochs;
    this.#expect();
    this.#worker = startWorker('batch-worker', { workerData: data });
    this.#worker.on('message', (reply: BatchReply) => this.#waiting.shift()?.(reply));
    const fail = (error: unknown) => {
      this.#failure ??= { error: describeError(error) };
      for (const resolve of this.#waiting.splice(0)) resolve(this.#failure);
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new Error('the batch worker exited')));
  }

  /**
   * Starts the worker, which reads the images of a training run. Throws an `EmnistError` when the data set or the stroke file is
   * missing or damaged.
   */
  static async open(data: BatchWorkerData, epochs: number): Promise<BatchSource> {
    const source = new BatchSource(data, epochs);
    try {
      source.#set = (await source.#reply()).set!;
      const { trainImages, rejectImages } = source.#set;
      source.#batches = Math.ceil((trainImages + rejectImages) / data.plan.batchSize);
      return source;
    } catch (error) {
      await source.dispose();
      throw error;
    }
  }

  get set(): BatchSet {
    return this.#set!;
  }

  /** Batches per epoch. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Takes the next batch and requests those after it. `epoch` and `batch` count from 1 and must follow the last ones taken, except
   * after `leave`. Epoch 0 has batches like those of the others.
   */
  async take(epoch: number, batch: number): Promise<Batch> {
    const [first] = this.#requested;
    if (first && (first.epoch !== epoch || first.batch !== batch)) {
      throw new RangeError(`batch ${batch} of epoch ${epoch} is not the next one`);
    }
    let next = this.#requested.at(-1) ?? { epoch, batch: batch - 1 };
    while (this.#requested.length <= AHEAD) {
      next =
        next.batch < this.#batches ? { epoch: next.epoch, batch: next.batch + 1 } : { epoch: next.epoch + 1, batch: 1 };
      if (next.epoch > this.#epochs) break;
      this.#requested.push(next);
      this.#expect();
      this.#worker.postMessage(next satisfies BatchRequest);
    }
    this.#requested.shift();
    return (await this.#reply()).batch!;
  }

  /** Leaves the batches that would follow, so that any other can be taken next. */
  async leave(): Promise<void> {
    for (const _ of this.#requested.splice(0)) await this.#reply();
  }

  async dispose(): Promise<void> {
    await this.#worker.terminate();
  }

  #expect(): void {
    this.#replies.push(
      this.#failure ? Promise.resolve(this.#failure) : new Promise((resolve) => this.#waiting.push(resolve)),
    );
  }

  async #reply(): Promise<BatchReply> {
    const reply = await this.#replies.shift()!;
    if (reply.error) throw reviveError(reply.error);
    return reply;
  }
}
