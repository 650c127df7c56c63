import { count } from '../../../app/format.ts';
import type { FetchOptions } from '../../../app/options/fetch.ts';
import type { FetchEvent } from '../../../core/dataset/fetch-event.ts';
import type { AppContextValue } from '../../app-context.ts';
import { isAbortError, runTask, type TaskOptions } from '../../run-task.ts';
import type { Task } from '../../tasks.ts';
import type { ThrottledStore } from '../../throttled-store.ts';
import type { FetchAction, FetchState } from './fetch-state.ts';

interface FetchTask extends Pick<TaskOptions<FetchEvent>, 'name' | 'stopWarning' | 'progress'> {
  readonly options: FetchOptions;
  /** Begins the line about it in the summary. */
  readonly verb: 'Fetched' | 'Took over';
  onDone(): void;
  /** Returns whether it has dealt with the error, so that it is not shown. */
  onError?(error: unknown): boolean;
}

/** Fetches a data set as a task, with its state in a store. Returns a function that stops it. */
export function runFetch(
  { services, tasks, refreshStatus }: Pick<AppContextValue, 'services' | 'tasks' | 'refreshStatus'>,
  store: ThrottledStore<FetchState, FetchAction>,
  { options, verb, onDone, onError, ...about }: FetchTask,
): Task['stop'] {
  const controller = new AbortController();
  return runTask(tasks, {
    ...about,
    events: services.fetch(options, controller.signal),
    stop() {
      store.dispatchNow({ event: 'canceling' });
      controller.abort();
    },
    onEvent(event) {
      store.dispatch(event);
      if (event.event !== 'end') return;
      const { split, trainImages, testImages } = event;
      tasks.addToSummary(`${verb} ${split}: ${count(trainImages)} training and ${count(testImages)} test images.`);
    },
    onEnd(failure) {
      refreshStatus();
      if (!failure) return onDone();
      const { error } = failure;
      if (onError?.(error)) return;
      store.dispatchNow(isAbortError(controller.signal, error) ? { event: 'canceled' } : { event: 'failed', error });
    },
  });
}
