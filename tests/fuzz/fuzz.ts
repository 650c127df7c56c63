import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { WatchdogData } from './watchdog-worker.ts';

export interface FuzzOptions {
  seed: number;
  runs: number;
  /** The most that one input may add to the process's peak of resident memory. Default 100. */
  megabytes?: number;
  /** The longest that one input may take. Default 10. */
  seconds?: number;
}

/**
 * Runs `attempt` on random inputs. It may succeed or throw an `EmnistError`; any other error fails the test, and so does
 * an input that takes too long or too much memory. The seed fixes the inputs; `FUZZ_SEED` and `FUZZ_RUNS` in the
 * environment replace seed and number of runs, to search for longer than a test run allows. Returns how many inputs were
 * accepted.
 */
export async function fuzz<Input>(
  inputs: fc.Arbitrary<Input>,
  attempt: (input: Input) => Promise<unknown>,
  { seed, runs, megabytes = 100, seconds = 10 }: FuzzOptions,
): Promise<{ accepted: number; refused: number }> {
  const counts = { accepted: 0, refused: 0 };
  let greediest = { megabytes: 0, input: '' };
  using watchdog = new Watchdog(seconds);
  const property = fc.asyncProperty(inputs, async (input) => {
    const text = fc.stringify(input);
    watchdog.reset(text);
    const before = resetPeak();
    try {
      await attempt(input);
      counts.accepted++;
    } catch (error) {
      if (!(error instanceof EmnistError)) throw error;
      counts.refused++;
    }
    const added = peakMegabytes() - before;
    if (added > greediest.megabytes) greediest = { megabytes: added, input: text };
  });
  const { FUZZ_SEED, FUZZ_RUNS } = process.env;
  await fc.assert(property, { seed: Number(FUZZ_SEED ?? seed), numRuns: Number(FUZZ_RUNS ?? runs) });
  if (FUZZ_RUNS) console.log({ ...counts, greediest });
  expect(greediest.megabytes, `peak memory, in MB, of ${greediest.input}`).toBeLessThan(megabytes);
  return counts;
}

/** Starts a new measurement of the peak and returns the megabytes in use. */
function resetPeak(): number {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak is that of the process, so that only an input that exceeds all before it shows.
  }
  return peakMegabytes();
}

function peakMegabytes(): number {
  const kilobytes = existsSync('/proc/self/status')
    ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    : undefined;
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}

const MOST_TEXT = 100_000;

/**
 * Ends the process when an input takes too long, and says which one it was. It is a separate thread, since no timer of
 * this one fires while synchronous code hangs.
 */
class Watchdog implements Disposable {
  readonly #resets = new Int32Array(new SharedArrayBuffer(4));
  readonly #length = new Int32Array(new SharedArrayBuffer(4));
  readonly #text = new Uint8Array(new SharedArrayBuffer(MOST_TEXT));
  readonly #worker: Worker;

  constructor(seconds: number) {
    const workerData: WatchdogData = { resets: this.#resets, length: this.#length, text: this.#text, seconds };
    this.#worker = new Worker(new URL('./watchdog-worker.ts', import.meta.url), { workerData });
    this.#worker.unref();
  }

  /** Starts the clock for an input. */
  reset(input: string): void {
    const bytes = new TextEncoder().encode(input).subarray(0, MOST_TEXT);
    this.#text.set(bytes);
    this.#length[0] = bytes.length;
    Atomics.add(this.#resets, 0, 1);
    Atomics.notify(this.#resets, 0);
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }
}
