import { readFileSync } from 'node:fs';

/** More than a thread of Node reserves: 600 to 840 MiB in Node 20 to 26. */
const THREAD_BYTES = 2 ** 30;

let limit: number | null | undefined;
/** What threads that are starting will reserve. */
let pending = 0;

/** The limit on this process' virtual memory in bytes (`ulimit -v`); null without one. Only Linux enforces it. */
export function addressSpaceLimit(): number | null {
  limit ??= readNumber('/proc/self/limits', /^Max address space +(\d+)/m);
  return limit;
}

/**
 * Whether the limit on virtual memory has room for another thread. If so, reserves the room until `release` is called. V8
 * ends the process with a stack trace if it cannot create a thread.
 */
export function reserveThread(): { release: () => void } | null {
  const maximum = addressSpaceLimit();
  if (maximum === null) return { release() {} };
  const used = (readNumber('/proc/self/status', /^VmSize:\s+(\d+)/m) ?? 0) * 1024;
  if (used + pending + THREAD_BYTES > maximum) return null;
  pending += THREAD_BYTES;
  let isReserved = true;
  return {
    release() {
      if (isReserved) pending -= THREAD_BYTES;
      isReserved = false;
    },
  };
}

/** Reads a number from a file of `/proc`. Returns null where there is none: on other systems, or for `unlimited`. */
function readNumber(file: string, pattern: RegExp): number | null {
  try {
    const [, digits] = readFileSync(file, 'latin1').match(pattern) ?? [];
    return digits === undefined ? null : Number(digits);
  } catch {
    return null;
  }
}
