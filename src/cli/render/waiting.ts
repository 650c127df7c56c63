import { describeHolding } from '../../core/files/lock.ts';
import type { WaitingEvent } from '../../core/files/lock-holder.ts';
import type { Shown } from './output.ts';

/** The wait is short: it ends when the lock is renewed, or has not been for a while. */
export function describeWaiting(holder: WaitingEvent): Shown {
  const who = describeHolding(holder);
  return { log: `Locked by ${who}. Checking for up to 20 seconds whether it is still running; Ctrl-C stops waiting` };
}
