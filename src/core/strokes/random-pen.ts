import { PEN_WIDTH } from '../images/normalize.ts';
import { randomStream } from '../random.ts';
import type { PenOptions } from './rasterize.ts';

/** How far another person's pen is from the usual one, drawn evenly from minus to plus this much. */
const MAX_LOG_THICKNESS = Math.log(1.5);
const MAX_SLANT = 0.4;
const MAX_ROTATION = (12 * Math.PI) / 180;
const MAX_LOG_ASPECT = Math.log(1.35);

/** A pen and a hand at random, by the seed alone. `strength` multiplies how much they differ from the usual ones. */
export function randomPen(seed: number, strength: number): PenOptions {
  const random = randomStream(seed);
  const signed = () => strength * (2 * random() - 1);
  return {
    thickness: PEN_WIDTH * Math.exp(MAX_LOG_THICKNESS * signed()),
    slant: MAX_SLANT * signed(),
    rotation: MAX_ROTATION * signed(),
    aspect: Math.exp(MAX_LOG_ASPECT * signed()),
  };
}
