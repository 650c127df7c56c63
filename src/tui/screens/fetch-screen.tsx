import { usePaste } from 'ink';
import { type ReactNode, useReducer, useRef } from 'react';
import { count } from '../../app/format.ts';
import { DEFAULT_SPLIT } from '../../core/dataset/splits.ts';
import { useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Route } from '../routes.ts';
import { isAbortError, runTask } from '../run-task.ts';
import type { Task } from '../tasks.ts';
import { initialForm, reduceForm, SOURCE_ROW, selectedChoice, sourceValue } from './fetch-form.ts';
import { FetchFormView } from './fetch-form-view.tsx';
import { FetchProgress, FetchResult } from './fetch-progress.tsx';
import { INITIAL_FETCH, reduceFetch } from './fetch-state.ts';

const STOP_WARNING = 'The next fetch resumes the download.';

const KEY_CONTEXTS = {
  form: ['form'],
  running: ['fetching'],
  done: ['fetched', 'global'],
  canceled: ['failed', 'global'],
  failed: ['failed', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>;

/** Fetches splits: form, progress and result. */
export function FetchScreen({ route }: { route: Extract<Route, { screen: 'fetch' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [form, dispatch] = useReducer(reduceForm, route.split ?? DEFAULT_SPLIT, initialForm);
  const [state, store] = useThrottledStore(reduceFetch, () => INITIAL_FETCH);
  const stop = useRef<Task['stop'] | null>(null);
  const { phase } = state;

  const start = () => {
    const choice = selectedChoice(form);
    dispatch({ type: 'choose' });
    const from = sourceValue(form);
    const controller = new AbortController();
    store.dispatchNow({ event: 'submit', choice, source: from ?? 'NIST' });
    stop.current = runTask(tasks, {
      name: 'The download',
      stopWarning: STOP_WARNING,
      events: services.fetch({ split: choice, from }, controller.signal),
      stop() {
        store.dispatchNow({ event: 'canceling' });
        controller.abort();
      },
      onEvent(event) {
        store.dispatch(event);
        if (event.event !== 'end') return;
        const { split, trainImages, testImages } = event;
        tasks.addToSummary(`Fetched ${split}: ${count(trainImages)} training and ${count(testImages)} test images.`);
      },
      onEnd(failure) {
        if (!failure) store.dispatchNow({ event: 'done' });
        else if (isAbortError(controller.signal, failure.error)) store.dispatchNow({ event: 'canceled' });
        else store.dispatchNow({ event: 'failed', error: failure.error });
        app.refreshStatus();
      },
    });
  };
  const cancel = () => {
    if (state.canceling) return;
    app.confirm({
      title: 'Cancel the download?',
      lines: [STOP_WARNING],
      yes: 'cancel it',
      no: 'keep downloading',
      onConfirm: () => void stop.current?.('stopped'),
    });
  };
  const back = () => app.navigate({ screen: 'home' });
  const restart = () => store.dispatchNow({ event: 'reset' });

  const isTyping = phase === 'form' && form.focus === SOURCE_ROW;
  const moves = {
    up: () => dispatch({ type: 'move', by: -1 }),
    down: () => dispatch({ type: 'move', by: 1 }),
    nextField: () => dispatch({ type: 'tab', by: 1 }),
    previousField: () => dispatch({ type: 'tab', by: -1 }),
  };
  useKeys(
    phase === 'form' && !isTyping ? 'form' : null,
    { ...moves, previous: () => {}, next: () => {}, choose: () => dispatch({ type: 'choose' }), start, back },
    { menu: true },
  );
  useKeys(isTyping ? 'text' : null, { ...moves, start, back }, { onText: (press) => dispatch({ type: 'key', press }) });
  usePaste((text) => dispatch({ type: 'paste', text }), { isActive: phase === 'form' && app.confirmation === null });
  useKeys(phase === 'running' ? 'fetching' : null, { cancel });
  useKeys(
    phase === 'done' ? 'fetched' : null,
    { train: () => app.navigate({ screen: 'train', split: state.finished.at(-1)?.split }), restart, back },
    { menu: true },
  );
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { restart, back }, { menu: true });

  return (
    <Frame title="Fetch images" keyContexts={isTyping ? ['text'] : KEY_CONTEXTS[phase]}>
      {phase === 'form' ? <FetchFormView form={form} /> : null}
      {phase === 'running' ? <FetchProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <FetchResult state={state} /> : null}
    </Frame>
  );
}
