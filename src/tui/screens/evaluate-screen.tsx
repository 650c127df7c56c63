import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import { images, percent } from '../../app/format.ts';
import { sourceName } from '../../app/source-name.ts';
import { useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { formKeys } from '../components/list-form.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Route } from '../routes.ts';
import { isAbortError, runTask } from '../run-task.ts';
import type { Task } from '../tasks.ts';
import { INITIAL_FORM, PART_CHOICES, reduceForm } from './evaluate-form.ts';
import { EvaluateFormView } from './evaluate-form-view.tsx';
import { EvaluateProgress } from './evaluate-progress.tsx';
import { EvaluateResult } from './evaluate-result.tsx';
import { INITIAL_EVALUATE, reduceEvaluate } from './evaluate-state.ts';

const KEY_CONTEXTS = {
  form: ['form', 'global'],
  running: ['evaluating'],
  done: ['evaluated', 'global'],
  canceled: ['failed', 'global'],
  failed: ['failed', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>;

/** Evaluates a model: form, progress and result. */
export function EvaluateScreen({ route }: { route: Extract<Route, { screen: 'evaluate' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks, status } = app;
  const [form, dispatch] = useReducer(reduceForm, INITIAL_FORM);
  const [state, store] = useThrottledStore(reduceEvaluate, () => INITIAL_EVALUATE);
  const stop = useRef<Task['stop'] | null>(null);
  const { phase } = state;

  useEffect(() => {
    if (status) dispatch({ type: 'load', models: status.models, datasets: status.datasets, model: route.model });
  }, [status, route.model]);

  const start = () => {
    const submitted = reduceForm(form, { type: 'choose' });
    dispatch({ type: 'choose' });
    const split = submitted.splits[submitted.split];
    const model = submitted.models[submitted.choice];
    if (!split) return app.navigate({ screen: 'fetch' });
    if (!model) return app.navigate({ screen: 'train' });
    const controller = new AbortController();
    store.dispatchNow({ event: 'submit' });
    stop.current = runTask(tasks, {
      name: 'The evaluation',
      events: services.evaluate({ split, part: PART_CHOICES[submitted.part], model: model.name }, controller.signal),
      stop: () => controller.abort(),
      onEvent(event) {
        store.dispatch(event);
        if (event.event !== 'end') return;
        tasks.addToSummary(
          `Evaluated ${event.model} on ${sourceName(event)}: ${percent(event.accuracy, 2)} accuracy on ${images(event.images)}.`,
        );
      },
      onEnd(failure) {
        if (!failure) store.flush();
        else if (isAbortError(controller.signal, failure.error)) store.dispatchNow({ event: 'canceled' });
        else store.dispatchNow({ event: 'failed', error: failure.error });
      },
    });
  };
  const back = () => app.navigate({ screen: 'home' });
  const restart = () => store.dispatchNow({ event: 'reset' });

  useKeys(phase === 'form' ? 'form' : null, { ...formKeys(dispatch), start, back }, { menu: true });
  useKeys(phase === 'running' ? 'evaluating' : null, { cancel: () => void stop.current?.('stopped') });
  useKeys(phase === 'done' ? 'evaluated' : null, { restart, back }, { menu: true });
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { restart, back }, { menu: true });

  return (
    <Frame title="Evaluate a model" keyContexts={KEY_CONTEXTS[phase]}>
      {phase === 'form' ? <EvaluateFormView form={form} /> : null}
      {phase === 'running' ? <EvaluateProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <EvaluateResult state={state} /> : null}
    </Frame>
  );
}
