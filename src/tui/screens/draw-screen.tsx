import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Drawing } from '../../app/draw.ts';
import { printable } from '../../app/text-layout.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { KeyContext } from '../keys/keymap.ts';
import type { Route } from '../routes.ts';
import { runTask } from '../run-task.ts';
import type { Task } from '../tasks.ts';
import type { ThrottledStore } from '../throttled-store.ts';
import { nextExpectation } from './draw-expected.ts';
import { DrawModels } from './draw-models.tsx';
import { type DrawAction, type DrawState, INITIAL_DRAW, reduceDraw } from './draw-state.ts';
import { DrawView } from './draw-view.tsx';

type DrawStore = ThrottledStore<DrawState, DrawAction>;

/** With which model, and on which address of this machine; without them, the defaults. */
interface DrawAttempt {
  readonly model?: string;
  readonly host?: string;
  /** A page is open already, and connects to the new server by itself. */
  readonly hasPage?: boolean;
}

const ALL_ADDRESSES = '0.0.0.0';
const SHARING = [
  'Everyone in your network who has the address will be able to draw.',
  'The connection is not encrypted: use it only where nobody else can read along.',
];

/** Serves the canvas page while the screen is open, and mirrors what is drawn on it. */
export function DrawScreen({ route }: { route: Extract<Route, { screen: 'draw' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [state, store] = useThrottledStore(reduceDraw, () => INITIAL_DRAW);
  const server = useRef<Drawing | null>(null);
  const [attempt, setAttempt] = useState<DrawAttempt>({ model: route.model });
  const [isChoosing, setChoosing] = useState(false);
  useEffect(() => serve({ services, tasks }, attempt, store, server), [services, tasks, attempt, store]);
  const { phase, reader, shared, modelFailure } = state;

  const { back } = app;
  const restart = (next: DrawAttempt) => {
    store.dispatchNow({ event: 'restart' });
    setAttempt({ ...next });
  };
  const share = () => {
    const model = reader?.model;
    const hasPage = state.clients > 0;
    if (shared) return restart({ model, hasPage });
    app.confirm({
      title: 'Let other devices draw?',
      lines: SHARING,
      yes: 'share the page',
      no: 'keep it on this machine',
      onConfirm: () => restart({ model, host: ALL_ADDRESSES, hasPage }),
    });
  };
  useKeys(
    phase === 'failed' ? 'failed' : null,
    {
      restart: () => restart(attempt),
      back,
    },
    { menu: true },
  );
  const context = shared ? 'drawingShared' : 'drawing';
  useKeys(phase === 'starting' ? 'view' : null, { back }, { menu: true });
  useKeys(
    phase === 'listening' && !isChoosing ? context : null,
    {
      open: () => {
        if (server.current) openBrowser(app, server.current, store);
      },
      model() {
        // Models may have been trained or deleted since the screen was opened.
        app.refreshStatus();
        setChoosing(true);
      },
      expect() {
        const expected = nextExpectation(state.expected, reader?.labels ?? []);
        server.current?.setExpected(expected);
        store.dispatchNow({ event: 'expect', expected });
      },
      share,
      back,
    },
    { menu: true },
  );
  const change = (model: string) => {
    const fail = (error: unknown) => store.dispatchNow({ event: 'modelFailed', model, error });
    server.current?.switchModel(model).catch(fail);
  };
  const choose = (model: string) => {
    setChoosing(false);
    if (model !== reader?.model || modelFailure) change(model);
  };
  useKeys(phase === 'listening' && !isChoosing && modelFailure ? 'retry' : null, {
    retry: () => modelFailure && change(modelFailure.model),
  });

  if (phase === 'listening' && isChoosing) {
    return <DrawModels current={reader?.model} onChoose={choose} onBack={() => setChoosing(false)} />;
  }
  const keyContexts: Record<typeof phase, readonly KeyContext[]> = {
    failed: ['failed', 'global'],
    starting: ['view', 'global'],
    listening: modelFailure ? ['retry', context, 'global'] : [context, 'global'],
  };
  const model = reader?.model ?? attempt.model;
  return (
    <Frame title={model ? `Draw with ${printable(model)}` : 'Draw'} keyContexts={keyContexts[phase]}>
      <DrawView state={state} />
    </Frame>
  );
}

/** Starts the server. Returns a function that closes it. */
function serve(
  app: Pick<AppContextValue, 'services' | 'tasks'>,
  { model, host, hasPage }: DrawAttempt,
  store: DrawStore,
  current: { current: Drawing | null },
) {
  let isClosed = false;
  let stop: Task['stop'] | undefined;
  const fail = (error: unknown) => {
    if (!isClosed) store.dispatchNow({ event: 'failed', error });
  };
  const start = async (): Promise<void> => {
    const server = await app.services.draw({ model, host });
    if (isClosed) return server.close();
    current.current = server;
    const forwarding = app.services.sshForwarding(server.url);
    store.dispatchNow({ event: 'serving', shared: server.shared, forwarding, expected: server.expected });
    stop = runTask(app.tasks, {
      name: 'The canvas server',
      events: server,
      stop: () => server.close(),
      onEvent: (update) => {
        if (!isClosed) store.dispatch({ event: 'update', update });
      },
      onEnd: (failure) => failure && fail(failure.error),
    });
    // There, a browser of this machine would not be seen.
    if (!forwarding && !hasPage) openBrowser(app, server, store);
  };
  start().catch(fail);
  return () => {
    isClosed = true;
    current.current = null;
    stop?.('stopped').catch(fail);
  };
}

function openBrowser({ services }: Pick<AppContextValue, 'services'>, server: Drawing, store: DrawStore): void {
  services
    .openBrowser(server.launchUrl())
    .catch((error: unknown) => store.dispatchNow({ event: 'browserFailed', error }));
}
