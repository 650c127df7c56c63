import { EmnistError, isEmnistError } from '../errors.ts';
import { readStrokeFile } from '../strokes/stroke-file.ts';
import { checkSample } from './check-sample.ts';
import type { NewSample } from './sample.ts';
import { MAX_SAMPLES, MAX_SAMPLES_BYTES } from './sample-store.ts';

/**
 * Reads the labeled drawings of a stroke file, as they would be stored, and counts those that have no label. Throws
 * `strokes-unlabeled` if none has one, `samples-full` if there are more than can be kept, in number or in bytes (`maxBytes`),
 * `label-invalid`, the errors of `readStrokeFile`, and the signal's reason.
 */
export async function readLabeledDrawings(
  file: string,
  signal?: AbortSignal,
  maxBytes = MAX_SAMPLES_BYTES,
): Promise<{ drawings: NewSample[]; unlabeled: number }> {
  const drawings: NewSample[] = [];
  let unlabeled = 0;
  let bytes = 0;
  for await (const { label, strokes, line } of readStrokeFile(file)) {
    signal?.throwIfAborted();
    if (label === undefined) {
      unlabeled++;
      continue;
    }
    if (drawings.length === MAX_SAMPLES) {
      const message = `${file} has more than ${MAX_SAMPLES.toLocaleString('en-US')} labeled drawings`;
      throw new EmnistError('samples-full', message, { file, limit: MAX_SAMPLES, unit: 'samples' });
    }
    const drawing = aboutLine(file, line, () => checkSample({ label, strokes, origin: 'imported' }));
    // A compressed file may be small, and its drawings not fit into memory.
    bytes += JSON.stringify(drawing.strokes).length;
    if (bytes > maxBytes) {
      const message = `the labeled drawings of ${file} have more than ${maxBytes / 2 ** 20} MB`;
      throw new EmnistError('samples-full', message, { file, limit: maxBytes, unit: 'bytes' });
    }
    drawings.push(drawing);
  }
  if (drawings.length === 0) {
    throw new EmnistError('strokes-unlabeled', `${file} has no labeled drawings`, { file });
  }
  return { drawings, unlabeled };
}

function aboutLine<T>(file: string, line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const cause = { cause: error };
    if (isEmnistError(error, 'label-invalid')) {
      throw new EmnistError('label-invalid', `${file}:${line}: ${error.message}`, { ...error.data, file, line }, cause);
    }
    if (isEmnistError(error, 'strokes-invalid')) {
      const data = { ...error.data, source: file, line };
      throw new EmnistError('strokes-invalid', `${file}:${line}: ${error.message}`, data, cause);
    }
    throw error;
  }
}
