/** Collects the events of work in progress, so that they can be yielded during it. */
export class PendingEvents<Event> {
  #events: Event[] = [];
  #wake = Promise.withResolvers<void>();

  readonly add = (event: Event): void => {
    this.#events.push(event);
    this.#wake.resolve();
  };

  /**
   * Yields the events until the work is done, and returns its result. If the iteration is left before that, calls `abandon`,
   * which is to stop the work, and waits for its end.
   */
  async *during<T>(work: Promise<T>, abandon: () => void): AsyncGenerator<Event, T> {
    let isDone = false;
    const finish = () => {
      isDone = true;
      this.#wake.resolve();
    };
    const end = work.then(finish, finish);
    try {
      for (;;) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
        yield* this.#events.splice(0);
        if (isDone) return await work;
      }
    } finally {
      if (!isDone) abandon();
      await end;
    }
  }
}
