import { useEffect, useState } from 'react';
import { type EmnistError, isEmnistError } from '../../core/errors.ts';

const DEFAULT_PAUSE = 200;

export interface Estimate<T> {
  /** Undefined until there is one, and if there can be none. */
  readonly value: T | undefined;
  /** Why there can be none, if that is something that the user can change. */
  readonly problem?: EmnistError;
  readonly isPending: boolean;
}

/**
 * Estimates what is about to be started, again whenever the options change. An outdated estimate is stopped. If none can be
 * made, what is started will say why, unless the form does.
 *
 * @param options plain data; null if nothing can be started
 * @param pause how long the user must have changed nothing, in milliseconds
 */
export function useEstimate<Options, T>(
  options: Options | null,
  estimate: (options: Options, signal: AbortSignal) => Promise<T>,
  pause = DEFAULT_PAUSE,
): Estimate<T> {
  const key = JSON.stringify(options);
  const [answer, setAnswer] = useState<{ key: string; value: T | undefined; problem?: EmnistError } | null>(null);
  useEffect(() => {
    const asked = JSON.parse(key) as Options | null;
    if (asked === null) return;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      let value: T | undefined;
      let problem: EmnistError | undefined;
      try {
        value = await estimate(asked, controller.signal);
      } catch (error) {
        if (isEmnistError(error)) problem = error;
        else if (!controller.signal.aborted) throw error;
      }
      if (!controller.signal.aborted) setAnswer({ key, value, problem });
    };
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, estimate, pause]);
  const isCurrent = answer?.key === key;
  return {
    ...(isCurrent ? { value: answer.value, problem: answer.problem } : { value: undefined }),
    isPending: options !== null && !isCurrent,
  };
}
