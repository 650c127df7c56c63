import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import { images, percent } from '../../../app/format.ts';
import { sourceName } from '../../../app/source-name.ts';
import { SurestMistakes } from '../../../app/surest-mistakes.ts';
import { useAppContext } from '../../app-context.ts';
import { filterKeys, isFiltering } from '../../components/filter.ts';
import { Frame } from '../../components/frame.tsx';
import { formKeys, moveKeys } from '../../components/list-form.ts';
import { pageOf } from '../../components/long-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import { useThrottledStore } from '../../hooks/use-throttled-store.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import { isAbortError, runTask } from '../../run-task.ts';
import type { Task } from '../../tasks.ts';
import { INITIAL_FORM, reduceForm, submittedOptions } from './evaluate-form.ts';
import { EvaluateFormView, modelListHeight, rowOfLine } from './evaluate-form-view.tsx';
import { EvaluateProgress } from './evaluate-progress.tsx';
import { EvaluateResult } from './evaluate-result.tsx';
import { INITIAL_EVALUATE, reduceEvaluate } from './evaluate-state.ts';
import { useEvaluateResult } from './use-evaluate-result.ts';

const STOP_WARNING = 'Its result so far is discarded.';

const KEY_CONTEXTS = {
  running: ['evaluating', 'global'],
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
    const options = submittedOptions(form);
    dispatch({ type: 'choose' });
    if (form.all.length === 0) return app.navigate({ screen: 'train' });
    if (form.splits.length === 0) return app.navigate({ screen: 'fetch' });
    if (!options) return;
    const controller = new AbortController();
    const mistakes = new SurestMistakes();
    store.dispatchNow({ event: 'submit' });
    stop.current = runTask(tasks, {
      name: 'The evaluation',
      stopWarning: STOP_WARNING,
      events: services.evaluate(options, controller.signal, (mistake) => mistakes.add(mistake)),
      stop: () => controller.abort(),
      onEvent(event) {
        if (event.event === 'end') store.dispatch({ event: 'mistakes', mistakes: mistakes.list() });
        store.dispatch(event);
        if (event.event !== 'end') return;
        tasks.addToSummary(
          `Evaluated ${event.model} on ${sourceName(event)}: ${percent(event.accuracy, 2)} accuracy on ${images(event.images)}.`,
        );
      },
      onEnd(failure) {
        stop.current = null;
        if (!failure) store.flush();
        else if (isAbortError(controller.signal, failure.error)) store.dispatchNow({ event: 'canceled' });
        else store.dispatchNow({ event: 'failed', error: failure.error });
      },
    });
  };
  const stopNow = () => void stop.current?.('stopped');
  const confirmStop = () =>
    app.confirm({
      title: 'Stop the evaluation?',
      lines: [STOP_WARNING],
      yes: 'stop it',
      no: 'keep evaluating',
      onConfirm: stopNow,
      isCurrent: () => stop.current !== null,
    });
  const restart = () => store.dispatchNow({ event: 'reset' });
  const isTyping = form.filter.isTyping;
  const page = pageOf(modelListHeight(app));

  useKeys(
    phase === 'form' && !isTyping ? 'filterForm' : null,
    {
      ...formKeys(dispatch, page),
      start,
      filter: () => dispatch({ type: 'filter', to: 'open' }),
      back: () => {
        if (isFiltering(form.filter)) dispatch({ type: 'filter', to: 'clear' });
        else app.back();
      },
    },
    { menu: true },
  );
  useKeys(
    phase === 'form' && isTyping ? 'filtering' : null,
    { ...moveKeys(dispatch, page), ...filterKeys(dispatch) },
    { onText: (press) => dispatch({ type: 'filterText', press }) },
  );
  const isEmpty = form.all.length === 0 || form.splits.length === 0;
  const isOnField = form.focus >= form.models.length;
  useListMouse(
    phase === 'form' && !isEmpty
      ? {
          ...{ top: 0, entryAt: (line) => rowOfLine(form, app, line), focus: form.focus, context: 'formMouse' },
          onFocus: (row) => dispatch({ type: 'move', by: row - form.focus }),
          onOpen: () => (isOnField ? dispatch({ type: 'change', by: 1 }) : start()),
          onWheel: (by) => dispatch({ type: 'move', by }),
        }
      : null,
  );
  useKeys(phase === 'running' ? 'evaluating' : null, { stopNow, back: confirmStop });
  const result = useEvaluateResult(state, restart);
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { restart, back: restart }, { menu: true });

  const formContext = isEmpty ? 'view' : isOnField ? 'field' : 'filterForm';
  const formContexts: readonly KeyContext[] = isTyping ? ['filtering'] : [formContext, 'global'];
  const keyContexts =
    phase === 'form' ? formContexts : phase === 'done' ? [result.context, 'global' as const] : KEY_CONTEXTS[phase];
  return (
    <Frame title="Evaluate a model" keyContexts={keyContexts}>
      {phase === 'form' ? <EvaluateFormView form={form} /> : null}
      {phase === 'running' ? <EvaluateProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <EvaluateResult state={state} lists={result.lists} /> : null}
    </Frame>
  );
}
