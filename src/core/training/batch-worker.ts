import { parentPort, workerData } from 'node:worker_threads';
import type { Paths } from '../paths.ts';
import { type Batch, BatchMaker, type BatchPlan } from './batch-maker.ts';
import { readTrainingImages, type TrainingSource } from './training-images.ts';
import { describeError, type PostedError } from './worker-errors.ts';

export interface BatchWorkerData {
  paths: Paths;
  source: TrainingSource;
  plan: BatchPlan;
}
export interface BatchRequest {
  epoch: number;
  batch: number;
}
/** Sent once, before all batches. */
export interface BatchSet {
  trainImages: number;
  /** How many of `trainImages` are drawings. */
  strokeImages: number;
  /** Images without a character, in addition to `trainImages`. */
  rejectImages: number;
  /** Drawings of signs that such images are made of. */
  signs: number;
  /** See `BatchMaker.classShares`. */
  classShares: number[];
  /** See `BatchMaker.drawingShares`. */
  strokeShares: number[] | null;
  validation: Batch;
  /** See `BatchMaker.validationShift`. */
  validationShift: number[];
}
/** First `set`, then a `batch` per request, in order; or the error that ended it. */
export interface BatchReply {
  set?: BatchSet;
  batch?: Batch;
  error?: PostedError;
}

/** The batch worker: holds the images of a training run and makes batches on request. */
const { paths, source, plan } = workerData as BatchWorkerData;
const port = parentPort!;
const post = (reply: BatchReply, batch?: Batch) => {
  port.postMessage(reply, batch ? [batch.images.buffer as ArrayBuffer, batch.labels.buffer as ArrayBuffer] : []);
};

try {
  const data = await readTrainingImages(paths, source);
  const maker = new BatchMaker(data, plan);
  const validation = maker.validation();
  post(
    {
      set: {
        trainImages: maker.size,
        strokeImages: data.drawings.length,
        rejectImages: maker.rejectSize,
        signs: data.signs.length,
        classShares: maker.classShares,
        strokeShares: maker.drawingShares,
        validation,
        validationShift: maker.validationShift,
      },
    },
    validation,
  );
  port.on('message', ({ epoch, batch }: BatchRequest) => {
    try {
      const result = maker.make(epoch, batch);
      post({ batch: result }, result);
    } catch (error) {
      post({ error: describeError(error) });
    }
  });
} catch (error) {
  post({ error: describeError(error) });
}
