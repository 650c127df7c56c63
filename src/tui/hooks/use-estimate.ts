import { useEffect, useState } from 'react';
import { isEmnistError } from '../../core/errors.ts';

const DEFAULT_PAUSE = 200;

export interface Estimate<T> {
  /** Undefined until there is one, and if there can be none. */
  readonly value: T | undefined;
  readonly isPending: boolean;
}

/**
 * Estimates what is about to be started, again whenever the options change. An outdated estimate is stopped. If none can be
 * made, what is started will say why.
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
  const [answer, setAnswer] = useState<{ key: string; value: T | undefined } | null>(null);
  useEffect(() => {
    const asked = JSON.parse(key) as Options | null;
    if (asked === null) return;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      let value: T | undefined;
      try {
        value = await estimate(asked, controller.signal);
      } catch (error) {
        if (!controller.signal.aborted && !isEmnistError(error)) throw error;
      }
      if (!controller.signal.aborted) setAnswer({ key, value });
    };
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, estimate, pause]);
  const isCurrent = answer?.key === key;
  return { value: isCurrent ? answer.value : undefined, isPending: options !== null && !isCurrent };
}
