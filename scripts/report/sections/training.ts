import { count, percent } from '../../../src/app/format.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { parameterCount } from '../../../src/core/model/network.ts';
import { section, table } from '../markdown.ts';
import type { ReadingTime } from '../reading-time.ts';

/** How a model was trained, its size on disk in bytes, and how fast it is. */
export function trainingSection({ network, labels, training }: Model, bytes: number, time: ReadingTime): string {
  return section(
    'Network and training run',
    table(
      ['', ''],
      [
        ['Network', `${training ? `\`${training.architecture}\`, ` : ''}${count(parameterCount(network))} parameters`],
        ['Size on disk', `${count(Math.round(bytes / 1000))} kB`],
        [
          'Time of one character',
          `${time.milliseconds.toFixed(2)} ms, the median of ${count(time.readings)} readings on one thread, warmed up (${time.processor})`,
        ],
        ['Classes', `${labels.length}: \`${labels.join('')}\``],
        ...(training ? trainingRows(training) : []),
      ],
    ),
  );
}

function trainingRows(training: NonNullable<Model['training']>): string[][] {
  const { recipe } = training;
  return [
    ['Images', `${count(training.trainImages - training.strokeImages)} of the training part of \`${training.split}\``],
    ['Drawings', `${count(training.strokeImages)} characters`],
    [
      'Images of no character',
      training.rejectImages > 0
        ? `${count(training.rejectImages)} in each epoch, ${recipe.reject} for each of a character`
        : 'none',
    ],
    ['Validation accuracy', `${percent(training.validationAccuracy, 2)} of ${count(training.validationImages)} images`],
    ['Epochs', `${training.epochs}, batch size ${training.batchSize}, seed ${training.seed}`],
    [
      'Optimizer',
      `${recipe.optimizer}, weight decay ${recipe.weightDecay}, ${recipe.schedule}, learning rate ${recipe.learningRate}`,
    ],
    ['Augmentation', `strength ${recipe.augment}`],
    ['Class balance', String(recipe.balance)],
    ['Label smoothing', String(recipe.labelSmoothing)],
    ['Exponential moving average', `decay ${recipe.averaging}`],
    ['Temperature', training.temperature.toFixed(3)],
  ];
}
