import type { FetchWait, FileWork } from './fetch-event.ts';

/** Work on files that takes longer is reported. */
const SILENCE_MS = 1000;

/** Collects what a fetch waits for, and lets it be yielded while the fetch waits. */
export class FetchWaits {
  #waits: FetchWait[] = [];
  #wake = Promise.withResolvers<void>();
  readonly #abandon: () => void;

  /** `abandon` stops what is waited for, when the iteration ends before it has. */
  constructor(abandon: () => void) {
    this.#abandon = abandon;
  }

  readonly add = (wait: FetchWait): void => {
    this.#waits.push(wait);
    this.#wake.resolve();
  };

  /** Reports work on files, unless it is disposed of soon. */
  readonly working = (work: FileWork): Disposable => {
    const timer = setTimeout(() => this.add({ for: 'files', work }), SILENCE_MS);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  };

  /** Yields what is added until a promise settles, and returns its result. */
  async *during<T>(promise: Promise<T>): AsyncGenerator<FetchWait, T> {
    let settled = false;
    const settle = () => {
      settled = true;
      this.#wake.resolve();
    };
    const end = promise.then(settle, settle);
    try {
      for (;;) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
        yield* this.#waits.splice(0);
        if (settled) return await promise;
      }
    } finally {
      if (!settled) this.#abandon();
      await end;
    }
  }
}
