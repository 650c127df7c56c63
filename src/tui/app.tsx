import { useApp, useInput, usePaste } from 'ink';
import {
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Services } from '../app/services.ts';
import { AppContext, type AppContextValue, type Confirmation, CurrentContext } from './app-context.ts';
import { INITIAL_CHARTS, reduceCharts } from './charts/chart-settings.ts';
import type { Clipboard } from './clipboard.ts';
import { isTooSmall } from './components/body-size.ts';
import { initialHistory, reduceHistory } from './history.ts';
import { useMilestones } from './hooks/use-milestones.ts';
import { useStatus } from './hooks/use-status.ts';
import { parseKeyPresses } from './keys/key-presses.ts';
import { KeyQueue } from './keys/key-queue.ts';
import { findAction } from './keys/keymap.ts';
import { ShownKeys } from './keys/shown-keys.ts';
import type { Mouse } from './mouse/mouse.ts';
import type { Route } from './routes.ts';
import { Screen } from './screens/screen.tsx';
import type { Shutdown } from './shutdown.ts';
import type { Tasks } from './tasks.ts';
import { createTheme, otherBackground, type Theme } from './theme/theme.ts';
import type { TrainingSession } from './training-session.ts';

export interface AppProps {
  readonly services: Services;
  readonly tasks: Tasks;
  readonly training: TrainingSession;
  readonly shutdown: Shutdown;
  readonly theme: Theme;
  readonly clipboard: Clipboard;
  readonly mouse: Mouse;
  readonly initialRoute: Route;
  /** The terminal's size. */
  readonly columns: number;
  readonly rows: number;
  /** Suspends the process; resolves when it is resumed. */
  readonly suspend: () => Promise<void>;
}

/** Milliseconds between two looks at the files that a question is about. */
const STATUS_INTERVAL = 2000;

/** The root component: routing, keys, confirmations and quitting. */
export function App(props: AppProps): ReactNode {
  const { services, tasks, training, shutdown, clipboard, mouse, initialRoute, columns, rows, suspend } = props;
  const [theme, setTheme] = useState(props.theme);
  const { suspendTerminal } = useApp();
  const [{ visits }, changeHistory] = useReducer(reduceHistory, initialRoute, initialHistory);
  const [keyQueue] = useState(() => new KeyQueue());
  const [shownKeys] = useState(() => new ShownKeys());
  const [charts, changeCharts] = useReducer(reduceCharts, INITIAL_CHARTS);
  const acceptedTexts = useRef<readonly string[]>([]);
  // Updated in the same batch as whatever the key changed, so the effect runs after the screen has rendered it.
  const [handledKeys, setHandledKeys] = useState(0);
  const countKey = useCallback(() => setHandledKeys((count) => count + 1), []);
  useEffect(() => {
    if (handledKeys > 0) keyQueue.next(countKey);
  }, [handledKeys, keyQueue, countKey]);
  const { status, statusError, refreshStatus } = useStatus(services);
  const isShuttingDown = useSyncExternalStore(shutdown.subscribe, shutdown.isRequested);
  // Renders when a task starts or ends: a question may be about it.
  useSyncExternalStore(tasks.subscribe, tasks.running);
  const [asked, setConfirmation] = useState<Confirmation | null>(null);
  const confirmation = asked && (asked.isCurrent?.(status) ?? true) ? asked : null;
  useEffect(() => {
    if (asked && !confirmation) setConfirmation(null);
  }, [asked, confirmation]);
  const isAboutFiles = confirmation?.isAboutFiles ?? false;
  useEffect(() => {
    if (!isAboutFiles) return;
    const timer = setInterval(refreshStatus, STATUS_INTERVAL);
    return () => clearInterval(timer);
  }, [isAboutFiles, refreshStatus]);

  // Other programs, such as the command line, train and delete models too.
  const visited = useRef(visits.at(-1)!.number);
  useEffect(() => {
    const { number, route } = visits.at(-1)!;
    if (number !== visited.current && route.screen !== 'help' && route.screen !== 'keys') refreshStatus();
    visited.current = number;
  }, [visits, refreshStatus]);

  useMilestones(training, refreshStatus);

  const go = useCallback(
    (type: 'open' | 'jump', route: Route) => {
      if (route.screen === 'train') training.prepare(route);
      changeHistory({ type, route });
    },
    [training],
  );
  const navigate = useCallback((route: Route) => go('open', route), [go]);
  const back = useCallback(() => changeHistory({ type: 'back' }), []);
  const replace = useCallback((route: Route) => changeHistory({ type: 'replace', route }), []);
  const switchTheme = useCallback(
    () => setTheme((old) => createTheme({ ...old, background: otherBackground(old) })),
    [],
  );
  const requestQuit = useCallback(() => {
    const { blocking } = tasks;
    if (blocking.length === 0) return shutdown.request('quit');
    setConfirmation({
      title: 'Quit?',
      lines: blocking.map(({ name, stopWarning }) => `${name} is still running. ${stopWarning}`),
      yes: blocking.length > 1 ? 'stop them and quit' : 'stop it and quit',
      no: 'keep running',
      onConfirm: () => shutdown.request('quit'),
      isCurrent: () => blocking.some((task) => tasks.running().includes(task)),
    });
  }, [tasks, shutdown]);

  // The only place that handles Ctrl-C: in raw mode it arrives as a key, not as a signal.
  useInput((input, key) => {
    const presses = parseKeyPresses(input, key);
    if (presses.some(({ name }) => name === 'ctrl+c')) shutdown.request('SIGINT');
    else if (presses.some(({ name }) => name === 'ctrl+z') && process.platform !== 'win32') {
      suspendTerminal(suspend).catch(shutdown.crash);
    } else keyQueue.push(presses, countKey);
  });
  useEffect(
    () => mouse.subscribe((input) => keyQueue.push([{ name: 'mouse', text: '', mouse: input }], countKey)),
    [mouse, keyQueue, countKey],
  );
  usePaste((text) => keyQueue.push([{ name: 'paste', text }], countKey));

  const context = useMemo<AppContextValue>(
    () => ({
      ...{ services, tasks, training, theme, clipboard, acceptedTexts, keyQueue, mouse, shownKeys, columns, rows },
      ...{ charts, changeCharts, status, statusError, refreshStatus },
      ...{ navigate, back, replace, switchTheme, requestQuit, confirmation, isShuttingDown },
      isTooSmall: isTooSmall({ columns, rows }),
      press: (key) => keyQueue.push([{ name: key, text: key.length === 1 ? key : '' }], countKey),
      confirm: setConfirmation,
      closeConfirmation(confirmed) {
        setConfirmation(null);
        if (confirmed && (confirmation?.isCurrent?.(status) ?? true)) confirmation?.onConfirm();
      },
      openFromMenu(key) {
        const action = findAction('global', key);
        if (action === undefined) return false;
        if (action === 'quit') requestQuit();
        else if (action === 'help') navigate(helpRoute(visits.at(-1)!.route, shownKeys));
        else if (tasks.keepScreen) return false;
        else go('jump', { screen: action });
        return true;
      },
    }),
    [
      services,
      tasks,
      training,
      theme,
      clipboard,
      keyQueue,
      mouse,
      shownKeys,
      visits,
      columns,
      rows,
      charts,
      status,
      statusError,
      refreshStatus,
      navigate,
      go,
      back,
      replace,
      switchTheme,
      requestQuit,
      countKey,
      confirmation,
      isShuttingDown,
    ],
  );
  return (
    <AppContext value={context}>
      {visits.map(({ route, number }, index) => (
        <CurrentContext key={number} value={index === visits.length - 1}>
          <Screen route={route} />
        </CurrentContext>
      ))}
    </AppContext>
  );
}

/** What `?` opens: the keys of the screen; on the home screen, what the program does. */
function helpRoute({ screen }: Route, shownKeys: ShownKeys): Route {
  return screen === 'home' ? { screen: 'help' } : { screen: 'keys', ...shownKeys.current };
}
