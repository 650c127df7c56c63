import type * as v from 'valibot';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { isOfOwnData } from '../core/model/model.ts';
import { loadModel } from '../core/model/model-store.ts';
import { type AdaptOptions, createRecognizer } from '../core/recognizer/recognizer.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import type { PredictDebugEvent, PredictEvent, TextEvent } from './events.ts';
import { findIdxOrientation } from './find-idx-orientation.ts';
import type { FindOrientation } from './idx-images.ts';
import { labeledImages } from './labeled-images.ts';
import { parseOptions } from './options/parse.ts';
import { type PredictOptions, predictOptions } from './options/predict.ts';
import { type PredictTextContext, predictText } from './predict-text.ts';
import { type InputCharacter, type ReadOptions, readCharacters } from './read-characters.ts';
import { readPrior } from './read-prior.ts';
import { closeInputOnAbort } from './standard-input.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { UnreadFile } from './unread-file.ts';
import type { WorkContext } from './work.ts';
import { DebugFolder } from './write-debug-pictures.ts';

/** Maximum number of characters recognized together. */
const BATCH = 256;
/** How long a batch waits for more of them, so that lines typed by hand are answered one by one. */
const WAIT_MS = 15;

interface PredictContext extends PredictTextContext, Pick<WorkContext, 'paths' | 'onUnusable'> {
  /** Called after each few samples while readings are adapted to the user's, which takes seconds if there are thousands. */
  onAdapting?: AdaptOptions['onProgress'];
}

type CharacterOptions = Omit<v.InferOutput<typeof predictOptions>, 'text' | 'lexicon'>;

/**
 * Recognizes all characters of some files, in order, or reads their text with the option `text`. A file that cannot be read is
 * reported, and the others are still read. If only the end of a file cannot be read, what comes before it is recognized.
 */
export async function* predict(
  options: PredictOptions,
  context: PredictContext,
): AsyncGenerator<PredictEvent | TextEvent | PredictDebugEvent | UnreadFile> {
  const { text, lexicon, ...parsed } = parseOptions(predictOptions, options);
  if (text) yield* predictText({ ...parsed, lexicon }, context);
  else yield* predictCharacters(parsed, context);
}

async function* predictCharacters(
  { files, model: nameOrPath, orientation, debug, ...given }: CharacterOptions,
  { paths, signal, onUnusable, onAdapting: onProgress }: PredictContext,
): AsyncGenerator<PredictEvent | PredictDebugEvent | UnreadFile> {
  const answers = { ...given, prior: await readPrior(given.prior) };
  const model = await loadModel(nameOrPath, paths, onUnusable);
  const samples = given.adapt ? labeledImages((await SampleStore.open(paths.samples)).samples) : [];
  let recognizer = await createRecognizer(model);
  const findOrientation: FindOrientation = async (images) =>
    orientation ? { orientation, from: 'given' } : findIdxOrientation(images, model, paths);
  const debugFolder = debug === undefined ? null : new DebugFolder(debug);
  /** Events of pictures whose characters are not recognized yet. */
  const written: PredictDebugEvent[] = [];
  const onFound: ReadOptions['onFound'] =
    debugFolder === null
      ? undefined
      : async (found, source) => {
          written.push({ event: 'debug', source, files: await debugFolder.write(found, source) });
        };
  let isLong = false;
  using _input = closeInputOnAbort(files, signal);
  try {
    await recognizer.adaptTo(samples, { signal, onProgress });
    const reading = { idxOrientation: findOrientation, picturesAsIs: isOfOwnData(model), onFound };
    for await (const batch of batches(readAll(files, reading), signal)) {
      yield* written.splice(0);
      if (!Array.isArray(batch)) {
        yield batch;
        continue;
      }
      if (batch.length === BATCH && !isLong) {
        isLong = true;
        await recognizer.dispose();
        recognizer = await createRecognizer(model, { threads: 'all' });
        await recognizer.adaptTo(samples, { signal, onProgress });
      }
      const images = new Uint8Array(batch.length * IMAGE_PIXELS);
      batch.forEach(({ image }, index) => {
        images.set(image, index * IMAGE_PIXELS);
      });
      const readings = await recognizer.recognize(images, answers);
      for (const [index, input] of batch.entries()) {
        const { source, index: position, stored } = input;
        const { predictions, noCharacter } = readings[index]!;
        const read = { source, index: position, predictions, model: model.name };
        const idx = stored && { orientation: stored.orientation, orientationFrom: stored.from };
        yield { event: 'prediction', ...read, ...(noCharacter !== null && { noCharacter }), ...idx };
      }
      signal.throwIfAborted();
    }
  } finally {
    await recognizer.dispose();
  }
}

/** Reads the characters of all files. Whatever is wrong with one does not keep the others from being read. */
async function* readAll(files: readonly string[], options: ReadOptions): AsyncGenerator<InputCharacter | UnreadFile> {
  for (const source of files) {
    try {
      yield* readCharacters([source], options);
    } catch (error) {
      yield { event: 'unread', source, error };
    }
  }
}

/**
 * Collects images into batches, which end at `BATCH` images, at a file that cannot be read, or when the next image takes
 * longer than `WAIT_MS`.
 */
async function* batches(
  inputs: AsyncGenerator<InputCharacter | UnreadFile>,
  signal: AbortSignal,
): AsyncGenerator<InputCharacter[] | UnreadFile> {
  let batch: InputCharacter[] = [];
  for (;;) {
    signal.throwIfAborted();
    const next = inputs.next();
    if (batch.length > 0 && (await isLate(next))) {
      yield batch;
      batch = [];
    }
    const { done, value } = await unlessAborted(next, signal);
    if (!done && 'image' in value) {
      batch.push(value);
      if (batch.length < BATCH) continue;
    }
    if (batch.length > 0) yield batch;
    batch = [];
    if (done) return;
    if ('error' in value) yield value;
  }
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
