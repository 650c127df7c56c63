import { startWorker } from '../asset.ts';
import type { Network } from '../model/network.ts';
import type { EngineName } from './engine.ts';

/** What to measure. */
export interface SpeedRequest {
  work: 'train' | 'predict';
  network: Network;
  batchSize: number;
  engine: 'auto' | EngineName;
  threads?: number;
}

/** What the speed worker posts. */
export interface SpeedReply {
  imagesPerSecond: number;
  /** What the engine ran on. */
  device: string;
}

/**
 * Measures how fast this machine trains a network or predicts with it, in about a second and in a worker, so that the calling
 * thread stays responsive. When aborted, it stops and throws the signal's reason.
 */
export async function measureSpeed(request: SpeedRequest, signal?: AbortSignal): Promise<SpeedReply> {
  signal?.throwIfAborted();
  const worker = startWorker('speed-worker', { workerData: request });
  const outcome = Promise.withResolvers<SpeedReply>();
  const onAbort = () => outcome.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  worker.once('message', outcome.resolve);
  worker.once('error', outcome.reject);
  worker.once('exit', () => outcome.reject(new Error('the speed worker exited without a result')));
  try {
    return await outcome.promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
