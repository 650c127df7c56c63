import { isEmnistError } from '../core/errors.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import { recordEvaluation } from '../core/model/model-notes.ts';
import { findModel, SHIPPED, type StoredModel } from '../core/model/model-store.ts';
import { absolutePath } from '../core/paths.ts';
import type { WorkContext } from './work.ts';

type End = Extract<EvaluateEvent, { event: 'end' }>;

/** Adds a result to the notes about the model. An evaluation that has ended does not fail because of them. */
export async function keepEvaluation(
  { split, part, strokes, prior, images, accuracy, top5Accuracy, loss }: End,
  characters: string,
  { stored, weightsFile }: StoredModel,
  { paths, signal }: WorkContext,
): Promise<Pick<End, 'notKept'>> {
  // The loss is not a number if weights are not, and could not be kept as JSON.
  if (stored === null || weightsFile === null || !Number.isFinite(loss)) return {};
  const evaluation = {
    ...{ split, part, ...(strokes !== undefined && { strokes: absolutePath(strokes) }), characters, prior },
    ...{ images, accuracy, top5Accuracy, loss, date: new Date().toISOString() },
  };
  try {
    // Meanwhile its training may have gone on.
    const current = stored === SHIPPED ? weightsFile : (await findModel(paths, stored))?.weightsFile;
    if (current === weightsFile) {
      await recordEvaluation(paths, stored, { weights: weightsFile, evaluation }, { signal });
    }
    return {};
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { notKept: error.message };
  }
}
