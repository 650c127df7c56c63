import type { Drawing } from '../../src/core/strokes/drawing.ts';
import type { TextReader } from '../../src/core/text/text-reader.ts';

/** Warm-up readings before those that are timed. */
const WARM_UP = 50;

/** How long words take from their strokes to their candidates, one at a time, in milliseconds. Reads them in turn, `readings` in all. */
export async function readingTimes(
  reader: TextReader,
  drawings: readonly Drawing[],
  readings: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let reading = 0; reading < WARM_UP + readings; reading++) {
    const began = performance.now();
    await reader.readStrokes(drawings[reading % drawings.length]!);
    if (reading >= WARM_UP) times.push(performance.now() - began);
  }
  return times;
}
