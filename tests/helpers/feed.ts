/** A stream of events controlled by a test. */
export class Feed<Event> implements AsyncIterable<Event> {
  readonly #waiting: Event[] = [];
  #wake = Promise.withResolvers<void>();
  #over: { error?: unknown } | undefined;

  push(...events: Event[]): void {
    this.#waiting.push(...events);
    this.#wake.resolve();
  }

  end(error?: unknown): void {
    this.#over ??= error === undefined ? {} : { error };
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    for (;;) {
      for (const event of this.#waiting.splice(0)) yield event;
      if (this.#over) {
        if ('error' in this.#over) throw this.#over.error;
        return;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}
