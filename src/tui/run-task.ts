import type { Task, Tasks } from './tasks.ts';

export interface TaskOptions<Event> extends Omit<Task, 'stop' | 'isStopping'> {
  readonly events: AsyncIterable<Event>;
  /** Asks the work to stop; `events` then ends. May be called more than once. */
  stop(reason: 'stopped' | 'interrupted'): void | Promise<void>;
  onEvent(event: Event): void;
  /** Called once, after the last event; `failure` holds what `events` threw. */
  onEnd(failure?: { error: unknown }): void;
}

/** Consumes the events of some work, registered as a task until it ends. Returns a function that stops it. */
export function runTask<Event>(tasks: Tasks, options: TaskOptions<Event>): Task['stop'] {
  const { name, progress, inBackground } = options;
  let isStopping = false;
  const run = async (): Promise<void> => {
    try {
      for await (const event of options.events) options.onEvent(event);
    } catch (error) {
      remove();
      options.onEnd({ error });
      return;
    }
    remove();
    options.onEnd();
  };
  const stop: Task['stop'] = async (reason) => {
    isStopping = true;
    await Promise.all([options.stop(reason), done]);
  };
  const remove = tasks.add({
    ...{ name, progress, inBackground },
    get stopWarning() {
      return options.stopWarning;
    },
    get isStopping() {
      return isStopping;
    },
    stop,
  });
  const done = run();
  return stop;
}

/** Whether an error is the result of aborting rather than a failure. */
export function isAbortError(signal: AbortSignal, error: unknown): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}
