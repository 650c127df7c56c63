import * as v from 'valibot';
import { ENGINE_NAMES, MAX_THREADS } from '../../core/engine/engine.ts';
import { LEARNING_DEFAULTS } from '../../core/training/learn-run.ts';
import { TRAIN_LIMITS } from '../../core/training/train-limits.ts';
import { flag, oneOf, option, path, text, wholeNumber } from './option.ts';

export const learnOptions = v.object({
  from: option(path(), {
    help: 'Model to start from, by name or folder',
    placeholder: 'model',
    defaultText: 'the default model, or the one that it learned from',
    completes: 'model',
  }),
  name: option(text(), {
    help: 'Name of the new model',
    placeholder: 'name',
    defaultText: 'that of the model it starts from, with -hand',
  }),
  epochs: option(wholeNumber(...TRAIN_LIMITS.epochs), {
    help: 'Rounds of learning, after each of which it is measured',
    placeholder: 'n',
    default: LEARNING_DEFAULTS.epochs,
  }),
  engine: option(oneOf(['auto', ...ENGINE_NAMES]), {
    help: 'Engine to learn with',
    placeholder: 'engine',
    default: 'auto',
  }),
  threads: option(wholeNumber(1, MAX_THREADS), {
    help: 'Threads to learn with',
    placeholder: 'n',
    defaultText: 'one per core',
  }),
  seed: option(wholeNumber(...TRAIN_LIMITS.seed), {
    help: 'Random seed',
    placeholder: 'n',
    default: LEARNING_DEFAULTS.seed,
  }),
  overwrite: flag({ help: 'Replace an existing model of the same name' }),
});

export type LearnOptions = v.InferInput<typeof learnOptions>;
