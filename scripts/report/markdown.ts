import { count, percent } from '../../src/app/format.ts';
import type { Model } from '../../src/core/model/model.ts';
import { parameterCount } from '../../src/core/model/network.ts';
import type { Measured } from './measure.ts';

const WORST = 10;
const CONFUSIONS = 12;

/** The figures of a model card as Markdown. `bytes` is the model's size on disk. */
export function figures(model: Model, bytes: number, measured: readonly Measured[]): string {
  return [
    training(model, bytes),
    '### Accuracy on test sets',
    table(
      ['Test set', 'Images', 'Classes', 'Prior', 'Accuracy', 'Top-5 accuracy', 'Calibration error', '`predict`'],
      measured.map(({ set, evaluation, predictAccuracy }) => [
        set.title,
        count(evaluation.images),
        String(evaluation.restrictedTo?.length ?? model.labels.length),
        evaluation.prior === 'split' ? 'class frequencies of its training part' : 'equally likely classes',
        percent(evaluation.accuracy, 2),
        percent(evaluation.top5Accuracy, 2),
        percent(evaluation.calibrationError, 2),
        percent(predictAccuracy, 2),
      ]),
    ),
    ...measured
      .filter(({ evaluation }) => evaluation.perClass.length > 40 && evaluation.prior !== 'split')
      .map(details),
  ].join('\n\n');
}

function training({ network, labels, training }: Model, bytes: number): string {
  if (!training) return '';
  const { recipe } = training;
  return [
    '### Training run',
    table(
      ['', ''],
      [
        ['Network', `\`${training.architecture}\`, ${count(parameterCount(network))} parameters`],
        ['Size on disk', `${count(Math.round(bytes / 1000))} kB`],
        ['Classes', `${labels.length}: \`${labels.join('')}\``],
        [
          'Images',
          `${count(training.trainImages - training.strokeImages)} of the training part of \`${training.split}\``,
        ],
        ['Drawings', `${count(training.strokeImages)} characters of UNIPEN's training part`],
        [
          'Validation accuracy',
          `${percent(training.validationAccuracy, 2)} of ${count(training.validationImages)} images`,
        ],
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
      ],
    ),
  ].join('\n\n');
}

function details({ set, evaluation }: Measured): string {
  const worst = evaluation.perClass.toSorted((a, b) => a.accuracy - b.accuracy).slice(0, WORST);
  const confusions = evaluation.confusions.slice(0, CONFUSIONS);
  return [
    `### Mistakes on ${set.title}`,
    `Worst classes: ${worst.map(({ label, accuracy }) => `\`${label}\` ${percent(accuracy)}`).join(', ')}.`,
    `Most frequent confusions: ${confusions
      .map(({ truth, predicted, count: times }) => `\`${truth}\` read as \`${predicted}\` ${times} times`)
      .join(', ')}.`,
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
