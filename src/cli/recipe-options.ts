import { Option } from 'commander';
import { OPTIMIZERS, type Recipe, recipeFor, SCHEDULES } from '../core/model/recipe.ts';
import { MAX_LEARNING_RATE, TRAIN_LIMITS } from '../core/training/train-limits.ts';
import { integer, numberBetween, oneOf, positiveNumber } from './arguments.ts';

/** The options of `train` that say how, one for each field of the recipe, with what both architectures have by default. */
export function recipeOptions(): Option[] {
  const [vgg, cnn] = [recipeFor('vgg'), recipeFor('cnn')];
  const option = <T>(
    field: keyof Recipe,
    flags: string,
    description: string,
    parser: (name: string) => (value: string) => T,
  ) => {
    const defaults = vgg[field] === cnn[field] ? `${vgg[field]}` : `${vgg[field]}; for cnn ${cnn[field]}`;
    return new Option(flags, `${description} (default: ${defaults})`).argParser(parser(flags.split(' ')[0]!));
  };
  const between =
    ([min, max]: readonly [number, number]) =>
    (name: string) =>
      numberBetween(name, min, max);
  return [
    option('optimizer', '--optimizer <name>', 'adam, with weight decay AdamW, or sgd with Nesterov momentum', (name) =>
      oneOf(name, OPTIMIZERS),
    ),
    option('learningRate', '--learning-rate <x>', 'highest step size; 0.05 by default with sgd', (name) =>
      positiveNumber(name, MAX_LEARNING_RATE),
    ),
    option('schedule', '--schedule <name>', 'of the learning rate: constant or one-cycle', (name) =>
      oneOf(name, SCHEDULES),
    ),
    option(
      'weightDecay',
      '--weight-decay <x>',
      'how strongly weights are pulled to zero',
      between(TRAIN_LIMITS.weightDecay),
    ),
    option(
      'augment',
      '--augment <x>',
      'how strongly images are distorted: 0 not at all',
      between(TRAIN_LIMITS.augment),
    ),
    option(
      'balance',
      '--balance <x>',
      'how evenly characters are shown: 0 as they are, 1 all alike',
      between(TRAIN_LIMITS.balance),
    ),
    option(
      'labelSmoothing',
      '--label-smoothing <x>',
      'share of the target spread over all classes',
      between(TRAIN_LIMITS.labelSmoothing),
    ),
    option(
      'averaging',
      '--averaging <x>',
      'decay of the average of the weights: 0 takes the last',
      between(TRAIN_LIMITS.averaging),
    ),
    option('patience', '--patience <n>', 'end after so many epochs without a better one: 0 never', (name) =>
      integer(name, ...TRAIN_LIMITS.patience),
    ),
  ];
}
