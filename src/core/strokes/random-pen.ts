import { PEN_WIDTH } from '../images/normalize.ts';
import { randomStream } from '../random.ts';
import type { PenOptions } from './rasterize.ts';

/** Largest differences from the usual pen and hand, in each direction; the random ones are distributed uniformly. */
const MAX_LOG_THICKNESS = Math.log(1.5);
const MAX_SLANT = 0.4;
const MAX_ROTATION = (12 * Math.PI) / 180;
const MAX_LOG_ASPECT = Math.log(1.35);

/** A random pen and hand, determined by the seed. `strength` multiplies the differences from the usual ones. */
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
