import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { loadModel } from '../core/model/model-store.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { PredictEvent } from './events.ts';
import { parseOptions } from './options/parse.ts';
import { type PredictOptions, predictOptions } from './options/predict.ts';
import { type InputImage, readInputs } from './read-characters.ts';
import type { WorkContext } from './work.ts';

/** How many characters are read before they are recognized together. */
const BATCH = 256;
/** How long to wait for more of them: whoever writes lines by hand wants to see each answered. */
const PATIENCE_MS = 15;

/** Recognizes all characters of some inputs, in order. Before it throws, what came before the fault is given. */
export async function* predict(
  options: PredictOptions,
  { paths, signal }: WorkContext & { signal: AbortSignal },
): AsyncGenerator<PredictEvent> {
  const { files, model: nameOrPath, ...answers } = parseOptions(predictOptions, options);
  const model = await loadModel(nameOrPath, paths);
  let recognizer = await createRecognizer(model);
  let isLong = false;
  try {
    for await (const batch of batches(readInputs(files), signal)) {
      if (batch.length === BATCH && !isLong) {
        isLong = true;
        await recognizer.dispose();
        recognizer = await createRecognizer(model, { threads: 'all' });
      }
      const images = new Uint8Array(batch.length * IMAGE_PIXELS);
      batch.forEach(({ image }, index) => {
        images.set(image, index * IMAGE_PIXELS);
      });
      const predictions = await recognizer.recognize(images, answers);
      for (const [index, input] of batch.entries()) {
        yield { event: 'prediction', source: input.source, index: input.index, predictions: predictions[index]! };
      }
      signal.throwIfAborted();
    }
  } finally {
    await recognizer.dispose();
  }
}

/** Gathers images until there are `BATCH` of them, or until the next one is long in coming. */
async function* batches(inputs: AsyncGenerator<InputImage>, signal: AbortSignal): AsyncGenerator<InputImage[]> {
  // Waiting for lines that never come would keep the process from ending.
  signal.addEventListener('abort', () => process.stdin.destroy());
  let batch: InputImage[] = [];
  for (;;) {
    signal.throwIfAborted();
    const next = inputs.next();
    try {
      if (batch.length > 0 && (await isLate(next))) {
        yield batch;
        batch = [];
      }
      const { done, value } = await unlessAborted(next, signal);
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

/** Whether something takes longer than `PATIENCE_MS`; throws what it throws before. */
async function isLate(promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<true>();
  const timer = setTimeout(late.resolve, PATIENCE_MS, true);
  try {
    return await Promise.race([promise.then(() => false), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a promise gives, or the signal's reason thrown as soon as it aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
