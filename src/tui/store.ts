/**
 * A state that is reduced at once with every event but shown at most so often: a training reports faster than a terminal
 * should be redrawn. What is shown is never older than `interval` milliseconds.
 */
export class Store<State, Event> {
  readonly #reduce: (state: State, event: Event) => State;
  readonly #interval: number;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #shown: State;
  #timer: NodeJS.Timeout | undefined;
  #lastPublished = Number.NEGATIVE_INFINITY;

  constructor(reduce: (state: State, event: Event) => State, initial: State, interval = 100) {
    this.#reduce = reduce;
    this.#interval = interval;
    this.#state = initial;
    this.#shown = initial;
  }

  /** The state after all events so far. */
  get state(): State {
    return this.#state;
  }

  /** The state as it was last shown; the same object until the next time. */
  readonly snapshot = (): State => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reduces one event of a stream; shown when the interval since the last time is over. */
  dispatch(event: Event): void {
    this.#state = this.#reduce(this.#state, event);
    if (this.#timer) return;
    const wait = this.#lastPublished + this.#interval - performance.now();
    if (wait <= 0) this.publish();
    else this.#timer = setTimeout(() => this.publish(), wait);
  }

  /** Reduces what the user did: shown at once. */
  act(event: Event): void {
    this.#state = this.#reduce(this.#state, event);
    this.publish();
  }

  publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastPublished = performance.now();
    if (this.#shown === this.#state) return;
    this.#shown = this.#state;
    for (const listener of this.#listeners) listener();
  }

  /** Shows nothing more by itself. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }
}
