import { usePaste } from 'ink';
import { type ReactNode, useReducer } from 'react';
import { follow, wasAborted } from '../activity.ts';
import { Frame } from '../components/frame.tsx';
import { count } from '../format.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import type { Context } from '../keymap.ts';
import type { Route } from '../routes.ts';
import { useShell } from '../shell.ts';
import { choiceOf, INITIAL_FETCH, initialForm, reduceFetch, reduceForm, SOURCE_ROW, sourceOf } from './fetch-state.ts';
import { FetchFormView, FetchOutcome, FetchProgress } from './fetch-view.tsx';

/** Gets data sets: choose, watch, and what came of it. */
export function FetchScreen({ route }: { route: Extract<Route, { screen: 'fetch' }> }): ReactNode {
  const shell = useShell();
  const { services, session } = shell;
  const [form, act] = useReducer(reduceForm, route.split ?? 'balanced', initialForm);
  const [state, store] = useStore(reduceFetch, () => INITIAL_FETCH);
  const { phase } = state;

  const start = () => {
    const choice = choiceOf(form);
    act({ type: 'choose' });
    const from = sourceOf(form);
    const controller = new AbortController();
    store.act({ event: 'begin', choice, source: from ?? 'NIST' });
    follow(session, {
      name: 'The download',
      onStop: 'What has arrived is kept: the next fetch goes on from there.',
      asksFirst: true,
      events: services.fetch({ split: choice, from }, controller.signal),
      stop() {
        store.act({ event: 'canceling' });
        controller.abort();
      },
      onEvent(event) {
        store.dispatch(event);
        if (event.event === 'end') {
          session.note(
            `Fetched ${event.split}: ${count(event.trainImages)} images to train, ${count(event.testImages)} to test.`,
          );
        }
      },
      onEnd(failure) {
        if (!failure) store.act({ event: 'done' });
        else if (wasAborted(controller.signal, failure.error)) store.act({ event: 'canceled' });
        else store.act({ event: 'failed', error: failure.error });
        shell.refreshStatus();
      },
    });
  };
  const cancel = () => {
    const running = session.busy;
    if (!running || state.canceling) return;
    shell.ask({
      title: 'Cancel the download?',
      lines: ['What has arrived is kept: the next fetch goes on from there.'],
      yes: 'cancel it',
      no: 'go on',
      onYes: () => void running.stop('stopped'),
    });
  };
  const home = () => shell.go({ screen: 'home' });

  const typing = phase === 'form' && form.focus === SOURCE_ROW;
  const moves = {
    up: () => act({ type: 'move', by: -1 }),
    down: () => act({ type: 'move', by: 1 }),
    nextField: () => act({ type: 'tab', by: 1 }),
    previousField: () => act({ type: 'tab', by: -1 }),
  };
  useKeys(
    phase === 'form' && !typing ? 'form' : null,
    { ...moves, previous: () => {}, next: () => {}, choose: () => act({ type: 'choose' }), start, back: home },
    { menu: true },
  );
  useKeys(typing ? 'text' : null, { ...moves, start, back: home }, { onText: (press) => act({ type: 'key', press }) });
  usePaste((text) => act({ type: 'paste', text }), { isActive: phase === 'form' && shell.question === null });
  useKeys(phase === 'running' ? 'fetching' : null, { cancel });
  const again = () => store.act({ event: 'again' });
  const last = state.finished.at(-1)?.split;
  useKeys(
    phase === 'done' ? 'fetched' : null,
    { train: () => shell.go({ screen: 'train', split: last }), again, back: home },
    { menu: true },
  );
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { again, back: home }, { menu: true });

  const contexts: readonly Context[] =
    phase === 'form'
      ? [typing ? 'text' : 'form']
      : phase === 'running'
        ? ['fetching']
        : [phase === 'done' ? 'fetched' : 'failed', 'global'];
  return (
    <Frame title="Fetch images" contexts={contexts}>
      {phase === 'form' ? <FetchFormView form={form} /> : null}
      {phase === 'running' ? <FetchProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <FetchOutcome state={state} /> : null}
    </Frame>
  );
}
