import { asset } from '../asset.ts';
import type { Network } from '../model/network.ts';

/** The word network that ships in the package. */
export interface WordModel {
  name: string;
  /** For images of one width; it takes all that are multiples of `WIDTH_STEP`. */
  network: Network;
  /** In the order of `weightSpecs(network)`. */
  weights: readonly Float32Array[];
}

/** Reads the word model. Throws `installation-damaged` if it is missing. */
export function loadWordModel(): WordModel {
  asset('models/words/model.json');
  throw new Error('to be built');
}
