import { type Instance, render } from 'ink';
import type { Services } from '../app/services.ts';
import { App } from './app-view.tsx';
import { type AppResult, Leaving } from './leaving.ts';
import type { Route, ScreenName } from './routes.ts';
import { Session } from './session.ts';
import { guardTerminal } from './terminal-guard.ts';
import { detectTheme } from './theme.ts';

export type { AppResult } from './leaving.ts';

export interface AppOptions {
  /** False takes the colors away; true wants them where the terminal is not known to have any. */
  color?: boolean;
  initialScreen?: ScreenName;
  /** The terminal; the process' own unless given. */
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  env?: NodeJS.ProcessEnv;
}

/** Bracketed paste off, cursor on: what Ink may not get to when the process ends at once. */
const RESTORE = '\u001B[?2004l\u001B[?25h';

/**
 * Opens the app on a terminal and resolves when the user has left it: the terminal is as it was found, all that went on has
 * ended (unless `forced`). The summary is for the caller to print.
 *
 * @throws whatever the app crashed with, after the terminal was restored
 */
export async function runApp(services: Services, options: AppOptions = {}): Promise<AppResult> {
  const { stdin = process.stdin, stdout = process.stdout, env = process.env, initialScreen = 'home' } = options;
  const session = new Session();
  const leaving = new Leaving(session);
  let instance: Instance | undefined;
  const restore = () => {
    instance?.unmount();
    if (stdout.isTTY && stdout.writable) stdout.write(RESTORE);
  };
  const unguard = guardTerminal(leaving, stdout, restore);
  process.on('exit', restore);
  try {
    instance = render(
      <App
        services={services}
        session={session}
        leaving={leaving}
        theme={detectTheme(stdout, env, options.color)}
        initial={{ screen: initialScreen } satisfies Route}
      />,
      {
        stdin,
        stdout,
        alternateScreen: true,
        incrementalRendering: true,
        exitOnCtrlC: false,
        // In CI Ink would otherwise draw nothing, even on a terminal.
        interactive: stdout.isTTY,
        maxFps: 20,
        patchConsole: stdout === process.stdout,
      },
    );
    // An error while rendering takes the app off the screen by itself.
    const ended = instance.waitUntilExit().then(() => leaving.leave('quit'), leaving.crash);
    const result = await leaving.result;
    instance.unmount();
    await ended;
    return result;
  } finally {
    restore();
    process.off('exit', restore);
    unguard();
  }
}
