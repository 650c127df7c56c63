import { percent } from '../app/format.ts';
import { printable } from '../app/text-layout.ts';
import { toAscii } from './ascii-output.ts';
import type { Progress, Tasks } from './tasks.ts';
import type { Theme } from './theme/theme.ts';

/** Push the title onto the terminal's stack of titles, and pop it (XTWINOPS). */
const SAVE = '\u001B[22;0t';
const RESTORE = '\u001B[23;0t';
const IDLE = 'emnist-tui';
const INTERVAL = 1000;

/** The title of the terminal's window or tab. */
export interface TerminalTitle {
  /** Keeps the title up to date, from now on. */
  show(): void;
  /** Brings back the title from before. Safe to call again. */
  restore(): void;
}

/** The sequence that sets the title (OSC 2). */
function titleSequence(title: string): string {
  return `\u001B]2;${title}\u001B\\`;
}

/** The title while tasks run: `42% · balanced-vgg`. */
function titleText(progress: Progress | undefined, { unicode, glyphs }: Theme): string {
  if (!progress) return IDLE;
  const name = printable(progress.name);
  const text = progress.share === null ? name : `${percent(progress.share, 0)} ${glyphs.separator} ${name}`;
  return unicode ? text : toAscii(text);
}

/** The title of a terminal, which shows the progress of the task that was started last. Does nothing where there is no title. */
export function createTerminalTitle(
  stdout: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  tasks: Tasks,
  theme: Theme,
): TerminalTitle {
  // The console of Linux has no title, and shows a part of the sequence.
  if (!stdout.isTTY || ['linux', 'dumb'].includes(env.TERM ?? '')) return { show() {}, restore() {} };
  let shown: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  // Each frame is written at once, so this comes between two of them, and it does not move the cursor.
  const write = (data: string) => {
    if (stdout.writable) stdout.write(data);
  };
  const update = () => {
    const task = tasks.running().findLast(({ progress }) => progress !== undefined);
    const title = titleText(task?.progress?.(), theme);
    if (title !== shown) write(titleSequence(title));
    shown = title;
    clearTimeout(timer);
    if (task) timer = setTimeout(update, INTERVAL).unref();
  };
  return {
    show() {
      if (shown !== null) return;
      write(SAVE);
      update();
      unsubscribe = tasks.subscribe(update);
    },
    restore() {
      if (shown === null) return;
      shown = null;
      clearTimeout(timer);
      unsubscribe?.();
      write(RESTORE);
    },
  };
}
