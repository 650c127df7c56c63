import type { FetchEvent } from './fetch-event.ts';
import type { Split } from './splits.ts';

/** How far a download or an extraction is; `total` is null when the server did not say. */
export interface Bytes {
  bytes: number;
  total: number | null;
}

const INTERVAL_MS = 100;
/** The speed shown is the mean over this time. */
const WINDOW_MS = 3000;

/** Turns many reports into at most ten `progress` events a second and a last one. */
export class ProgressMeter {
  readonly #split: Split;
  #samples: { time: number; bytes: number }[] = [];
  #last: Bytes = { bytes: 0, total: null };
  #reported = Number.NEGATIVE_INFINITY;

  constructor(split: Split) {
    this.#split = split;
  }

  /** The event to show now, or null when one was shown just before. */
  update(progress: Bytes): FetchEvent | null {
    const now = performance.now();
    // Where it begins anew, because the file on the server changed, the speed does too.
    if (progress.bytes < this.#last.bytes) this.#samples = [];
    this.#last = progress;
    if (now - this.#reported < INTERVAL_MS) return null;
    this.#reported = now;
    return this.#event(now, progress);
  }

  /** The last event: all is there. `bytes`: what to say when nothing had to be moved. */
  finish(bytes: number): FetchEvent {
    const moved = this.#last.bytes > 0 ? this.#last.bytes : bytes;
    return this.#event(performance.now(), { bytes: moved, total: moved });
  }

  #event(time: number, { bytes, total }: Bytes): FetchEvent {
    this.#samples.push({ time, bytes });
    while (this.#samples.length > 2 && time - this.#samples[0]!.time > WINDOW_MS) this.#samples.shift();
    const oldest = this.#samples[0]!;
    const seconds = (time - oldest.time) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.round((bytes - oldest.bytes) / seconds) : 0;
    return { event: 'progress', split: this.#split, bytes, total, bytesPerSecond };
  }
}
