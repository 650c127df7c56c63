/** Who holds a lock. All fields are null if the lock does not record it, as in older versions. */
export interface LockHolder {
  /** The name of the machine. */
  readonly host: string | null;
  /** The process number. */
  readonly process: number | null;
  /** When the holder took the lock, by its own clock; ISO 8601. */
  readonly since: string | null;
}

/**
 * Work waits for a lock. Its holder may have ended without releasing it, which takes a while to find out if it ran on
 * another machine.
 */
export type WaitingEvent = { event: 'waiting'; host: string | null; process: number | null; since: string | null };
