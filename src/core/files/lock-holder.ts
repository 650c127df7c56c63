/** Who holds a lock. Everything is null if the lock does not say, as locks of older versions do not. */
export interface LockHolder {
  /** The name of its machine. */
  readonly host: string | null;
  /** The number of its process. */
  readonly process: number | null;
  /** When it took the lock, by the clock of its machine; ISO 8601. */
  readonly since: string | null;
}
