import type { Drawing } from '../../../app/draw.ts';
import type { AppContextValue } from '../../app-context.ts';
import { runTask } from '../../run-task.ts';
import type { Task } from '../../tasks.ts';
import type { ThrottledStore } from '../../throttled-store.ts';
import type { DrawAction, DrawState } from './draw-state.ts';

export type DrawStore = ThrottledStore<DrawState, DrawAction>;

/** With which model, and on which address of this machine; without them, the defaults. */
export interface DrawAttempt {
  readonly model?: string;
  readonly host?: string;
  /** A page is open already, and connects to the new server by itself. */
  readonly hasPage?: boolean;
  /** False: readings are not adapted to the user's samples. */
  readonly adapt?: boolean;
  /** Opens the page in practice. */
  readonly practice?: boolean;
  /** Opens no page: the user draws in the terminal. */
  readonly here?: boolean;
}

/** Starts the server. Returns a function that closes it. */
export function serve(
  app: Pick<AppContextValue, 'services' | 'tasks'>,
  { model, host, hasPage, adapt, practice, here }: DrawAttempt,
  store: DrawStore,
  current: { current: Drawing | null },
) {
  let isClosed = false;
  let stop: Task['stop'] | undefined;
  const fail = (error: unknown) => {
    if (!isClosed) store.dispatchNow({ event: 'failed', error });
  };
  const start = async (): Promise<void> => {
    const server = await app.services.draw({ model, host, adapt });
    if (isClosed) return server.close();
    current.current = server;
    // Browsers keep the fragment across the redirect of the launch link.
    const fragment = practice ? '#practice' : '';
    const forwarding = app.services.sshForwarding(server.url + fragment);
    const { shared, expected, samplesProblem } = server;
    const adapts = adapt ?? true;
    // A page that is open keeps its mode, and practice is about characters.
    const mode = hasPage ? null : practice ? 'character' : server.mode;
    store.dispatchNow({ event: 'serving', shared, forwarding, fragment, expected, adapts, mode, samplesProblem });
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
    if (!forwarding && !hasPage && !here) openBrowser(app, server, store, fragment);
  };
  start().catch(fail);
  return () => {
    isClosed = true;
    current.current = null;
    stop?.('stopped').catch(fail);
  };
}

/** Opens the page in a browser of this machine. */
export function openBrowser(
  { services }: Pick<AppContextValue, 'services'>,
  server: Drawing,
  store: DrawStore,
  fragment: string,
): void {
  services
    .openBrowser(server.launchUrl() + fragment)
    .catch((error: unknown) => store.dispatchNow({ event: 'browserFailed', error }));
}
