import { type Instance, render } from 'ink';
import type { Services } from '../app/services.ts';
import { App } from './app.tsx';
import { asciiOutput } from './ascii-output.ts';
import { ringAtEnds } from './bell.ts';
import { createClipboard } from './clipboard.ts';
import { SequenceStream } from './keys/sequence-stream.ts';
import { MOUSE_OFF, Mouse } from './mouse/mouse.ts';
import { redrawOnResize, terminalSize } from './resize.ts';
import type { ScreenName } from './routes.ts';
import { type AppResult, Shutdown } from './shutdown.ts';
import { Tasks } from './tasks.ts';
import { guardTerminal, suspendProcess } from './terminal-guard.ts';
import { createTerminalTitle } from './terminal-title.ts';
import { detectTheme } from './theme/detect-theme.ts';
import { TrainingSession } from './training-session.ts';

export type { AppResult } from './shutdown.ts';

export interface AppOptions {
  /** False removes colors; true uses them even if the terminal is not known to support any. */
  color?: boolean;
  initialScreen?: ScreenName;
  /** The terminal; by default the process' own. */
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  env?: NodeJS.ProcessEnv;
}

/** Synchronized output, bracketed paste, and the mouse off, cursor on: Ink may not get to it if the process exits abruptly. */
const RESTORE = `\u001B[?2026l\u001B[?2004l${MOUSE_OFF}\u001B[?25h`;

/**
 * Runs the app on a terminal until the user quits. When it resolves, the terminal is restored and all tasks have ended
 * (unless `forced`). Printing the summary is left to the caller.
 *
 * @throws whatever crashed the app, after restoring the terminal
 */
export async function runApp(services: Services, options: AppOptions = {}): Promise<AppResult> {
  const { stdin = process.stdin, stdout = process.stdout, env = process.env, initialScreen = 'home' } = options;
  const tasks = new Tasks();
  const training = new TrainingSession(services, tasks);
  const shutdown = new Shutdown(tasks);
  const theme = detectTheme(stdout, env, options.color);
  const clipboard = createClipboard(stdout, env);
  const title = createTerminalTitle(stdout, env, tasks, theme);
  const stopRinging = ringAtEnds(tasks, stdout, env);
  let instance: Instance | undefined;
  const restore = () => {
    instance?.unmount();
    title.restore();
    if (stdout.isTTY && stdout.writable) stdout.write(RESTORE);
  };
  const removeGuard = guardTerminal(shutdown, stdout, restore);
  process.on('exit', restore);
  const mouse = new Mouse(stdout, env);
  const input = new SequenceStream(stdin, (sequence) => mouse.receive(sequence));
  let isSuspended = false;
  const suspend = async () => {
    isSuspended = true;
    title.restore();
    mouse.suspend();
    await suspendProcess();
    mouse.resume();
    title.show();
    isSuspended = false;
  };
  const app = () => (
    <App
      {...{ services, tasks, training, shutdown, theme, clipboard, mouse, suspend }}
      initialRoute={{ screen: initialScreen }}
      {...terminalSize(stdout)}
    />
  );
  let stopRedrawing: (() => void) | undefined;
  try {
    title.show();
    instance = render(app(), {
      // Ink uses no more of a terminal's input than the stream has.
      stdin: input as unknown as NodeJS.ReadStream,
      stdout: theme.unicode ? stdout : asciiOutput(stdout),
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      // Otherwise Ink renders nothing in CI, even on a terminal.
      interactive: stdout.isTTY,
      maxFps: 20,
      patchConsole: stdout === process.stdout,
    });
    stopRedrawing = redrawOnResize(instance, stdout, { app, isSuspended: () => isSuspended });
    // Ink unmounts the app by itself when rendering throws.
    const ended = instance.waitUntilExit().then(() => shutdown.request('quit'), shutdown.crash);
    const result = await shutdown.result;
    instance.unmount();
    await ended;
    return result;
  } finally {
    stopRedrawing?.();
    stopRinging();
    restore();
    input.close();
    process.off('exit', restore);
    removeGuard();
  }
}
