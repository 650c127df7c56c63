import { resolvePaths } from '../core/paths.ts';
import type { Sample } from '../core/samples/sample.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { withHints } from './explain-error.ts';
import type { Home } from './home.ts';

/** A drawing and what it is. */
export interface LabeledDrawing {
  /** A character, or any text of up to 8 characters. */
  label: string;
  /** x to the right, y down, in any unit; stored with a thousandth of its size as precision. At most 5000 points. */
  strokes: Drawing;
}

/**
 * Adds a drawing to the samples of the user, from which models learn to read this hand, and returns it once it is on disk.
 * Throws `label-invalid`, `strokes-invalid`, `samples-full`, `too-many-labels`, `samples-invalid`, and errors about the
 * file.
 *
 * @example
 * const { id } = await addSample({ label: 'π', strokes: [[[0, 0], [40, 0]], [[10, 0], [8, 30]], [[30, 0], [32, 30]]] });
 */
export async function addSample({ label, strokes }: LabeledDrawing, { dataDir }: Home = {}): Promise<Sample> {
  return withHints(async () => {
    const store = await SampleStore.open(resolvePaths(dataDir).samples);
    const [added] = await store.add([{ label, strokes, origin: 'imported' }]);
    return added!;
  });
}

/**
 * The samples of the user, in the order they were labeled: on the canvas page, in the app, and by programs. Throws
 * `samples-invalid` and errors about the file.
 *
 * @example
 * for (const { label, strokes } of await listSamples()) console.log(label, strokes.length);
 */
export async function listSamples({ dataDir }: Home = {}): Promise<Sample[]> {
  return withHints(async () => [...(await SampleStore.open(resolvePaths(dataDir).samples)).samples]);
}

/**
 * Removes a sample by its `id`, for example because its label was wrong. Returns whether there was one. Throws
 * `samples-invalid` and errors about the file.
 *
 * @example
 * const [first] = await listSamples();
 * if (first) await removeSample(first.id);
 */
export async function removeSample(id: string, { dataDir }: Home = {}): Promise<boolean> {
  return withHints(async () => {
    const store = await SampleStore.open(resolvePaths(dataDir).samples);
    return (await store.remove((sample) => sample.id === id)).length > 0;
  });
}
