interface Entry<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work whose results are kept, and shared by all who want the same. Failures are not kept. */
export class SharedWork<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /**
   * The result for a key, from `start` if there is none yet. When all who wait for it have given up, the work is stopped. Throws
   * what the work throws, or the reason of `signal`.
   */
  async get(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const entry = this.#entries.get(key) ?? this.#start(key, start);
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    entry.waiting++;
    try {
      return await Promise.race([entry.result, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (--entry.waiting === 0 && signal?.aborted) {
        this.#forget(key, entry);
        entry.controller.abort(signal.reason);
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const controller = new AbortController();
    const entry = { result: start(controller.signal), controller, waiting: 0 };
    this.#entries.set(key, entry);
    entry.result.catch(() => this.#forget(key, entry));
    return entry;
  }

  /** Unless it has been replaced. */
  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}
