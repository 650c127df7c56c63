import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { loadModel } from '../core/model/model-store.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { PredictEvent } from './events.ts';
import { parseOptions } from './options/parse.ts';
import { type PredictOptions, predictOptions } from './options/predict.ts';
import { type InputCharacter, readCharacters } from './read-characters.ts';
import type { WorkContext } from './work.ts';

/** Maximum number of characters recognized together. */
const BATCH = 256;
/** How long a batch waits for more of them, so that lines typed by hand are answered one by one. */
const WAIT_MS = 15;

/** Recognizes all characters of some files, in order. Characters before an invalid one are yielded before it throws. */
export async function* predict(
  options: PredictOptions,
  { paths, signal }: WorkContext & { signal: AbortSignal },
): AsyncGenerator<PredictEvent> {
  const { files, model: nameOrPath, ...answers } = parseOptions(predictOptions, options);
  const model = await loadModel(nameOrPath, paths);
  let recognizer = await createRecognizer(model);
  let isLong = false;
  try {
    for await (const batch of batches(readCharacters(files), signal)) {
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

/** Collects images into batches, which end at `BATCH` images or when the next one takes longer than `WAIT_MS`. */
async function* batches(inputs: AsyncGenerator<InputCharacter>, signal: AbortSignal): AsyncGenerator<InputCharacter[]> {
  // Otherwise waiting for lines that never come would keep the process alive.
  signal.addEventListener('abort', () => process.stdin.destroy());
  let batch: InputCharacter[] = [];
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

/** Whether a promise takes longer than `WAIT_MS`. Rejects if it rejects before. */
async function isLate(promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<true>();
  const timer = setTimeout(late.resolve, WAIT_MS, true);
  try {
    return await Promise.race([promise.then(() => false), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles like a promise, but rejects with the signal's reason as soon as the signal aborts. */
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
