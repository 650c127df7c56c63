import { EmnistError } from '../core/errors.ts';
import { explainError } from './explain-error.ts';

/**
 * Work that can be awaited for its result or iterated for its events. It starts when it is first awaited or iterated, so
 * that its errors cannot become unhandled rejections. Leaving the iteration early stops the work.
 *
 * @example
 * const { accuracy } = await evaluate({ split: 'digits' });
 *
 * @example
 * const run = evaluate({ split: 'digits' });
 * for await (const event of run) {
 *   if (event.event === 'progress') console.log(event.images, 'of', event.total);
 * }
 * const { accuracy } = await run; // already settled
 */
export interface Run<Event, Result> extends Promise<Result>, AsyncIterable<Event> {
  /** The events, which can be iterated once. */
  [Symbol.asyncIterator](): AsyncGenerator<Event, void, void>;
}

/** Creates a run from work that yields events and returns a result. `start` is called when the run starts. */
export function createRun<Event, Result>(start: () => AsyncGenerator<Event, Result, void>): Run<Event, Result> {
  return new LazyRun(start);
}

/**
 * The events of work in a worker, the last of which is returned too. If the signal is aborted, `interrupt` is called, and the
 * signal's reason is thrown once the work has ended as interrupted.
 */
export async function* eventsOfRun<Event extends { event: string }>(
  run: AsyncIterable<Event>,
  signal: AbortSignal | undefined,
  interrupt: () => void,
): AsyncGenerator<Event, Extract<Event, { event: 'end' }>, void> {
  signal?.addEventListener('abort', interrupt);
  try {
    for await (const event of run) {
      if (!isEnd(event)) {
        yield event;
        continue;
      }
      if ('reason' in event && event.reason === 'interrupted') signal?.throwIfAborted();
      yield event;
      return event;
    }
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
  throw new Error('the run ended without a result');
}

function isEnd<Event extends { event: string }>(event: Event): event is Extract<Event, { event: 'end' }> {
  return event.event === 'end';
}

class LazyRun<Event, Result> implements Run<Event, Result> {
  readonly [Symbol.toStringTag] = 'Run';
  readonly #start: () => AsyncGenerator<Event, Result, void>;
  readonly #outcome = Promise.withResolvers<Result>();
  #started = false;

  constructor(start: () => AsyncGenerator<Event, Result, void>) {
    this.#start = start;
    // An error is thrown by the iteration, or rejects a promise that `then` returned. This one must not count as unhandled.
    this.#outcome.promise.catch(() => {});
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, void> {
    if (this.#started) {
      throw explainError(new EmnistError('run-started', 'the run has already been started', {}));
    }
    this.#started = true;
    try {
      this.#outcome.resolve(yield* this.#start());
    } catch (error) {
      const explained = explainError(error);
      this.#outcome.reject(explained);
      throw explained;
    } finally {
      // Has no effect if the run has already settled.
      this.#outcome.reject(explainError(new EmnistError('run-left', 'the run was left before its end', {})));
    }
  }

  then<A = Result, B = never>(
    onFulfilled?: ((result: Result) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.#started) this.#drain();
    return this.#outcome.promise.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.then(null, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<Result> {
    return this.then().finally(onFinally);
  }

  async #drain(): Promise<void> {
    try {
      for await (const _ of this);
    } catch {
      // It has rejected the outcome.
    }
  }
}
