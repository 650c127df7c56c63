import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import { isSplit } from '../../../core/dataset/dataset-name.ts';
import { DEFAULT_SPLIT } from '../../../core/dataset/splits.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { listKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import { useThrottledStore } from '../../hooks/use-throttled-store.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import type { Task } from '../../tasks.ts';
import { CHOICES, initialForm, reduceForm, SOURCE_ROW, selectedChoice, sourceValue } from './fetch-form.ts';
import { FetchFormView, LIST_TOP, rowOfLine } from './fetch-form-view.tsx';
import { FetchProgress, FetchResult } from './fetch-progress.tsx';
import { doneShare, INITIAL_FETCH, reduceFetch } from './fetch-state.ts';
import { runFetch } from './run-fetch.ts';

const STOP_WARNING = 'The next fetch resumes the download.';

const KEY_CONTEXTS = {
  form: ['pathForm'],
  running: ['fetching', 'global'],
  done: ['fetched', 'global'],
  canceled: ['failed', 'global'],
  failed: ['failed', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>;

/** Fetches splits: form, progress and result. */
export function FetchScreen({ route }: { route: Extract<Route, { screen: 'fetch' }> }): ReactNode {
  const app = useAppContext();
  const { services } = app;
  const [form, dispatch] = useReducer(
    reduceForm,
    route.split && isSplit(route.split) ? route.split : DEFAULT_SPLIT,
    initialForm,
  );
  const [state, store] = useThrottledStore(reduceFetch, () => INITIAL_FETCH);
  const stop = useRef<Task['stop'] | null>(null);
  const { phase } = state;
  /** Looks at what the source is before anything starts; aborted when the screen is left. */
  const check = useRef<AbortController | null>(null);
  useEffect(() => () => check.current?.abort(), []);

  const start = async (): Promise<void> => {
    if (check.current) return;
    const choice = selectedChoice(form);
    dispatch({ type: 'choose' });
    const from = sourceValue(form);
    const checking = new AbortController();
    check.current = checking;
    const isOwn = choice === 'own data' || (from !== undefined && (await services.isOwnSource(from)));
    check.current = null;
    if (checking.signal.aborted) return;
    if (isOwn) return app.navigate({ screen: 'ownData', from });
    store.dispatchNow({ event: 'submit', choice, source: from ?? 'NIST' });
    stop.current = runFetch(app, store, {
      name: 'The download',
      stopWarning: STOP_WARNING,
      progress: () => ({ share: doneShare(store.state), name: store.state.split ?? choice }),
      options: { split: choice, from },
      verb: 'Fetched',
      onDone: () => store.dispatchNow({ event: 'done' }),
    });
  };
  const stopNow = () => void stop.current?.('stopped');
  const confirmStop = () => {
    if (state.canceling) return;
    app.confirm({
      title: 'Cancel the download?',
      lines: [STOP_WARNING],
      yes: 'cancel it',
      no: 'keep downloading',
      onConfirm: stopNow,
      isCurrent: () => store.state.phase === 'running',
    });
  };
  const restart = () => store.dispatchNow({ event: 'reset' });

  const isTyping = form.focus === SOURCE_ROW;
  const handlers = { ...listKeys(dispatch, CHOICES.length), start: () => void start(), back: app.back };
  useListMouse(
    phase === 'form'
      ? {
          ...{ top: LIST_TOP, entryAt: rowOfLine, focus: form.focus },
          // A click into the text field is not Enter.
          onOpen: isTyping ? () => {} : handlers.start,
          onFocus: (row) => dispatch({ type: 'move', by: row - form.focus }),
          onWheel: (by) => dispatch({ type: 'move', by }),
        }
      : null,
  );
  const onText = (press: KeyPress) => dispatch({ type: 'text', press });
  const help = () => app.openFromMenu('?');
  useKeys(phase === 'form' && !isTyping ? 'pathForm' : null, { ...handlers, help }, { onText });
  useKeys(phase === 'form' && isTyping ? 'text' : null, handlers, { onText });
  useKeys(phase === 'running' ? 'fetching' : null, { stopNow, back: confirmStop });
  useKeys(
    phase === 'done' ? 'fetched' : null,
    {
      train: () => app.navigate({ screen: 'train', split: state.finished.at(-1)?.split }),
      images: () => app.navigate({ screen: 'images', split: state.finished.at(-1)?.split }),
      restart,
      back: restart,
    },
    { menu: true },
  );
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { restart, back: restart }, { menu: true });

  return (
    <Frame title="Fetch images" keyContexts={phase === 'form' && isTyping ? ['text'] : KEY_CONTEXTS[phase]}>
      {phase === 'form' ? <FetchFormView form={form} /> : null}
      {phase === 'running' ? <FetchProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <FetchResult state={state} /> : null}
    </Frame>
  );
}
