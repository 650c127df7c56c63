import * as v from 'valibot';
import { ENGINE_NAMES, MAX_THREADS } from '../../core/engine/engine.ts';
import { ARCHITECTURES } from '../../core/model/architectures.ts';
import { OPTIMIZERS, type Recipe, recipeFor, SCHEDULES } from '../../core/model/recipe.ts';
import { MAX_LEARNING_RATE, TRAIN_LIMITS } from '../../core/training/train-limits.ts';
import { TRAINING_DEFAULTS } from '../../core/training/training-run.ts';
import { flag, numberBetween, oneOf, oneOrList, option, path, positiveNumber, text, wholeNumber } from './option.ts';
import { limitOption, splitOption } from './shared.ts';

// Settings of the run have no default here: those omitted when a run is resumed are taken from its checkpoint.
export const trainOptions = v.object({
  split: splitOption('Split to train on', { defaultText: TRAINING_DEFAULTS.split }),
  epochs: option(wholeNumber(...TRAIN_LIMITS.epochs), {
    help: 'Passes over the training images',
    placeholder: 'n',
    defaultText: `${TRAINING_DEFAULTS.epochs}`,
  }),
  batchSize: option(wholeNumber(...TRAIN_LIMITS.batchSize), {
    help: 'Images per training step',
    placeholder: 'n',
    defaultText: `${TRAINING_DEFAULTS.batchSize}`,
  }),
  architecture: option(oneOf(ARCHITECTURES), {
    help: 'Network: cnn is small and fast, vgg is larger and more accurate, deep is the largest and slowest',
    placeholder: 'name',
    defaultText: TRAINING_DEFAULTS.architecture,
  }),
  network: option(path(), {
    help: "File with the layers of a network of your own, in Keras' names, or a model whose layers are trained from scratch",
    placeholder: 'file|model',
    conflicts: ['architecture'],
    completes: 'file',
  }),
  from: option(path(), {
    help: 'Model whose layers and weights to start from, by name or folder; its labels may differ from those of the split',
    placeholder: 'model',
    conflicts: ['architecture', 'network'],
    completes: 'model',
  }),
  engine: option(oneOf(['auto', ...ENGINE_NAMES]), {
    help: 'Engine to train with',
    placeholder: 'engine',
    default: 'auto',
  }),
  threads: option(wholeNumber(1, MAX_THREADS), {
    help: 'Threads to train with',
    placeholder: 'n',
    defaultText: 'one per core',
  }),
  seed: option(wholeNumber(...TRAIN_LIMITS.seed), {
    help: 'Random seed',
    placeholder: 'n',
    defaultText: `${TRAINING_DEFAULTS.seed}, or that of the model it starts from if that was trained on the same split`,
  }),
  limit: limitOption('Use only this many training images, including those held out for validation'),
  name: option(text(), {
    help: 'Name of the model',
    placeholder: 'name',
    defaultText: 'split-architecture, split-network, or split-model',
  }),
  strokes: option(oneOrList(path(), 'a file or a list of files'), {
    help: 'Stroke file with labeled drawings to train on in addition; may be given several times',
    placeholder: 'file',
    completes: 'file',
  }),
  resume: flag({ help: 'Resume an interrupted training run: the one with this name, or the latest' }),
  overwrite: flag({ help: 'Replace an existing model of the same name', conflicts: ['resume'] }),
  optimizer: recipeOption('optimizer', oneOf(OPTIMIZERS), {
    help: 'Optimizer: adam (AdamW if there is weight decay) or sgd with Nesterov momentum',
    placeholder: 'name',
  }),
  learningRate: recipeOption('learningRate', positiveNumber(MAX_LEARNING_RATE), {
    help: 'Peak learning rate; the default is a third of this for a run that starts from a model',
    placeholder: 'x',
  }),
  schedule: recipeOption('schedule', oneOf(SCHEDULES), { help: 'Learning-rate schedule', placeholder: 'name' }),
  weightDecay: recipeOption('weightDecay', numberBetween(...TRAIN_LIMITS.weightDecay), {
    help: 'Weight decay',
    placeholder: 'x',
  }),
  augment: recipeOption('augment', numberBetween(...TRAIN_LIMITS.augment), {
    help: 'Strength of the augmentation; 0 turns it off',
    placeholder: 'x',
  }),
  balance: recipeOption('balance', numberBetween(...TRAIN_LIMITS.balance), {
    help: 'How evenly characters are sampled: 0 is as often as they occur, 1 is equally often',
    placeholder: 'x',
  }),
  labelSmoothing: recipeOption('labelSmoothing', numberBetween(...TRAIN_LIMITS.labelSmoothing), {
    help: 'Share of each target that is spread over all classes',
    placeholder: 'x',
  }),
  reject: recipeOption('reject', numberBetween(...TRAIN_LIMITS.reject), {
    help: 'Learn to reject what is not one character, with this many images of that for each image of one; 0 turns it off',
    placeholder: 'x',
  }),
  averaging: recipeOption('averaging', numberBetween(...TRAIN_LIMITS.averaging), {
    help: 'Decay per step of the exponential moving average of the weights; 0 keeps the last weights',
    placeholder: 'x',
  }),
  patience: recipeOption('patience', wholeNumber(...TRAIN_LIMITS.patience), {
    help: 'Stop after this many epochs without a better validation accuracy; 0 never stops early',
    placeholder: 'n',
  }),
});

export type TrainOptions = v.InferInput<typeof trainOptions>;

/** An option that is a field of the recipe, whose default depends on the architecture and the optimizer. */
function recipeOption<const S extends v.GenericSchema>(
  field: keyof Recipe,
  schema: S,
  info: { help: string; placeholder: string },
) {
  const recipes = [
    ['', recipeFor('vgg')],
    [' for cnn', recipeFor('cnn')],
    ...(field === 'optimizer' ? [] : [[' for sgd', recipeFor('vgg', { optimizer: 'sgd' })] as const]),
  ] as const;
  const [[, usual], ...others] = recipes;
  const exceptions = others.filter(([, recipe]) => recipe[field] !== usual[field]);
  const defaultText = [['', usual] as const, ...exceptions]
    .map(([when, recipe]) => `${recipe[field]}${when}`)
    .join('; ');
  return option(schema, { ...info, defaultText });
}
