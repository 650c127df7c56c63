import { createHash, randomUUID } from 'node:crypto';
import { lstat, open, readFile, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { pid } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { isEmnistError } from '../errors.ts';
import { localTime } from '../local-time.ts';
import { fileError, isMissing } from './file-errors.ts';
import { makeFolder } from './folders.ts';
import type { LockHolder } from './lock-holder.ts';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.ts';
import { retryWhileBusy } from './retry.ts';

/** How often a holder renews its lock, in milliseconds. */
const RENEWAL_INTERVAL = 2000;
/** How long a lock must stay without renewal before it is stale, in milliseconds. */
const STALE_AFTER = 15_000;
/** How often a waiting process checks the lock, in milliseconds. */
const POLL_INTERVAL = 200;
/** How often the folder may be removed between creating it and the lock. */
const MAX_VANISHED = 10;
const TAKEOVER = '.takeover';

const contentSchema = v.object({
  id: v.string(),
  host: v.string(),
  boot: v.string(),
  pid: v.number(),
  started: v.nullable(v.string()),
  since: v.string(),
});

/** Whether and how to wait for a lock. */
export interface LockOptions {
  /** Wait for the holder to release the lock, instead of throwing `LockedError`. */
  wait?: boolean;
  /** Stops waiting. The signal's reason is thrown. */
  signal?: AbortSignal;
  /**
   * Called for each holder that is waited for: with `isHeld` false as long as that is only to see whether it is still running,
   * and again once it is known that it is.
   */
  onWait?: (holder: LockHolder, isHeld: boolean) => void;
  /** Called if another process took the lock over or removed it. */
  onLost?: () => void;
  /** How long a lock must stay without renewal before it is stale, in milliseconds. Default 15,000. */
  staleAfter?: number;
}

/** A lock that this process holds. Disposing of it releases it. */
export interface Lock extends AsyncDisposable {
  readonly file: string;
  /** Differs from those of all other locks. */
  readonly id: string;
}

/** Thrown if another process, or another part of this one, holds a lock. */
export class LockedError extends Error {
  readonly holder: LockHolder;

  constructor(file: string, holder: LockHolder) {
    super(`${file} is locked`);
    this.holder = holder;
  }
}

/**
 * Acquires a lock: creates a file, and its folder, that describes the holder. Disposing of the lock removes the file.
 *
 * A lock whose holder is known to have ended is taken over immediately. If the holder is on another machine or in another
 * container, there is no way to check whether it is running, so the lock is watched: it is held if it is renewed, and
 * stale if it is not renewed for a while. Only the clock of this process is used for that, never a time in a file.
 *
 * Throws `LockedError`, the signal's reason, and the errors of `fileError`.
 */
export async function acquireLock(file: string, options: LockOptions = {}): Promise<Lock> {
  const { wait = false, signal, onWait, onLost, staleAfter = STALE_AFTER } = options;
  const watch = new Watch(staleAfter);
  let waitingFor: string | null = null;
  let vanished = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const id = await createLock(file);
      if (id !== null) return new HeldLock(file, id, onLost);
    } catch (error) {
      // The process that released the lock may have just removed the folder.
      if (!isEmnistError(error, 'file-missing') || ++vanished === MAX_VANISHED) throw error;
      continue;
    }
    const found = await readLock(file);
    // It has just been released.
    if (found === null) continue;
    const state = await watch.stateOf(file, found);
    if (state === 'held' && !wait) throw new LockedError(file, found.holder);
    if (state === 'stale' && (await removeStale(file, found, watch))) continue;
    const reason = `${found.id} ${state}`;
    if (state !== 'stale' && waitingFor !== reason) {
      waitingFor = reason;
      onWait?.(found.holder, state === 'held');
    }
    await pause(signal);
  }
}

/**
 * Whether a lock is still held by whoever acquired it with this ID. A process that was suspended, or that could not reach
 * its disk, may find that another one has taken the lock over. Throws the errors of `fileError`.
 */
export async function isStillHeld({ file, id }: Pick<Lock, 'file' | 'id'>): Promise<boolean> {
  return (await readLock(file))?.id === id;
}

/** The process that is known to hold a lock at the moment; null if there is none, or none that can be seen from here. */
export async function lockHolder(file: string): Promise<LockHolder | null> {
  const found = await readLock(file);
  if (found === null) return null;
  const isHeld = heldHere.has(found.id) || (found.identity !== null && (await isRunning(found.identity)) === true);
  return isHeld ? found.holder : null;
}

/** Names the holder of a lock: `process 123 on example.org`, or `this program`. */
export function describeHolder({ host, process, since }: LockHolder): string {
  // Two containers can have the same host name and process number.
  if (process === pid && host === hostname() && [...heldHere.values()].includes(since ?? '')) return 'this program';
  if (process === null) return 'another process';
  return host === null ? `process ${process}` : `process ${process} on ${host}`;
}

/** Names the holder of a lock, and since when: `process 123 on example.org, since 2026-03-01 12:00:05`. */
export function describeHolding(holder: LockHolder): string {
  const { since } = holder;
  return `${describeHolder(holder)}${since === null ? '' : `, since ${localTime(since)}`}`;
}

/** Whether a file is a lock with this name, or was created to take it over. */
export function isLockFile(file: string, lockName: string): boolean {
  return file === lockName || file.startsWith(lockName + TAKEOVER);
}

/** The IDs of the locks that this process holds, and since when. */
const heldHere = new Map<string, string>();

class HeldLock implements Lock {
  readonly file: string;
  readonly id: string;
  readonly #timer: NodeJS.Timeout;
  #renewal = Promise.resolve();

  constructor(file: string, id: string, onLost?: () => void) {
    this.file = file;
    this.id = id;
    this.#timer = setInterval(() => {
      this.#renewal = this.#renew(onLost);
    }, RENEWAL_INTERVAL).unref();
  }

  async #renew(onLost?: () => void): Promise<void> {
    try {
      if (await isStillHeld(this)) {
        const now = new Date();
        await utimes(this.file, now, now);
      } else {
        clearInterval(this.#timer);
        onLost?.();
      }
    } catch {
      // A network drive may be temporarily unavailable. The next renewal follows soon.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
    if (!heldHere.delete(this.id)) return;
    if (await isStillHeld(this)) await removeLock(this.file);
  }
}

/** Creates a lock and its folder. Returns the lock's ID, or null if there is one already. */
async function createLock(file: string): Promise<string | null> {
  await makeFolder(path.dirname(file));
  const id = randomUUID();
  const since = new Date().toISOString();
  const content = JSON.stringify({ id, ...(await thisProcess()), since });
  let created = false;
  try {
    await using handle = await retryWhileBusy(() => open(file, 'wx'));
    created = true;
    heldHere.set(id, since);
    await handle.writeFile(`${content}\n`);
    return id;
  } catch (error) {
    heldHere.delete(id);
    // On a full disk, a file can be created but not written.
    if (created) await removeLock(file);
    else if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw fileError(error, file);
  }
}

interface FoundLock {
  /** Differs from those of earlier and later locks. */
  id: string;
  /** Changes when the lock is renewed. */
  version: string;
  /** Null if the lock does not record it, as in older versions. */
  identity: ProcessIdentity | null;
  holder: LockHolder;
}

/** Reads a lock, which may be incomplete. Returns null if there is none. */
async function readLock(file: string): Promise<FoundLock | null> {
  try {
    const stats = await lstat(file);
    // Older versions used folders.
    const text = stats.isFile() ? await retryWhileBusy(() => readFile(file, 'utf8')) : '';
    const version = String(stats.mtimeMs);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), contentSchema), text);
    if (!parsed.success) {
      return {
        id: `${stats.ino} ${text}`,
        version,
        identity: null,
        holder: { host: null, process: null, since: null },
      };
    }
    const { id, host, boot, pid, started, since } = parsed.output;
    return { id, version, identity: { host, boot, pid, started }, holder: { host, process: pid, since } };
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(error, file);
  }
}

async function removeLock(file: string): Promise<void> {
  try {
    await retryWhileBusy(() => rm(file, { recursive: true, force: true }));
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Determines whether locks are held, by watching them as long as this process waits. */
class Watch {
  readonly #staleAfter: number;
  readonly #seen = new Map<string, { id: string; version: string; time: number; quiet: number; renewed: boolean }>();

  constructor(staleAfter: number) {
    this.#staleAfter = staleAfter;
  }

  /** `unknown` means that it is too early to tell. */
  async stateOf(file: string, found: FoundLock): Promise<'held' | 'stale' | 'unknown'> {
    if (heldHere.has(found.id)) return 'held';
    const running = found.identity && (await isRunning(found.identity));
    // Held by this process, but not by this thread: by another one, which may have been terminated.
    const isOurs = running === true && found.identity?.pid === process.pid;
    if (running !== null && !isOurs) return running ? 'held' : 'stale';

    const time = performance.now();
    const seen = this.#seen.get(file);
    if (seen?.id !== found.id) {
      this.#seen.set(file, { id: found.id, version: found.version, time, quiet: 0, renewed: false });
      return 'unknown';
    }
    // Time during which this process was suspended does not count.
    seen.quiet += Math.min(time - seen.time, 2 * POLL_INTERVAL);
    seen.time = time;
    if (seen.version !== found.version) Object.assign(seen, { version: found.version, quiet: 0, renewed: true });
    if (seen.quiet >= this.#staleAfter) return 'stale';
    return seen.renewed ? 'held' : 'unknown';
  }
}

/**
 * Removes a stale lock. Other processes may be doing the same, and one of them may have already replaced it with its own
 * lock, which must not be removed. So a process first claims the stale lock, by creating a file named after its ID, and
 * then checks that it is unchanged. A claim is itself a lock, which is stale if its process has ended. Returns false while
 * another process holds the claim.
 */
async function removeStale(file: string, stale: FoundLock, watch: Watch): Promise<boolean> {
  const suffix = createHash('sha256').update(stale.id).digest('hex').slice(0, 16);
  const claim = `${file}${path.basename(file).includes(TAKEOVER) ? '' : TAKEOVER}-${suffix}`;
  const id = await createLock(claim);
  if (id === null) {
    const other = await readLock(claim);
    if (other === null) return true;
    return (await watch.stateOf(claim, other)) === 'stale' && removeStale(claim, other, watch);
  }
  try {
    const now = await readLock(file);
    if (now?.id === stale.id && now.version === stale.version) await removeLock(file);
    return true;
  } finally {
    heldHere.delete(id);
    await removeLock(claim);
  }
}

async function pause(signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(POLL_INTERVAL, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
