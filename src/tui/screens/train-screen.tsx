import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import type { TrainingRun } from '../../core/training/training-run.ts';
import { useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { formKeys } from '../components/list-form.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Route } from '../routes.ts';
import { runTask } from '../run-task.ts';
import { INITIAL_FORM, reduceForm, submittedOptions } from './train-form.ts';
import { TrainFormView } from './train-form-view.tsx';
import { TrainProgress } from './train-progress.tsx';
import { summaryLine, TrainResult } from './train-result.tsx';
import { initialTrain, reduceTrain } from './train-state.ts';

const STOP_WARNING = 'It can be resumed from the checkpoint of its last completed epoch.';

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
    dispatch({ type: 'load', splits, models: status.models, split: route.split });
  }, [status, route.split]);

  const start = () => {
    const options = submittedOptions(form);
    dispatch({ type: 'choose' });
    if (!options) return app.navigate({ screen: 'fetch' });
    store.dispatchNow({ event: 'submit', split: options.split });
    const training = services.train(options);
    run.current = training;
    runTask(tasks, {
      name: 'The training run',
      stopWarning: STOP_WARNING,
      events: training,
      stop(reason) {
        store.dispatchNow({ event: 'stopping', when: 'batch' });
        training.stop('batch', reason);
      },
      onEvent: (event) => store.dispatch(event),
      onEnd(failure) {
        run.current = null;
        if (failure) store.dispatchNow({ event: 'failed', error: failure.error });
        else store.flush();
        if (store.state.end) tasks.addToSummary(summaryLine(store.state));
        app.refreshStatus();
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
      lines: [STOP_WARNING],
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

  useKeys(
    phase === 'form' ? 'form' : null,
    { ...formKeys(dispatch), start, back: app.back },
    {
      menu: true,
      onOther: (name) => {
        if (/^\d$/.test(name)) dispatch({ type: 'digit', digit: Number(name) });
        else if (name === 'backspace') dispatch({ type: 'backspace' });
      },
    },
  );
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
  const keyContexts = { form: ['form', 'global'], running: ['training', 'global'] } as const;
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
