import { chooseClasses } from '../core/labels.ts';
import { loadModel, type OnUnusable } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { likeliest, NOT_SURE } from '../core/prediction.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { DrawReader, Recognition } from '../core/server/draw-options.ts';
import { type Expectation, plainExpectation } from '../core/server/expectation.ts';
import type { Drawing, Stroke } from '../core/strokes/drawing.ts';
import { drawingNotice } from '../core/strokes/drawing-notice.ts';
import { rasterize } from '../core/strokes/rasterize.ts';

/** A model that reads drawings until it is disposed of. */
export interface LoadedReader extends DrawReader {
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
  const recognize = async (strokes: readonly Stroke[], expected: Expectation = {}): Promise<Recognition> => {
    const read = async (image: Uint8Array) => (await recognizer.recognize(image, plainExpectation(expected)))[0]!;
    const readPart = async (part: Drawing) => likeliest(await read(rasterize(part)));
    const image = rasterize(strokes);
    const reading = await read(image);
    const { predictions, noCharacter } = reading;
    const isUnsure = noCharacter !== null && noCharacter >= NOT_SURE;
    const labels = chooseClasses(model.labels, expected.characters ?? 'all').map(({ label }) => label);
    const shape = await drawingNotice(strokes, { best: likeliest(reading), noCharacter, labels, readPart });
    const notice = shape ?? (isUnsure ? 'not-sure' : undefined);
    return { predictions, noCharacter: noCharacter ?? undefined, image, notice };
  };
  // The first readings take many times as long as later ones, and somebody waits for them.
  for (let reading = 0; reading < 3; reading++) await recognize(TWO_LINES);
  let disposed: Promise<void> | undefined;
  return {
    model: { name: model.name, labels: model.labels, split: model.training?.split },
    recognize,
    dispose() {
      disposed ??= recognizer.dispose();
      return disposed;
    },
  };
}
