import type { Tasks } from './tasks.ts';

export interface AppResult {
  /** 0 after `q`, 130 after Ctrl-C, 143 and 129 after SIGTERM and SIGHUP. */
  exitCode: number;
  /** What was done, to print on the normal screen; undefined if there is nothing to report. */
  summary?: string;
  /** A task did not stop in time and may still be running: end the process with `process.exit`. */
  forced?: true;
}

const EXIT_CODES = { quit: 0, SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type ShutdownCause = keyof typeof EXIT_CODES;

/** Milliseconds that tasks get to stop; a second Ctrl-C or signal cuts it short. */
const GRACE_PERIOD = 10_000;

/**
 * The only way out of the app. The first request stops all tasks, then the app; a second Ctrl-C or signal exits without
 * waiting for them. A crash ends the app with its error.
 */
export class Shutdown {
  readonly #tasks: Tasks;
  readonly #result = Promise.withResolvers<AppResult>();
  readonly #listeners = new Set<() => void>();
  #cause: ShutdownCause | undefined;

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  /** Settles when the app may be unmounted; rejects with the error of a crash. */
  get result(): Promise<AppResult> {
    return this.#result.promise;
  }

  readonly isRequested = (): boolean => this.#cause !== undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  request(cause: ShutdownCause): void {
    if (this.#cause !== undefined) {
      // A closed terminal can send SIGHUP several times: itself and through its shell.
      if (cause !== 'quit' && cause !== 'SIGHUP') this.#settle({ forced: true }, cause);
      return;
    }
    this.#cause = cause;
    for (const listener of this.#listeners) listener();
    const timer = setTimeout(() => this.#settle({ forced: true }, cause), GRACE_PERIOD);
    this.#tasks
      .stopAll(cause === 'quit' ? 'stopped' : 'interrupted')
      .then(
        () => this.#settle({}, cause),
        (error: unknown) => this.crash(error),
      )
      .finally(() => clearTimeout(timer));
  }

  readonly crash = (error: unknown): void => {
    this.#cause ??= 'quit';
    this.#result.reject(error);
  };

  #settle(extra: { forced?: true }, cause: ShutdownCause): void {
    this.#result.resolve({ exitCode: EXIT_CODES[cause], summary: this.#tasks.summary, ...extra });
  }
}
