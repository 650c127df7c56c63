import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Drawing } from '../../app/draw.ts';
import { printable } from '../../app/text-layout.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { Route } from '../routes.ts';
import { runTask } from '../run-task.ts';
import type { Task } from '../tasks.ts';
import type { ThrottledStore } from '../throttled-store.ts';
import { DrawModels } from './draw-models.tsx';
import { type DrawAction, type DrawState, INITIAL_DRAW, reduceDraw } from './draw-state.ts';
import { DrawView } from './draw-view.tsx';

type DrawStore = ThrottledStore<DrawState, DrawAction>;

/** Serves the canvas page while the screen is open, and mirrors what is drawn on it. */
export function DrawScreen({ route }: { route: Extract<Route, { screen: 'draw' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [state, store] = useThrottledStore(reduceDraw, () => INITIAL_DRAW);
  const server = useRef<Drawing | null>(null);
  const [attempt, setAttempt] = useState({ model: route.model });
  const [isChoosing, setChoosing] = useState(false);
  useEffect(() => serve({ services, tasks }, attempt.model, store, server), [services, tasks, attempt, store]);
  const { phase, reader, url } = state;

  const { back } = app;
  useKeys(
    phase === 'failed' ? 'failed' : null,
    {
      restart: () => {
        store.dispatchNow({ event: 'restart' });
        setAttempt({ ...attempt });
      },
      back,
    },
    { menu: true },
  );
  useKeys(phase === 'starting' ? 'view' : null, { back }, { menu: true });
  useKeys(
    phase === 'listening' && !isChoosing ? 'drawing' : null,
    {
      open: () => openBrowser(app, url, store),
      model: () => setChoosing(true),
      back,
    },
    { menu: true },
  );
  const choose = (model: string) => {
    setChoosing(false);
    const fail = (error: unknown) => store.dispatchNow({ event: 'modelFailed', error });
    if (model !== reader?.model) server.current?.switchModel(model).catch(fail);
  };

  if (phase === 'listening' && isChoosing) {
    return <DrawModels current={reader?.model} onChoose={choose} onBack={() => setChoosing(false)} />;
  }
  const keyContexts = { failed: 'failed', starting: 'view', listening: 'drawing' } as const;
  const model = reader?.model ?? attempt.model;
  return (
    <Frame title={model ? `Draw with ${printable(model)}` : 'Draw'} keyContexts={[keyContexts[phase], 'global']}>
      <DrawView state={state} />
    </Frame>
  );
}

/** Starts the server. Returns a function that closes it. */
function serve(
  app: Pick<AppContextValue, 'services' | 'tasks'>,
  model: string | undefined,
  store: DrawStore,
  current: { current: Drawing | null },
) {
  const fail = (error: unknown) => store.dispatchNow({ event: 'failed', error });
  let isClosed = false;
  let stop: Task['stop'] | undefined;
  const start = async (): Promise<void> => {
    const server = await app.services.draw({ model });
    if (isClosed) return server.close();
    current.current = server;
    stop = runTask(app.tasks, {
      name: 'The canvas server',
      events: server,
      stop: () => server.close(),
      onEvent: (update) => store.dispatch({ event: 'update', update }),
      onEnd: (failure) => failure && fail(failure.error),
    });
    openBrowser(app, server.url, store);
  };
  start().catch(fail);
  return () => {
    isClosed = true;
    current.current = null;
    stop?.('stopped').catch(fail);
  };
}

function openBrowser({ services }: Pick<AppContextValue, 'services'>, url: string, store: DrawStore): void {
  services.openBrowser(url).catch((error: unknown) => store.dispatchNow({ event: 'browserFailed', error }));
}
