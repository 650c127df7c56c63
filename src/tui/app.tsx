import { useApp, useInput, useWindowSize } from 'ink';
import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Services } from '../app/services.ts';
import { AppContext, type AppContextValue, type Confirmation } from './app-context.ts';
import { useStatus } from './hooks/use-status.ts';
import { parseKeyPresses } from './keys/key-presses.ts';
import { KeyQueue } from './keys/key-queue.ts';
import { findAction } from './keys/keymap.ts';
import type { Route } from './routes.ts';
import { Screen } from './screens/screen.tsx';
import type { Shutdown } from './shutdown.ts';
import type { Tasks } from './tasks.ts';
import { suspendProcess } from './terminal-guard.ts';
import type { Theme } from './theme/theme.ts';

export interface AppProps {
  readonly services: Services;
  readonly tasks: Tasks;
  readonly shutdown: Shutdown;
  readonly theme: Theme;
  readonly initialRoute: Route;
}

/** The root component: routing, keys, confirmations and quitting. */
export function App({ services, tasks, shutdown, theme, initialRoute }: AppProps): ReactNode {
  const { columns, rows } = useWindowSize();
  const { suspendTerminal } = useApp();
  // The number is the screen's React key: navigating to the current screen resets it.
  const [visit, setVisit] = useState({ route: initialRoute, number: 0 });
  const [keyQueue] = useState(() => new KeyQueue());
  // Updated in the same batch as whatever the key changed, so the effect runs after the screen has rendered it.
  const [handledKeys, setHandledKeys] = useState(0);
  const countKey = useCallback(() => setHandledKeys((count) => count + 1), []);
  useEffect(() => {
    if (handledKeys > 0) keyQueue.next(countKey);
  }, [handledKeys, keyQueue, countKey]);
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null);
  const { status, statusError, refreshStatus } = useStatus(services);
  const isShuttingDown = useSyncExternalStore(shutdown.subscribe, shutdown.isRequested);

  const navigate = useCallback((route: Route) => setVisit(({ number }) => ({ route, number: number + 1 })), []);
  const requestQuit = useCallback(() => {
    const { blocking } = tasks;
    if (!blocking) return shutdown.request('quit');
    setConfirmation({
      title: 'Quit?',
      lines: [`${blocking.name} is still running. ${blocking.stopWarning}`],
      yes: 'stop it and quit',
      no: 'keep running',
      onConfirm: () => shutdown.request('quit'),
    });
  }, [tasks, shutdown]);

  // The only place that handles Ctrl-C: in raw mode it arrives as a key, not as a signal.
  useInput((input, key) => {
    const presses = parseKeyPresses(input, key);
    if (presses.some(({ name }) => name === 'ctrl+c')) shutdown.request('SIGINT');
    else if (presses.some(({ name }) => name === 'ctrl+z') && process.platform !== 'win32') {
      suspendTerminal(suspendProcess).catch(shutdown.crash);
    } else keyQueue.push(presses, countKey);
  });

  const context = useMemo<AppContextValue>(
    () => ({
      ...{ services, tasks, theme, keyQueue, columns, rows, status, statusError, refreshStatus, navigate, requestQuit },
      confirmation,
      isShuttingDown,
      confirm: setConfirmation,
      closeConfirmation(confirmed) {
        setConfirmation(null);
        if (confirmed) confirmation?.onConfirm();
      },
      openFromMenu(key) {
        const action = findAction('global', key);
        if (action === undefined) return false;
        if (action === 'quit') requestQuit();
        else navigate({ screen: action });
        return true;
      },
    }),
    [
      services,
      tasks,
      theme,
      keyQueue,
      columns,
      rows,
      status,
      statusError,
      refreshStatus,
      navigate,
      requestQuit,
      confirmation,
      isShuttingDown,
    ],
  );
  return (
    <AppContext value={context}>
      <Screen key={visit.number} route={visit.route} />
    </AppContext>
  );
}
