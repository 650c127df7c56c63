import { type ReactNode, useEffect } from 'react';
import { follow } from '../activity.ts';
import { Frame } from '../components/frame.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import type { Route } from '../routes.ts';
import { type Shell, useShell } from '../shell.ts';
import type { Store } from '../store.ts';
import { type DrawAction, type DrawState, INITIAL_DRAW, reduceDraw } from './draw-state.ts';
import { DrawView } from './draw-view.tsx';

type DrawStore = Store<DrawState, DrawAction>;

/** Serves the canvas page. Returns what ends it. */
function serve(shell: Pick<Shell, 'services' | 'session'>, model: string | undefined, store: DrawStore): () => void {
  const { services, session } = shell;
  const fail = (error: unknown) => store.act({ event: 'failed', error });
  let left = false;
  let stop: ReturnType<typeof follow> | undefined;
  const start = async (): Promise<void> => {
    const server = await services.draw({ model });
    if (left) return server.close();
    stop = follow(session, {
      name: 'The canvas',
      onStop: 'The page in the browser stops answering.',
      asksFirst: false,
      events: server,
      stop: () => server.close(),
      onEvent: (update) => store.dispatch({ event: 'update', update }),
      onEnd: (failure) => failure && fail(failure.error),
    });
    openBrowser(shell, server.url, store);
  };
  start().catch(fail);
  return () => {
    left = true;
    stop?.('stopped').catch(fail);
  };
}

function openBrowser({ services }: Pick<Shell, 'services'>, url: string, store: DrawStore): void {
  services.openBrowser(url).catch((error: unknown) => store.act({ event: 'browserFailed', error }));
}

/** Drawing in the browser, followed here. */
export function DrawScreen({ route }: { route: Extract<Route, { screen: 'draw' }> }): ReactNode {
  const shell = useShell();
  const { services, session } = shell;
  const [state, store] = useStore(reduceDraw, () => INITIAL_DRAW);
  useEffect(() => serve({ services, session }, route.model, store), [services, session, route.model, store]);
  useKeys(
    'drawing',
    {
      open: () => {
        if (state.url) openBrowser(shell, state.url, store);
      },
      back: () => shell.go({ screen: 'home' }),
    },
    { menu: true },
  );
  return (
    <Frame title={route.model ? `Draw with ${route.model}` : 'Draw'} contexts={['drawing', 'global']}>
      <DrawView state={state} model={route.model} />
    </Frame>
  );
}
