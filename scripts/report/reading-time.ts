import { cpus } from 'node:os';
import type { Model } from '../../src/core/model/model.ts';
import { createRecognizer } from '../../src/core/recognizer/recognizer.ts';
import { imageAt, imageCount } from './labeled-images.ts';
import { quantile } from './statistics.ts';

/** How long reading one image takes. */
export interface ReadingTime {
  /** Median. */
  milliseconds: number;
  readings: number;
  /** Model of the processor. */
  processor: string;
}

/** Readings before those that are timed, after which the engine's code is compiled. */
const WARM_UP = 200;
const READINGS = 1000;

/** Reads images one at a time on one thread, as the canvas page has them read. */
export async function timeReading(model: Model, images: Uint8Array): Promise<ReadingTime> {
  const recognizer = await createRecognizer(model);
  const times: number[] = [];
  for (let reading = 0; reading < WARM_UP + READINGS; reading++) {
    const image = imageAt(images, reading % imageCount(images));
    const began = performance.now();
    await recognizer.recognize(image);
    if (reading >= WARM_UP) times.push(performance.now() - began);
  }
  await recognizer.dispose();
  return { milliseconds: quantile(times, 0.5), readings: READINGS, processor: cpus()[0]?.model.trim() ?? 'unknown' };
}
