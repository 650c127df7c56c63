import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import type { TrainOptions } from '../../app/options/train.ts';
import { printable } from '../../app/text-layout.ts';
import type { DatasetName } from '../../core/dataset/dataset-name.ts';
import { isEmnistError } from '../../core/errors.ts';
import type { TrainingRun } from '../../core/training/training-run.ts';
import { useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { formKeys, listKeys } from '../components/list-form.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Route } from '../routes.ts';
import { runTask } from '../run-task.ts';
import { entryText, findOwn, type ModelEntry } from './model-entry.ts';
import {
  focusedField,
  INITIAL_FORM,
  isFixed,
  lacksNetwork,
  nameProblem,
  reduceForm,
  replaced,
  resumedRun,
  submitted,
  submittedOptions,
  type TrainForm,
} from './train-form.ts';
import { TrainFormView } from './train-form-view.tsx';
import { TrainProgress } from './train-progress.tsx';
import { summaryLine, TrainResult } from './train-result.tsx';
import { initialTrain, reduceTrain, type TrainState } from './train-state.ts';

/** What stopping the run means. */
function stopWarning({ start, epochs }: TrainState): string {
  if (epochs.length > 0 || (start?.epochsDone ?? 0) > 0) {
    return 'It can be resumed from the checkpoint of its last completed epoch.';
  }
  return 'Its first epoch is not complete, so nothing will be saved.';
}

/** Training needs the CPU more than its charts do. */
const THROTTLE = { interval: 100, maxShare: 0.015 };

/** Trains a network: form, progress and result. */
export function TrainScreen({ route }: { route: Extract<Route, { screen: 'train' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks, status } = app;
  const [form, dispatch] = useReducer(reduceForm, INITIAL_FORM);
  const [state, store] = useThrottledStore(reduceTrain, () => initialTrain(route.split), THROTTLE);
  const run = useRef<TrainingRun | null>(null);
  const { phase } = state;

  useEffect(() => {
    if (!status) return;
    const splits = status.datasets.filter(({ trainImages }) => trainImages !== null).map(({ split }) => split);
    dispatch({ type: 'load', splits, known: status, split: route.split, resume: route.resume });
  }, [status, route.split, route.resume]);

  const start = () => {
    const options = submittedOptions(form);
    const next = submitted(form);
    dispatch({ type: 'choose' });
    // The form says why.
    if (lacksNetwork(next)) return dispatch({ type: 'focus', field: 'network' });
    if (!options) return app.navigate({ screen: 'fetch' });
    if (nameProblem(next)) return dispatch({ type: 'focus', field: 'name' });
    const old = replaced(next);
    if (old) confirmReplacing(old, options);
    else train(options);
  };
  const confirmReplacing = (old: ModelEntry, options: TrainOptions & { split: DatasetName }) => {
    const { name } = old;
    // The status may not have it yet.
    const isListed = status !== null && findOwn(name, status) !== undefined;
    app.confirm({
      title: `Replace ${printable(name)}?`,
      lines: [
        `This would be lost: ${entryText(old)}.`,
        'The new model replaces it after the first epoch, and it cannot be recovered. Another name keeps both.',
      ],
      yes: 'replace it',
      no: 'keep it',
      onConfirm: () => train({ ...options, overwrite: true }),
      isAboutFiles: true,
      isCurrent: (current) => !isListed || current === null || findOwn(name, current) !== undefined,
    });
  };
  const train = (options: TrainOptions & { split: DatasetName }) => {
    store.dispatchNow({ event: 'submit', split: options.split });
    const training = services.train(options);
    run.current = training;
    runTask(tasks, {
      name: 'The training run',
      get stopWarning() {
        return stopWarning(store.state);
      },
      events: training,
      stop(reason) {
        store.dispatchNow({ event: 'stopping', when: 'batch' });
        training.stop('batch', reason);
      },
      onEvent: (event) => store.dispatch(event),
      onEnd(failure) {
        run.current = null;
        app.refreshStatus();
        if (failure && isEmnistError(failure.error, 'model-exists')) {
          // Another program has made it since the status was read.
          restart();
          return confirmReplacing({ name: failure.error.data.model }, options);
        }
        if (failure) store.dispatchNow({ event: 'failed', error: failure.error });
        else store.flush();
        if (store.state.end) tasks.addToSummary(summaryLine(store.state));
      },
    });
  };
  const stop = (when: 'epoch' | 'batch') => () => {
    if (state.stopping === 'batch' || state.stopping === when) return;
    store.dispatchNow({ event: 'stopping', when });
    run.current?.stop(when, 'stopped');
  };
  const confirmStop = () => {
    if (state.stopping === 'batch') return;
    app.confirm({
      title: 'Stop the training run?',
      lines: [stopWarning(state)],
      yes: 'stop it',
      no: 'keep training',
      onConfirm: stop('batch'),
      isCurrent: () => run.current !== null,
    });
  };
  const restart = () => store.dispatchNow({ event: 'reset' });
  const model = state.end?.model ?? undefined;
  const hasModel = phase === 'done' && model !== undefined;
  const hasFailed = phase === 'failed' || (phase === 'done' && !hasModel);

  const isEmpty = form.splits.length === 0 || app.statusError !== null;
  const isTyping = phase === 'form' && !isEmpty && isTextField(form);
  const type = (press: KeyPress) => dispatch({ type: 'text', press });
  useKeys(phase === 'form' && isEmpty ? 'view' : null, { back: app.back }, { menu: true });
  useKeys(
    phase === 'form' && !isEmpty && !isTyping ? 'trainForm' : null,
    { ...formKeys(dispatch), start, back: app.back },
    {
      onTextElsewhere: (press) => {
        const isNumber = focusedField(form) === 'epochs' && /^\d$/.test(press.text);
        if (isNumber) dispatch({ type: 'digit', digit: Number(press.text) });
        else type(press);
      },
      onOther: (name) => {
        if (name === 'backspace' && focusedField(form) === 'epochs') dispatch({ type: 'backspace' });
      },
    },
  );
  useKeys(isTyping ? 'text' : null, { ...listKeys(dispatch), start, back: app.back }, { onText: type });
  useKeys(phase === 'running' ? 'training' : null, {
    pause: () => (state.paused ? run.current?.resume() : run.current?.pause()),
    stopAfterEpoch: stop('epoch'),
    stopNow: stop('batch'),
    back: confirmStop,
  });
  useKeys(
    hasModel ? 'trained' : null,
    {
      evaluate: () => app.navigate({ screen: 'evaluate', model }),
      draw: () => app.navigate({ screen: 'draw', model }),
      restart,
      back: restart,
    },
    { menu: true },
  );
  useKeys(hasFailed ? 'failed' : null, { restart, back: restart }, { menu: true });

  const result: KeyContext = hasModel ? 'trained' : 'failed';
  const formContext = isEmpty ? 'view' : hintContext(form);
  const keyContexts: Record<'form' | 'running', readonly KeyContext[]> = {
    form: isTyping ? [formContext] : [formContext, 'global'],
    running: ['training', 'global'],
  };
  const title = state.start && phase !== 'form' ? `Train ${state.start.model}` : 'Train a network';
  return (
    <Frame
      title={title}
      keyContexts={phase === 'form' || phase === 'running' ? keyContexts[phase] : [result, 'global']}
    >
      {phase === 'form' ? <TrainFormView form={form} /> : null}
      {phase === 'running' ? <TrainProgress state={state} /> : null}
      {phase === 'done' || phase === 'failed' ? <TrainResult state={state} /> : null}
    </Frame>
  );
}

/** Whether the focused field is one for text. */
function isTextField(form: TrainForm): boolean {
  const field = focusedField(form);
  return field === 'network' || (field === 'name' && !resumedRun(form));
}

/** What the keys of the form do at the moment. */
function hintContext(form: TrainForm): KeyContext {
  const field = focusedField(form);
  if (field === undefined) return 'trainForm';
  if (field === 'name' && nameProblem(form)) return 'invalidField';
  if (isFixed(form, field)) return 'fixedField';
  if (field === 'network') return lacksNetwork(form) ? 'invalidField' : 'text';
  return field === 'name' ? 'text' : 'field';
}
