import { performance } from 'node:perf_hooks';

export interface Throttle {
  /** The minimum time between two notifications, in milliseconds. */
  readonly interval: number;
  /**
   * The maximum share of the main thread's time to spend on rendering, 0 to 1. On a large terminal or a slow machine the
   * interval grows accordingly, up to `maxInterval` milliseconds.
   */
  readonly maxShare?: number;
  readonly maxInterval?: number;
}

/** CPU time of this thread in milliseconds; before Node 23.9, the time its event loop was active. */
function threadTime(): number {
  const readThread: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
  if (!readThread) return performance.eventLoopUtilization().active;
  const { user, system } = readThread.call(process);
  return (user + system) / 1000;
}

/**
 * An external store for React (`useSyncExternalStore`) that reduces every event immediately but limits how often its listeners
 * are notified: a training run reports faster than a terminal should be redrawn.
 */
export class ThrottledStore<State, Event> {
  readonly #reduce: (state: State, event: Event) => State;
  readonly #throttle: Throttle;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #snapshot: State;
  #timer: NodeJS.Timeout | undefined;
  #interval: number;
  #threadTime = threadTime();
  #lastFlush = Number.NEGATIVE_INFINITY;

  constructor(reduce: (state: State, event: Event) => State, initial: State, throttle: Throttle = { interval: 100 }) {
    this.#reduce = reduce;
    this.#throttle = throttle;
    this.#interval = throttle.interval;
    this.#state = initial;
    this.#snapshot = initial;
  }

  /** The current state, with all events reduced. */
  get state(): State {
    return this.#state;
  }

  /** The state as of the last notification. */
  readonly snapshot = (): State => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reduces an event; listeners are notified once the interval has passed. */
  dispatch(event: Event): void {
    this.#state = this.#reduce(this.#state, event);
    if (this.#timer) return;
    const wait = this.#lastFlush + this.#interval - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Reduces an event and notifies the listeners immediately: for user actions. */
  dispatchNow(event: Event): void {
    this.#state = this.#reduce(this.#state, event);
    this.flush();
  }

  /** Notifies the listeners if the state has changed. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastFlush = performance.now();
    if (this.#snapshot === this.#state) return;
    this.#adaptInterval();
    this.#snapshot = this.#state;
    for (const listener of this.#listeners) listener();
  }

  /** Estimates the cost of a render from the main thread's CPU time since the last one, smoothed to even out noise. */
  #adaptInterval(): void {
    const { interval, maxShare, maxInterval = 1000 } = this.#throttle;
    if (maxShare === undefined) return;
    const now = threadTime();
    const target = Math.min(maxInterval, Math.max(interval, (now - this.#threadTime) / maxShare));
    this.#threadTime = now;
    // The first renders are the slowest, since nothing is compiled yet: recover from them faster than slowing down.
    this.#interval += (target - this.#interval) * (target > this.#interval ? 0.3 : 0.5);
  }

  /** Cancels pending notifications and drops the listeners. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }
}
