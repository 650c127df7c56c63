import type { WaitingEvent } from '../core/files/lock-holder.ts';
import type { OnUnusable } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';

/** What a command's function needs besides its options. */
export interface WorkContext {
  readonly paths: Paths;
  /** Stops the work, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called once for each process that the work waits for, which may have ended without releasing its lock. */
  readonly onWait?: (event: WaitingEvent) => void;
  /** Called for models that would be the default one if they could be read. */
  readonly onUnusable?: OnUnusable;
}
