import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  /** Counts the inputs, [1]. */
  resets: Int32Array<SharedArrayBuffer>;
  /** The current input as text, and its length in bytes, [1]. */
  text: Uint8Array<SharedArrayBuffer>;
  length: Int32Array<SharedArrayBuffer>;
  /** The longest that an input may take. */
  seconds: number;
}

const { resets, text, length, seconds }: WatchdogData = workerData;

for (;;) {
  const seen = Atomics.load(resets, 0);
  if (seen === 0) Atomics.wait(resets, 0, 0);
  else if (Atomics.wait(resets, 0, seen, seconds * 1000) === 'timed-out') {
    const input = new TextDecoder().decode(text.slice(0, length[0]));
    writeSync(2, `fuzzing: this input took longer than ${seconds} seconds: ${input}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}
