import { useApp, useInput, useWindowSize } from 'ink';
import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Services } from '../app/services.ts';
import { useStatus } from './hooks/use-status.ts';
import { actionOf } from './keymap.ts';
import { KeyQueue, keyPresses } from './keys.ts';
import type { Leaving } from './leaving.ts';
import type { Route } from './routes.ts';
import { Screen } from './screens/index.tsx';
import type { Session } from './session.ts';
import { type Question, type Shell, ShellContext } from './shell.ts';
import { suspendProcess } from './terminal-guard.ts';
import type { Theme } from './theme.ts';

export interface AppProps {
  readonly services: Services;
  readonly session: Session;
  readonly leaving: Leaving;
  readonly theme: Theme;
  readonly initial: Route;
}

/** The app: which screen is shown, the question over it, and the way out. */
export function App({ services, session, leaving, theme, initial }: AppProps): ReactNode {
  const { columns, rows } = useWindowSize();
  const { suspendTerminal } = useApp();
  // Each visit of a screen is a new one, even of the screen that is shown.
  const [visit, setVisit] = useState({ route: initial, number: 0 });
  const [keys] = useState(() => new KeyQueue());
  // Counted in the same update as what the key did, so the effect comes after the screen's own.
  const [handledKeys, setHandledKeys] = useState(0);
  const countKey = useCallback(() => setHandledKeys((count) => count + 1), []);
  useEffect(() => {
    if (handledKeys > 0) keys.next(countKey);
  }, [handledKeys, keys, countKey]);
  const [question, setQuestion] = useState<Question | null>(null);
  const { status, statusError, refreshStatus } = useStatus(services);
  const isLeaving = useSyncExternalStore(leaving.subscribe, leaving.begun);

  const go = useCallback((route: Route) => setVisit(({ number }) => ({ route, number: number + 1 })), []);
  const requestQuit = useCallback(() => {
    const { busy } = session;
    if (!busy) return leaving.leave('quit');
    setQuestion({
      title: 'Quit?',
      lines: [`${busy.name} is going on. ${busy.onStop}`],
      yes: 'stop it and quit',
      no: 'stay',
      onYes: () => leaving.leave('quit'),
    });
  }, [session, leaving]);

  // The one place where Ctrl-C is dealt with: in raw mode it is a key, not a signal.
  useInput((input, key) => {
    const presses = keyPresses(input, key);
    if (presses.some(({ name }) => name === 'ctrl+c')) leaving.leave('SIGINT');
    else if (presses.some(({ name }) => name === 'ctrl+z') && process.platform !== 'win32') {
      suspendTerminal(suspendProcess).catch(leaving.crash);
    } else keys.push(presses, countKey);
  });

  const shell = useMemo<Shell>(
    () => ({
      ...{ services, session, theme, keys, columns, rows, status, statusError, refreshStatus, go, requestQuit },
      question,
      isLeaving,
      ask: setQuestion,
      answer(yes) {
        setQuestion(null);
        if (yes) question?.onYes();
      },
      openByKey(key) {
        const action = actionOf('global', key);
        if (action === undefined) return false;
        if (action === 'quit') requestQuit();
        else go({ screen: action });
        return true;
      },
    }),
    [
      services,
      session,
      theme,
      keys,
      columns,
      rows,
      status,
      statusError,
      refreshStatus,
      go,
      requestQuit,
      question,
      isLeaving,
    ],
  );
  return (
    <ShellContext value={shell}>
      <Screen key={visit.number} route={visit.route} />
    </ShellContext>
  );
}
