import type { Session } from './session.ts';

export interface AppResult {
  /** 0 for `q`, 130 for Ctrl-C, 143 and 129 for SIGTERM and SIGHUP. */
  exitCode: number;
  /** What was done, for the normal screen; undefined where nothing was. */
  summary?: string;
  /** Something would not end in time and may go on: the process has to be ended with `process.exit`. */
  forced?: true;
}

const EXIT_CODES = { quit: 0, SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Cause = keyof typeof EXIT_CODES;

/** How long a training may take to end its batch when nobody is there to ask for more haste. */
const PATIENCE = 10_000;

/**
 * The one way out of the app. The first call ends all that goes on, and then the app; a second call of Ctrl-C or a signal
 * does not wait any longer. A crash ends the app with its error.
 */
export class Leaving {
  readonly #session: Session;
  readonly #result = Promise.withResolvers<AppResult>();
  readonly #listeners = new Set<() => void>();
  #cause: Cause | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Settles when the app may be taken off the screen; rejects with the error of a crash. */
  get result(): Promise<AppResult> {
    return this.#result.promise;
  }

  /** Whether it has begun. */
  readonly begun = (): boolean => this.#cause !== undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  leave(cause: Cause): void {
    if (this.#cause !== undefined) {
      if (cause !== 'quit') this.#settle({ forced: true }, cause);
      return;
    }
    this.#cause = cause;
    for (const listener of this.#listeners) listener();
    const timer = setTimeout(() => this.#settle({ forced: true }, cause), PATIENCE);
    this.#session
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

  #settle(extra: { forced?: true }, cause: Cause): void {
    this.#result.resolve({ exitCode: EXIT_CODES[cause], summary: this.#session.summary, ...extra });
  }
}
