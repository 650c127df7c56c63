import type { LockOptions } from './lock.ts';
import type { WaitingEvent } from './lock-holder.ts';

/**
 * Acquires a lock, and yields an event for each holder that is waited for. Leaving the iteration stops waiting; a lock that
 * was just acquired is then released. `acquire` throws as `acquireLock` does.
 */
export async function* withWaitingEvents<Lock extends AsyncDisposable>(
  acquire: (options: Required<Pick<LockOptions, 'signal' | 'onWait'>>) => Promise<Lock>,
  signal?: AbortSignal,
): AsyncGenerator<WaitingEvent, Lock> {
  const left = new AbortController();
  const events: WaitingEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let settled = false;
  const acquiring = acquire({
    signal: signal ? AbortSignal.any([signal, left.signal]) : left.signal,
    onWait(holder) {
      events.push({ event: 'waiting', ...holder });
      wake.resolve();
    },
  });
  const settle = () => {
    settled = true;
    wake.resolve();
  };
  acquiring.then(settle, settle);
  let isLeft = true;
  try {
    while (!settled) {
      await wake.promise;
      wake = Promise.withResolvers();
      for (const event of events.splice(0)) yield event;
    }
    isLeft = false;
    return await acquiring;
  } finally {
    if (isLeft) {
      left.abort();
      await acquiring.then(
        (lock) => lock[Symbol.asyncDispose](),
        () => {},
      );
    }
  }
}
