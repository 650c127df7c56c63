/// <reference lib="esnext.disposable" preserve="true" />
import { fileURLToPath } from 'node:url';
import type { EngineName } from '../core/engine/engine.ts';
import { EmnistError } from '../core/errors.ts';
import type { Box } from '../core/images/box.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../core/images/image-size.ts';
import { readPicture } from '../core/images/picture.ts';
import { type PictureCharacter, pictureCharacters } from '../core/images/picture-characters.ts';
import { loadModel } from '../core/model/model-store.ts';
import { resolvePaths } from '../core/paths.ts';
import type { Prediction } from '../core/prediction.ts';
import type { RecognizeOptions } from '../core/recognizer/recognize-options.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { checkDrawing } from '../core/strokes/stroke-file.ts';
import type { Home } from './home.ts';

export interface LoadOptions extends Home {
  /**
   * A model by name, or by the path of its folder; see `listModels`. Default: the one trained last or, where there is
   * none, `shipped`, which comes with the package.
   */
  model?: string;
  /** Threads to work with. Default 1, which is fastest for one character at a time. */
  threads?: number | 'all';
  /** What to compute with. Default `wasm`. */
  engine?: 'auto' | EngineName;
}

/** One character of a picture. */
export interface RecognizedCharacter {
  /**
   * The smallest box around its ink, in pixels of the picture as it is seen, that is turned upright by its EXIF
   * orientation. `right` and `bottom` are the first column and row outside. Pictures of more than four megapixels are
   * scaled down before they are read; their boxes are accurate to the few pixels that were averaged into one.
   */
  box: Box;
  /** Most probable first. */
  predictions: Prediction[];
}

/** A model ready to read characters. Calls may overlap. */
export interface Recognizer extends AsyncDisposable {
  /** The model's name. */
  readonly model: string;
  /** The characters that it knows. */
  readonly labels: readonly string[];
  /**
   * What a drawing of one character may be, most probable first. Only its shape counts, not its place, size or unit.
   * Throws an EmnistError: `strokes-invalid`.
   */
  recognizeStrokes(strokes: Drawing, options?: RecognizeOptions): Promise<Prediction[]>;
  /**
   * What one image may be, most probable first. `pixels`: 784 bytes, 28x28 row by row, upright, ink 255 on paper 0, the
   * character in the middle and filling it, as EMNIST has them. Throws an EmnistError: `pixels-invalid`.
   */
  recognizePixels(pixels: Uint8Array | Uint8ClampedArray, options?: RecognizeOptions): Promise<Prediction[]>;
  /**
   * The characters of a picture in reading order. `picture`: a PNG or JPEG file, by its path, `file:` URL or bytes; dark
   * on light or light on dark. Throws EmnistErrors: `input-unknown`, `picture-invalid`, `picture-too-large`,
   * `picture-blank`, `picture-not-writing`, and those of reading a file.
   */
  recognizeImage(picture: string | URL | Uint8Array, options?: RecognizeOptions): Promise<RecognizedCharacter[]>;
  /** Frees its threads and memory, once the calls that are under way are answered. */
  close(): Promise<void>;
}

/** Makes a model ready. Throws an EmnistError when there is no such model or it is damaged. */
export async function loadRecognizer(options: LoadOptions = {}): Promise<Recognizer> {
  const { model, dataDir, threads, engine } = options;
  const recognizer = await createRecognizer(await loadModel(model, resolvePaths(dataDir)), { threads, engine });
  let closing: Promise<void> | null = null;

  async function recognize(images: Uint8Array, options?: RecognizeOptions): Promise<Prediction[][]> {
    if (closing) {
      throw new EmnistError('recognizer-closed', 'the recognizer was closed', 'load another with loadRecognizer()');
    }
    return recognizer.recognize(images, options);
  }

  const close = () => {
    closing ??= recognizer.dispose();
    return closing;
  };
  return {
    model: recognizer.model,
    labels: recognizer.labels,
    async recognizeStrokes(strokes, options) {
      const [predictions] = await recognize(rasterize(checkDrawing(strokes)), options);
      return predictions!;
    },
    async recognizePixels(pixels, options) {
      const [predictions] = await recognize(checkPixels(pixels), options);
      return predictions!;
    },
    async recognizeImage(picture, options) {
      const characters = await readCharacters(picture);
      const predictions = await recognize(Buffer.concat(characters.map(({ image }) => image)), options);
      return characters.map(({ box }, index) => ({ box, predictions: predictions[index]! }));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readCharacters(picture: string | URL | Uint8Array): Promise<PictureCharacter[]> {
  if (picture instanceof Uint8Array) return pictureCharacters(picture, 'the picture');
  const file = picture instanceof URL ? fileURLToPath(picture) : picture;
  return pictureCharacters(await readPicture(file), file);
}

/** A copy, since the caller may reuse the array while others are read. */
function checkPixels(pixels: Uint8Array | Uint8ClampedArray): Uint8Array {
  const isBytes = pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray;
  if (isBytes && pixels.length === IMAGE_PIXELS) return Uint8Array.from(pixels);
  throw new EmnistError(
    'pixels-invalid',
    isBytes ? `an image of ${pixels.length} bytes cannot be read` : 'the pixels are not a Uint8Array',
    `give ${IMAGE_PIXELS} bytes, ${IMAGE_SIZE} x ${IMAGE_SIZE} row by row, ink 255 on paper 0`,
  );
}
