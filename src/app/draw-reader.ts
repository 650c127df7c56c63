import { chooseClasses } from '../core/labels.ts';
import { loadModel, type OnUnusable } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { likeliest, NOT_SURE } from '../core/prediction.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { Sample } from '../core/samples/sample.ts';
import type { DrawReader } from '../core/server/draw-options.ts';
import { plainExpectation } from '../core/server/expectation.ts';
import type { Drawing, Stroke } from '../core/strokes/drawing.ts';
import { drawingNotice } from '../core/strokes/drawing-notice.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { labeledImages } from './labeled-images.ts';

/** A model that reads drawings until it is disposed of. */
export interface LoadedReader extends Omit<DrawReader, 'inspect'>, Required<Pick<DrawReader, 'inspect'>> {
  /** Adapts later readings to these samples instead of the previous ones; see `Recognizer`. */
  adaptTo(samples: readonly Pick<Sample, 'label' | 'strokes'>[], signal?: AbortSignal): Promise<void>;
  dispose(): Promise<void>;
}

/** A drawing that needs all that a reading may need: also its parts are read. */
export const TWO_LINES: readonly Stroke[] = [
  [
    [0, 0],
    [10, 50],
    [0, 100],
  ],
  [
    [20, 0],
    [10, 50],
    [20, 100],
  ],
];

/** A model that is ready to read drawings. */
export async function loadReader(
  nameOrPath: string | undefined,
  paths: Paths,
  onUnusable?: OnUnusable,
): Promise<LoadedReader> {
  const model = await loadModel(nameOrPath, paths, onUnusable);
  const recognizer = await createRecognizer(model);
  const recognize: DrawReader['recognize'] = async (strokes, { adapt = true, ...expected } = {}) => {
    const options = { ...plainExpectation(expected), adapt };
    const read = async (image: Uint8Array) => (await recognizer.recognize(image, options))[0]!;
    const readPart = async (part: Drawing) => likeliest(await read(rasterize(part)));
    const image = rasterize(strokes);
    const adaptedTo = adapt && recognizer.adaptedTo > 0 && { adaptedTo: recognizer.adaptedTo };
    const reading = await read(image);
    const { predictions, noCharacter } = reading;
    const isUnsure = noCharacter !== null && noCharacter >= NOT_SURE;
    const best = likeliest(reading);
    const newLabels = adapt ? recognizer.newLabels : [];
    const labels = chooseClasses([...model.labels, ...newLabels], expected.characters ?? 'all')
      .map(({ label }) => label)
      .filter((label) => !newLabels.includes(label));
    // The shapes of the user's own signs are not known.
    const isOwnSign = newLabels.includes(best.label);
    const shape = isOwnSign ? null : await drawingNotice(strokes, { best, noCharacter, labels, readPart });
    const notice = shape ?? (isUnsure ? 'not-sure' : undefined);
    return { predictions, noCharacter: noCharacter ?? undefined, image, notice, ...adaptedTo };
  };
  // The first readings take many times as long as later ones, and somebody waits for them.
  for (let reading = 0; reading < 3; reading++) await recognize(TWO_LINES);
  let disposed: Promise<void> | undefined;
  return {
    model: { name: model.name, labels: model.labels, split: model.training?.split },
    recognize,
    inspect: (image, options) => recognizer.inspect(image, options),
    adaptTo: (samples, signal) => recognizer.adaptTo(labeledImages(samples), { signal }),
    dispose() {
      disposed ??= recognizer.dispose();
      return disposed;
    },
  };
}
