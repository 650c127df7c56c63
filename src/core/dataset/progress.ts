import type { DatasetName } from './dataset-name.ts';
import type { FetchEvent } from './fetch-event.ts';

/** Progress of a download or extraction. `total` is null if the server did not send it. */
export interface Bytes {
  bytes: number;
  total: number | null;
}

const INTERVAL_MS = 100;
/** The speed reported is the average over this time. */
const WINDOW_MS = 3000;

/** Turns frequent updates into at most ten `progress` events a second, and a final one. */
export class ProgressMeter {
  readonly split: DatasetName;
  #samples: { time: number; bytes: number }[] = [];
  #last: Bytes = { bytes: 0, total: null };
  #reported = Number.NEGATIVE_INFINITY;

  constructor(split: DatasetName) {
    this.split = split;
  }

  /** Returns an event, or null if the last one was less than a tenth of a second ago. */
  update(progress: Bytes): FetchEvent | null {
    const now = performance.now();
    // The download restarted because the file on the server changed.
    if (progress.bytes < this.#last.bytes) this.#samples = [];
    this.#last = progress;
    if (now - this.#reported < INTERVAL_MS) return null;
    this.#reported = now;
    return this.#event(now, progress);
  }

  /** Returns the final event. `bytes` is the size to report if nothing had to be downloaded or extracted. */
  finish(bytes: number): FetchEvent {
    const total = this.#last.bytes > 0 ? this.#last.bytes : bytes;
    return this.#event(performance.now(), { bytes: total, total });
  }

  #event(time: number, { bytes, total }: Bytes): FetchEvent {
    this.#samples.push({ time, bytes });
    while (this.#samples.length > 2 && time - this.#samples[0]!.time > WINDOW_MS) this.#samples.shift();
    const oldest = this.#samples[0]!;
    const seconds = (time - oldest.time) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.round((bytes - oldest.bytes) / seconds) : 0;
    return { event: 'progress', split: this.split, bytes, total, bytesPerSecond };
  }
}
