import type { FetchWait } from '../core/dataset/fetch-event.ts';
import { describeHolding } from '../core/files/lock.ts';
import { duration } from './format.ts';

/** What a fetch waits for: `waiting for example.org to answer (12s)`. */
export function fetchWaitText(wait: FetchWait): string {
  switch (wait.for) {
    case 'process':
      return wait.isRunning
        ? `another fetch into ${wait.folder} is running (${describeHolding(wait)}); waiting for it to finish`
        : `${wait.folder} is locked by ${describeHolding(wait)}; checking for up to 20 seconds whether it is still running`;
    case 'server':
      return `waiting for ${wait.host} to send something (${duration(wait.seconds)})`;
    case 'retry':
      return `${wait.reason}; trying again in ${duration(wait.seconds)}`;
    case 'files':
      return `${wait.work} the files`;
  }
}
