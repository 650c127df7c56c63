import { type ReactNode, useEffect } from 'react';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useThrottledStore } from '../hooks/use-throttled-store.ts';
import type { Route } from '../routes.ts';
import { runTask } from '../run-task.ts';
import type { Task } from '../tasks.ts';
import type { ThrottledStore } from '../throttled-store.ts';
import { type DrawAction, type DrawState, INITIAL_DRAW, reduceDraw } from './draw-state.ts';
import { DrawView } from './draw-view.tsx';

type DrawStore = ThrottledStore<DrawState, DrawAction>;

/** Serves the canvas page while the screen is open, and mirrors what is drawn on it. */
export function DrawScreen({ route }: { route: Extract<Route, { screen: 'draw' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [state, store] = useThrottledStore(reduceDraw, () => INITIAL_DRAW);
  useEffect(() => serve({ services, tasks }, route.model, store), [services, tasks, route.model, store]);
  useKeys(
    'drawing',
    {
      open: () => {
        if (state.url) openBrowser(app, state.url, store);
      },
      back: app.back,
    },
    { menu: true },
  );
  return (
    <Frame
      title={route.model ? `Draw with ${route.model}` : 'Draw'}
      keyContexts={[state.url ? 'drawing' : 'view', 'global']}
    >
      <DrawView state={state} model={route.model} />
    </Frame>
  );
}

/** Starts the server. Returns a function that closes it. */
function serve(app: Pick<AppContextValue, 'services' | 'tasks'>, model: string | undefined, store: DrawStore) {
  const fail = (error: unknown) => store.dispatchNow({ event: 'failed', error });
  let isClosed = false;
  let stop: Task['stop'] | undefined;
  const start = async (): Promise<void> => {
    const server = await app.services.draw({ model });
    if (isClosed) return server.close();
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
    stop?.('stopped').catch(fail);
  };
}

function openBrowser({ services }: Pick<AppContextValue, 'services'>, url: string, store: DrawStore): void {
  services.openBrowser(url).catch((error: unknown) => store.dispatchNow({ event: 'browserFailed', error }));
}
