import { percent } from '../../../app/format.ts';
import { columnsOf, printable } from '../../../app/text-layout.ts';
import type { Prediction } from '../../../core/prediction.ts';

/** How the drawing on display was read after an epoch of training. */
interface EpochReading extends Prediction {
  readonly epoch: number;
}

/** Which epoch's weights read the drawings, if the model is being trained at the same time. */
export interface CheckpointState {
  /** The epoch that was loaded last, or is being loaded. */
  readonly asked: { readonly model: string; readonly epoch: number } | null;
  readonly isLoading: boolean;
  /** The epoch of the weights that read; null for a model that is not being trained. */
  readonly epoch: number | null;
  /** The readings of the drawing on display, one for each epoch that has read it. */
  readonly readings: readonly EpochReading[];
}

export const NO_CHECKPOINT: CheckpointState = { asked: null, isLoading: false, epoch: null, readings: [] };

export type CheckpointAction =
  /** The weights of an epoch are being loaded. */
  { event: 'loading'; model: string; epoch: number } | { event: 'loaded' };

export function reduceCheckpoint(state: CheckpointState, action: CheckpointAction): CheckpointState {
  if (action.event === 'loaded') return { ...state, isLoading: false };
  const { model, epoch } = action;
  return { ...state, asked: { model, epoch }, isLoading: true };
}

/** The state once a model has been loaded. */
export function noteModel(state: CheckpointState, model: string): CheckpointState {
  if (model !== state.asked?.model) return { ...NO_CHECKPOINT, isLoading: state.isLoading };
  return { ...state, epoch: state.asked.epoch };
}

/** The state once a drawing has been read. Another drawing begins another history. */
export function noteReading(
  state: CheckpointState,
  isSameDrawing: boolean,
  best: Prediction | undefined,
): CheckpointState {
  const { epoch } = state;
  const earlier = isSameDrawing ? state.readings.filter((reading) => reading.epoch !== epoch) : [];
  return { ...state, readings: epoch === null || !best ? earlier : [...earlier, { ...best, epoch }] };
}

/** How the reading has changed: `epoch 1: Q 41% · epoch 2: 9 63%`, as many of the latest epochs as fit; empty before the second. */
export function readingsText({ readings }: CheckpointState, width: number, separator: string): string {
  if (readings.length < 2) return '';
  const texts = readings.map(
    ({ epoch, label, probability }) => `epoch ${epoch}: ${printable(label)} ${percent(probability, 0)}`,
  );
  let text = '';
  for (const earlier of texts.reverse()) {
    const longer = text === '' ? earlier : `${earlier} ${separator} ${text}`;
    if (columnsOf(longer) > width) break;
    text = longer;
  }
  return text;
}
