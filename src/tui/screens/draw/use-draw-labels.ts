import type { RefObject } from 'react';
import type { Drawing as DrawServer } from '../../../app/draw.ts';
import { fieldText } from '../../components/text-field.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { ThrottledStore } from '../../throttled-store.ts';
import { canLabel, type LabelTask, labelTask, typingProblem } from './draw-labels.ts';
import type { DrawAction, DrawState } from './draw-state.ts';

/**
 * Labels the drawing that is shown: handlers for the screen's keys, and the keys while a label is typed or after one has failed.
 *
 * @param restart restarts the server, which reads the samples again
 */
export function useDrawLabels(
  state: DrawState,
  store: ThrottledStore<DrawState, DrawAction>,
  server: RefObject<DrawServer | null>,
  isShown: boolean,
  restart: () => void,
) {
  const { typing, failure, last, isSaving } = state.labels;
  const run = async (task: LabelTask | null): Promise<void> => {
    if (!task || !server.current || isSaving) return;
    store.dispatchNow({ event: 'labelSaving' });
    let left = task;
    try {
      const { add, remove } = task;
      if (add) {
        const { id, label } = await server.current.addSample(add);
        store.dispatchNow({ event: 'labelAdded', task: { ...task, add }, added: { label, sample: id } });
        left = { remove };
      }
      if (remove) {
        await server.current?.removeSample(remove.sample);
        store.dispatchNow({ event: 'labelRemoved', removed: remove });
      }
    } catch (error) {
      store.dispatchNow({ event: 'labelFailed', task: left, error });
    }
  };
  const answer = (index: number) => () => {
    const prediction = state.predictions[index];
    if (prediction) void run(labelTask(state, prediction.label));
  };
  const leave = () => store.dispatchNow({ event: 'label', to: 'close' });
  const isTyping = isShown && typing !== null;
  const hasFailed = isShown && failure !== null;
  useKeys(
    isTyping && !hasFailed ? 'labelText' : null,
    {
      save() {
        if (typing && typingProblem(state.labels) === '') {
          const task = labelTask(state, fieldText(typing.field));
          if (task) void run(task);
          else leave();
        }
      },
      back: leave,
    },
    { onText: (press) => store.dispatchNow({ event: 'labelText', press }) },
  );
  useKeys(
    hasFailed ? 'labelFailed' : null,
    {
      retry() {
        if (failure?.task.add || failure?.task.remove) void run(failure.task);
        else restart();
      },
      back: () => store.dispatchNow({ event: 'labelDismissed' }),
    },
    { menu: true },
  );
  return {
    /** Whether a label is being typed or has failed, so that the keys are for it. */
    isBusy: isTyping || hasFailed,
    contexts: contextsOf(state),
    handlers: {
      ...{ confirm: answer(0), first: answer(0), second: answer(1), third: answer(2), fourth: answer(3) },
      ...{ fifth: answer(4), label: () => store.dispatchNow({ event: 'label', to: 'open' }) },
      unlabel: () => void run(last && { remove: last }),
    },
    hints: hintContexts(state),
  };
}

/** The hints while a label is typed or after one has failed. */
function contextsOf({ labels }: DrawState): readonly KeyContext[] {
  if (labels.failure) return ['labelFailed', 'global'];
  return [typingProblem(labels) === '' ? 'labelText' : 'invalidLabel'];
}

/** The hints on labels, which come before those of drawing. */
function hintContexts(state: DrawState): readonly KeyContext[] {
  const { shown, last } = state.labels;
  if (!canLabel(state)) return last ? ['afterLabel'] : [];
  if (shown) return ['labeled'];
  return [last ? 'readingAfterLabel' : 'reading'];
}
