import { performance } from 'node:perf_hooks';

export interface Pace {
  /** The least time between two times that the state is shown, in milliseconds. */
  readonly interval: number;
  /**
   * How much of the main thread's time showing may take: where a terminal is large or the machine slow, the state is
   * shown less often, but every `longest` milliseconds at least.
   */
  readonly share?: number;
  readonly longest?: number;
}

/** Milliseconds that this thread has worked; where Node cannot tell (before 23.9), that its event loop was not idle. */
function busyTime(): number {
  const readThread: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
  if (!readThread) return performance.eventLoopUtilization().active;
  const { user, system } = readThread.call(process);
  return (user + system) / 1000;
}

/**
 * A state that is reduced at once with every event but shown at most so often: a training reports faster than a terminal
 * should be redrawn.
 */
export class Store<State, Event> {
  readonly #reduce: (state: State, event: Event) => State;
  readonly #pace: Pace;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #shown: State;
  #timer: NodeJS.Timeout | undefined;
  #interval: number;
  #busy = busyTime();
  #lastPublished = Number.NEGATIVE_INFINITY;

  constructor(reduce: (state: State, event: Event) => State, initial: State, pace: Pace = { interval: 100 }) {
    this.#reduce = reduce;
    this.#pace = pace;
    this.#interval = pace.interval;
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
    this.#adapt();
    this.#shown = this.#state;
    for (const listener of this.#listeners) listener();
  }

  /** Takes as the cost of showing what the main thread did since the last time, smoothed, since some of it is chance. */
  #adapt(): void {
    const { interval, share, longest = 1000 } = this.#pace;
    if (share === undefined) return;
    const busy = busyTime();
    const wanted = Math.min(longest, Math.max(interval, (busy - this.#busy) / share));
    this.#busy = busy;
    // The first times are the slowest, before the code is compiled: more haste back than there.
    this.#interval += (wanted - this.#interval) * (wanted > this.#interval ? 0.1 : 0.5);
  }

  /** Shows nothing more by itself. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }
}
