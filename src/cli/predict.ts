import { setTimeout } from 'node:timers/promises';
import type { PredictEvent } from '../core/events.ts';
import { loadModel } from '../core/model/store.ts';
import type { Paths } from '../core/paths.ts';
import { type InputImage, readInputs } from '../core/recognition/inputs.ts';
import { createRecogniser, type RecogniseOptions } from '../core/recognition/recogniser.ts';

/** How many characters are read before they are recognised together. */
const BATCH = 256;
/** How long to wait for more of them: whoever writes lines by hand wants to see each answered. */
const PATIENCE_MS = 15;

/** Recognises all characters of some inputs, in order. Before it throws, what came before the fault is given. */
export async function* predict(
  { files, model: nameOrPath, paths, ...options }: { files: string[]; model?: string; paths: Paths } & RecogniseOptions,
  signal: AbortSignal,
): AsyncGenerator<PredictEvent> {
  const recogniser = await createRecogniser(await loadModel(nameOrPath, paths));
  try {
    for await (const batch of batches(readInputs(files), signal)) {
      const images = new Uint8Array(batch.length * 784);
      batch.forEach(({ image }, index) => {
        images.set(image, index * 784);
      });
      const predictions = await recogniser.recognise(images, options);
      for (const [index, input] of batch.entries()) {
        yield { event: 'prediction', source: input.source, index: input.index, predictions: predictions[index]! };
      }
      signal.throwIfAborted();
    }
  } finally {
    await recogniser.dispose();
  }
}

async function* batches(inputs: AsyncGenerator<InputImage>, signal: AbortSignal): AsyncGenerator<InputImage[]> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason);
      // Waiting for lines that never come would keep the process from ending.
      process.stdin.destroy();
    });
  });
  aborted.catch(() => {});
  let batch: InputImage[] = [];
  for (;;) {
    const next = inputs.next();
    try {
      if (batch.length > 0 && (await Promise.race([next, setTimeout(PATIENCE_MS, 'late' as const)])) === 'late') {
        yield batch;
        batch = [];
      }
      const { done, value } = await Promise.race([next, aborted]);
      if (done) break;
      batch.push(value);
    } catch (error) {
      if (batch.length > 0 && !signal.aborted) yield batch;
      throw error;
    }
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
