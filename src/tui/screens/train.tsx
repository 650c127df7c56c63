import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import type { TrainingRun } from '../../core/training/training-run.ts';
import { follow } from '../activity.ts';
import { Frame } from '../components/frame.tsx';
import { formKeys } from '../components/list-form.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import type { Context } from '../keymap.ts';
import type { Route } from '../routes.ts';
import { useShell } from '../shell.ts';
import { INITIAL_FORM, optionsOf, reduceForm } from './train-form.ts';
import { TrainFormView } from './train-form-view.tsx';
import { outcomeLine, TrainOutcome } from './train-outcome.tsx';
import { initialTrain, reduceTrain } from './train-state.ts';
import { TrainProgress } from './train-view.tsx';

const KEPT = 'The checkpoint of the last finished epoch is kept: training can go on from there.';

/** The training needs the machine more than its picture does. */
const PACE = { interval: 100, share: 0.015 };

/** Teaches a network: choose, watch, and what came of it. */
export function TrainScreen({ route }: { route: Extract<Route, { screen: 'train' }> }): ReactNode {
  const shell = useShell();
  const { services, session, status } = shell;
  const [form, act] = useReducer(reduceForm, INITIAL_FORM);
  const [state, store] = useStore(reduceTrain, () => initialTrain(route.split), PACE);
  const run = useRef<TrainingRun | null>(null);
  const { phase } = state;

  useEffect(() => {
    if (!status) return;
    const splits = status.datasets.filter(({ trainImages }) => trainImages !== null).map(({ split }) => split);
    act({ type: 'present', splits, models: status.models, wanted: route.split });
  }, [status, route.split]);

  const start = () => {
    const options = optionsOf(form);
    act({ type: 'choose' });
    if (!options) return shell.go({ screen: 'fetch' });
    store.act({ event: 'begin', split: options.split });
    const training = services.train(options);
    run.current = training;
    follow(session, {
      name: 'The training',
      onStop: KEPT,
      asksFirst: true,
      events: training,
      stop(reason) {
        store.act({ event: 'stopping', when: 'batch' });
        training.stop('batch', reason);
      },
      onEvent: (event) => store.dispatch(event),
      onEnd(failure) {
        run.current = null;
        if (failure) store.act({ event: 'failed', error: failure.error });
        else store.publish();
        if (store.state.end) session.note(outcomeLine(store.state));
        shell.refreshStatus();
      },
    });
  };
  const stop = (when: 'epoch' | 'batch') => () => {
    if (state.stopping === 'batch' || state.stopping === when) return;
    store.act({ event: 'stopping', when });
    run.current?.stop(when, 'stopped');
  };
  const askToStop = () => {
    if (state.stopping === 'batch') return;
    shell.ask({ title: 'Stop the training?', lines: [KEPT], yes: 'stop it', no: 'go on', onYes: stop('batch') });
  };
  const home = () => shell.go({ screen: 'home' });

  useKeys(
    phase === 'form' ? 'form' : null,
    { ...formKeys(act), start, back: home },
    {
      menu: true,
      onOther: (name) => {
        if (/^\d$/.test(name)) act({ type: 'digit', digit: Number(name) });
        else if (name === 'backspace') act({ type: 'backspace' });
      },
    },
  );
  useKeys(phase === 'running' ? 'training' : null, {
    pause: () => (state.paused ? run.current?.resume() : run.current?.pause()),
    stopAfterEpoch: stop('epoch'),
    stopNow: stop('batch'),
    back: askToStop,
  });
  const model = state.end?.model ?? undefined;
  const again = () => store.act({ event: 'again' });
  useKeys(
    phase === 'done' && model ? 'trained' : null,
    {
      evaluate: () => shell.go({ screen: 'evaluate', model }),
      draw: () => shell.go({ screen: 'draw', model }),
      again,
      back: home,
    },
    { menu: true },
  );
  useKeys(phase === 'failed' || (phase === 'done' && !model) ? 'failed' : null, { again, back: home }, { menu: true });

  const contexts: readonly Context[] = {
    form: ['form', 'global'] as const,
    running: ['training'] as const,
    done: [model ? 'trained' : 'failed', 'global'] as const,
    failed: ['failed', 'global'] as const,
  }[phase];
  const title = state.start && phase !== 'form' ? `Train ${state.start.model}` : 'Train a network';
  return (
    <Frame title={title} contexts={contexts}>
      {phase === 'form' ? <TrainFormView form={form} /> : null}
      {phase === 'running' ? <TrainProgress state={state} /> : null}
      {phase === 'done' || phase === 'failed' ? <TrainOutcome state={state} /> : null}
    </Frame>
  );
}
