import { PendingEvents } from '../pending-events.ts';
import type { FetchWait, FileWork } from './fetch-event.ts';

/** Work on files that takes longer is reported. */
const SILENCE_MS = 1000;

/** What a fetch waits for. */
export class FetchWaits extends PendingEvents<FetchWait> {
  /** Reports work on files, unless it is disposed of soon. */
  readonly working = (work: FileWork): Disposable => {
    const timer = setTimeout(() => this.add({ for: 'files', work }), SILENCE_MS);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  };
}
