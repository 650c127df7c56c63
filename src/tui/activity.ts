import type { Session } from './session.ts';

export interface ActivityOptions<Event> {
  readonly name: string;
  readonly onStop: string;
  readonly asksFirst: boolean;
  readonly events: AsyncIterable<Event>;
  /** Asks it to end; its events then end by themselves. May be called more than once. */
  stop(reason: 'stopped' | 'interrupted'): void | Promise<void>;
  onEvent(event: Event): void;
  /** It has ended; with what it threw, if it threw. */
  onEnd(failure?: { error: unknown }): void;
}

/** Follows something that reports events until its end, known to the session meanwhile. Returns what stops it. */
export function follow<Event>(
  session: Session,
  options: ActivityOptions<Event>,
): (reason: 'stopped' | 'interrupted') => Promise<void> {
  const { name, onStop, asksFirst } = options;
  const run = async (): Promise<void> => {
    try {
      for await (const event of options.events) options.onEvent(event);
    } catch (error) {
      remove();
      options.onEnd({ error });
      return;
    }
    remove();
    options.onEnd();
  };
  const stop = async (reason: 'stopped' | 'interrupted') => {
    await Promise.all([options.stop(reason), done]);
  };
  const remove = session.add({ name, onStop, asksFirst, stop });
  const done = run();
  return stop;
}

/** Whether something ended because it was told to, not because it failed. */
export function wasAborted(signal: AbortSignal, error: unknown): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}
