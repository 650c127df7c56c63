import { isDeepStrictEqual } from 'node:util';
import type { Architecture } from '../../../core/model/architectures.ts';
import { TRAINING_DEFAULTS } from '../../../core/training/training-run.ts';
import { type OptionValues, presetValues } from './train-options.ts';

/** Settings of a training run that go together. */
export interface Preset {
  readonly name: string;
  /** What it is good for. */
  readonly help: string;
  readonly architecture: Architecture;
  readonly epochs: number;
  readonly values: OptionValues;
}

const { architecture, epochs } = TRAINING_DEFAULTS;

/** From the fastest to the slowest. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'quick look',
    help: 'A small network on 10,000 images, to see how training goes',
    ...{ architecture: 'cnn', epochs: 3, values: { limit: '10000' } },
  },
  {
    name: 'notebook',
    help: 'The network and the recipe of many tutorials',
    ...{ architecture: 'cnn', epochs: 10, values: {} },
  },
  { name: 'default', help: 'Accurate in little time', ...{ architecture, epochs, values: {} } },
  {
    name: 'rejecting',
    help: 'The default, which also learns to reject what is not one character',
    ...{ architecture, epochs, values: { reject: '0.12' } },
  },
  {
    name: 'most accurate',
    help: 'The largest network, trained longest',
    ...{ architecture: 'deep', epochs: 24, values: {} },
  },
];

/** The preset with these settings; undefined if there is none. */
export function presetOf(chosen: { architecture: string; epochs: number; values: OptionValues }): Preset | undefined {
  return PRESETS.find(
    (preset) =>
      preset.architecture === chosen.architecture &&
      preset.epochs === chosen.epochs &&
      isDeepStrictEqual(preset.values, presetValues(chosen.values)),
  );
}
