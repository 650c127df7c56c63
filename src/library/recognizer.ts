/// <reference lib="esnext.disposable" preserve="true" />
import { fileURLToPath } from 'node:url';
import { labeledImages } from '../app/labeled-images.ts';
import { parseOptions } from '../app/options/parse.ts';
import { recognizeOptions } from '../app/options/predict.ts';
import type { EngineName } from '../core/engine/engine.ts';
import { EmnistError } from '../core/errors.ts';
import type { Box } from '../core/images/box.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { type PictureCharacter, pictureCharacters } from '../core/images/picture-characters.ts';
import { readPicture } from '../core/images/picture-file.ts';
import { isOfOwnData } from '../core/model/model.ts';
import { loadModel } from '../core/model/model-store.ts';
import { expandHome, resolvePaths } from '../core/paths.ts';
import type { CharacterReading, Prediction } from '../core/prediction.ts';
import { samplesToUse } from '../core/recognizer/adaptation.ts';
import { createRecognizer, type LabeledImage } from '../core/recognizer/recognizer.ts';
import { checkSample } from '../core/samples/check-sample.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { checkDrawing } from '../core/strokes/stroke-file.ts';
import type { TextReading } from '../core/text/text-reading.ts';
import { withHints } from './explain-error.ts';
import type { Home } from './home.ts';
import type { RecognizeOptions } from './options.ts';
import { type RecognizeTextOptions, TextRecognizer } from './text.ts';

export interface LoadOptions extends Home {
  /**
   * The name of a model (see `listModels`) or the path of its folder. Default: the one trained or chosen last or, if there is none,
   * `shipped`, which comes with the package.
   */
  model?: string;
  /** Number of threads. Default 1, which is fastest for one character at a time. */
  threads?: number | 'all';
  /** Default `wasm`. */
  engine?: 'auto' | EngineName;
}

/** One character of a picture. */
export interface RecognizedCharacter extends CharacterReading {
  /**
   * The smallest box around its ink, in pixels of the picture as displayed, that is, turned upright by its EXIF
   * orientation. `right` and `bottom` are the first column and row outside. Pictures of more than four megapixels are
   * scaled down before they are read; their boxes are accurate to the few pixels that were averaged into one.
   */
  box: Box;
}

/** A drawing of a character, and what it is. */
export interface LearnedSample {
  /** Any text of up to 8 characters. */
  label: string;
  strokes: Drawing;
}

/** A loaded model. Calls may overlap. */
export interface Recognizer extends AsyncDisposable {
  /** The model's name. */
  readonly model: string;
  /** The characters it can recognize, one for each class. */
  readonly labels: readonly string[];
  /**
   * Recognizes one character from pen strokes. Their position, size, and unit do not matter. Returns predictions, most
   * probable first. With a model that can reject, the probabilities of all characters sum to that of its being one character.
   * Throws an EmnistError: `strokes-invalid`.
   *
   * @example
   * const [best] = await recognizer.recognizeStrokes([[[0, 0], [0, 60], [35, 60]]]);
   * console.log(best.label); // L
   */
  recognizeStrokes(strokes: Drawing, options?: RecognizeOptions): Promise<Prediction[]>;
  /**
   * Recognizes one image. `pixels`: 784 bytes, 28x28 row by row, upright, ink 255 on paper 0, with the character as large
   * and as centered as in EMNIST. Returns predictions, most probable first. Throws an EmnistError: `pixels-invalid`.
   *
   * @example
   * const pixels = new Uint8Array(28 * 28);
   * for (let y = 4; y < 24; y++) pixels.fill(255, y * 28 + 13, y * 28 + 15);
   * const [digit] = await recognizer.recognizePixels(pixels, { characters: 'digits' });
   * console.log(digit.label); // 1
   */
  recognizePixels(pixels: Uint8Array | Uint8ClampedArray, options?: RecognizeOptions): Promise<Prediction[]>;
  /**
   * Like `recognizeStrokes`, but also returns how probable it is that the drawing is not one character: a scribble, half a
   * character, or several.
   *
   * @example
   * const { predictions: [best], noCharacter } = await recognizer.readStrokes([[[0, 0], [0, 60], [35, 60]]]);
   * console.log(noCharacter !== null && noCharacter >= 0.5 ? 'not sure' : best.label);
   */
  readStrokes(strokes: Drawing, options?: RecognizeOptions): Promise<CharacterReading>;
  /** Like `recognizePixels`, but also returns how probable it is that the image is not one character. */
  readPixels(pixels: Uint8Array | Uint8ClampedArray, options?: RecognizeOptions): Promise<CharacterReading>;
  /**
   * Finds the characters in a picture and recognizes each, in reading order. `picture`: a file (PNG, JPEG, WebP, GIF,
   * BMP, TIFF, or AVIF) as a path, a `file:` URL, or bytes; dark on light or light on dark. Throws EmnistErrors:
   * `input-unknown`, `picture-unsupported`, `picture-invalid`, `picture-too-large`, `picture-blank`, `picture-not-writing`, `file-missing` and others about reading the file.
   *
   * @example
   * for (const { box, predictions: [best] } of await recognizer.recognizeImage('net.png')) {
   *   console.log(best.label, box.left, box.top);
   * }
   */
  recognizeImage(picture: string | URL | Uint8Array, options?: RecognizeOptions): Promise<RecognizedCharacter[]>;
  /**
   * Reads words and lines from pen strokes, or from any picture that `recognizeImage` accepts, with a model of its own that comes
   * with the package. Lines are separated by line breaks. Each character has the indices of its strokes, or its box in a picture.
   * Characters are letters, digits, and `'-.,!?"+=/()&@#$%:;*`. Throws EmnistErrors: `strokes-invalid`, `lexicon-invalid`, and
   * those of `recognizeImage`.
   *
   * @example
   * const { text, candidates } = await recognizer.recognizeText('note.jpg');
   * console.log(text, candidates[0]?.probability);
   */
  recognizeText(input: Drawing | string | URL | Uint8Array, options?: RecognizeTextOptions): Promise<TextReading>;
  /**
   * Adapts later readings to a person's hand: at once, in memory, without training. Each call adds to the samples learned before;
   * the more samples of a character, the better it is read. A label that the model does not know, such as `π`, can be an answer
   * from three samples on. With the option `adapt: false`, a drawing is read as if nothing had been learned. Throws EmnistErrors:
   * `strokes-invalid`, `label-invalid`.
   *
   * @example
   * const sevenWithBar = [[[0, 0], [40, 0], [15, 60]], [[8, 30], [36, 30]]];
   * await recognizer.learn([{ label: '7', strokes: sevenWithBar }]);
   * const [best] = await recognizer.recognizeStrokes(sevenWithBar);
   * console.log(best.label, recognizer.learned); // 7 1
   */
  learn(samples: readonly LearnedSample[]): Promise<void>;
  /** The number of samples that readings are adapted to. */
  readonly learned: number;
  /** Forgets all samples, so that drawings are read exactly as at first. */
  forget(): Promise<void>;
  /** Frees threads and memory once pending calls are answered. Later calls throw an EmnistError: `recognizer-closed`. */
  close(): Promise<void>;
}

/**
 * Loads a model. Throws EmnistErrors: `model-missing`, `model-damaged` and others about the model.
 *
 * @example
 * await using recognizer = await loadRecognizer({ model: 'shipped' });
 * console.log(recognizer.labels.length); // 47
 */
export async function loadRecognizer(options: LoadOptions = {}): Promise<Recognizer> {
  const { model, dataDir, threads, engine } = options;
  const [recognizer, asIs] = await withHints(async () => {
    const loaded = await loadModel(model && expandHome(model), resolvePaths(dataDir));
    return [await createRecognizer(loaded, { threads, engine }), isOfOwnData(loaded)] as const;
  });
  const texts = new TextRecognizer();
  let closing: Promise<void> | null = null;
  let learned: readonly LabeledImage[] = [];

  function checkOpen(): void {
    if (closing) throw new EmnistError('recognizer-closed', 'the recognizer has been closed', {});
  }

  async function recognize(images: Uint8Array, options: RecognizeOptions = {}): Promise<CharacterReading[]> {
    checkOpen();
    return recognizer.recognize(images, parseOptions(recognizeOptions, options));
  }

  function readStrokes(strokes: Drawing, options?: RecognizeOptions): Promise<CharacterReading> {
    return withHints(async () => (await recognize(rasterize(checkDrawing(strokes)), options))[0]!);
  }

  function readPixels(pixels: Uint8Array | Uint8ClampedArray, options?: RecognizeOptions): Promise<CharacterReading> {
    return withHints(async () => (await recognize(checkPixels(pixels), options))[0]!);
  }

  const close = () => {
    closing ??= Promise.all([recognizer.dispose(), texts.dispose()]).then(() => {});
    return closing;
  };
  return {
    model: recognizer.model,
    labels: recognizer.labels,
    recognizeStrokes: async (strokes, options) => (await readStrokes(strokes, options)).predictions,
    recognizePixels: async (pixels, options) => (await readPixels(pixels, options)).predictions,
    readStrokes,
    readPixels,
    recognizeImage(picture, options) {
      return withHints(async () => {
        const characters = await readCharacters(picture, asIs);
        const readings = await recognize(Buffer.concat(characters.map(({ image }) => image)), options);
        return characters.map(({ box }, index) => ({ box, ...readings[index]! }));
      });
    },
    recognizeText(input, options) {
      return withHints(async () => {
        checkOpen();
        return texts.recognize(input, options);
      });
    },
    learn(samples) {
      return withHints(async () => {
        checkOpen();
        const added = samples.map(({ label, strokes }) => checkSample({ label, strokes, origin: 'imported' }));
        // Those that would not be used any more need no memory.
        learned = samplesToUse([...learned, ...labeledImages(added)]);
        await recognizer.adaptTo(learned);
      });
    },
    get learned() {
      return recognizer.adaptedTo;
    },
    forget() {
      return withHints(async () => {
        checkOpen();
        learned = [];
        await recognizer.adaptTo(learned);
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readCharacters(picture: string | URL | Uint8Array, asIs: boolean): Promise<PictureCharacter[]> {
  if (picture instanceof Uint8Array) return pictureCharacters(picture, 'the picture', { asIs });
  const file = picture instanceof URL ? fileURLToPath(picture) : expandHome(picture);
  return pictureCharacters(await readPicture(file), file, { asIs });
}

/** Returns a copy, since the caller may reuse the array before it is read. */
function checkPixels(pixels: Uint8Array | Uint8ClampedArray): Uint8Array {
  const isBytes = pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray;
  if (isBytes && pixels.length === IMAGE_PIXELS) return Uint8Array.from(pixels);
  throw new EmnistError(
    'pixels-invalid',
    isBytes ? `the image has ${pixels.length} bytes, not ${IMAGE_PIXELS}` : 'the pixels are not a Uint8Array',
    { bytes: isBytes ? pixels.length : null },
  );
}
