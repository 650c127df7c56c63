import type { Task, Tasks } from './tasks.ts';

const BELL = '\u0007';
/** Whoever waits this long, in milliseconds, may have looked away. */
const LONG = 10_000;

/**
 * Rings the terminal's bell whenever a long task with progress ends by itself, whether or not it succeeds. `EMNIST_TUI_BELL=0`
 * turns it off. Returns a function that ends this.
 */
export function ringAtEnds(tasks: Tasks, stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): () => void {
  if (!stdout.isTTY || env.EMNIST_TUI_BELL === '0') return () => {};
  /** When each of the running tasks began, by `performance.now`. */
  let began = new Map<Task, number>();
  return tasks.subscribe(() => {
    const now = performance.now();
    const running = tasks.running();
    const ended = [...began].filter(([task]) => !running.includes(task));
    began = new Map(running.map((task) => [task, began.get(task) ?? now]));
    const isDue = ended.some(([task, since]) => task.progress && !task.isStopping && now - since >= LONG);
    if (isDue && stdout.writable) stdout.write(BELL);
  });
}
