import type { Model } from '../../src/core/model/model.ts';
import { parameterCount } from '../../src/core/model/network.ts';
import type { Measured } from './measure.ts';

const WORST = 10;
const CONFUSIONS = 12;

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;
const count = (value: number) => value.toLocaleString('en');

/** The figures of a model card, as Markdown. */
export function figures(model: Model, bytes: number, measured: readonly Measured[]): string {
  return [
    training(model, bytes),
    '### Accuracy on test images',
    table(
      [
        'test set',
        'images',
        'answers',
        'classes as frequent as',
        'accuracy',
        'top 5',
        'calibration error',
        '`predict`',
      ],
      measured.map(({ set, evaluation, predictAccuracy }) => [
        set.title,
        count(evaluation.images),
        String(evaluation.restrictedTo?.length ?? model.labels.length),
        evaluation.prior === 'split' ? 'in its training part' : 'each other',
        percent(evaluation.accuracy),
        percent(evaluation.top5Accuracy),
        percent(evaluation.calibrationError),
        percent(predictAccuracy),
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
    '### Training',
    table(
      ['', ''],
      [
        ['network', `\`${training.architecture}\`, ${count(parameterCount(network))} parameters`],
        ['size', `${count(Math.round(bytes / 1000))} kB on disk`],
        ['classes', `${labels.length}: \`${labels.join('')}\``],
        [
          'images',
          `${count(training.trainImages - training.strokeImages)} of the training part of \`${training.split}\``,
        ],
        ['drawings', `${count(training.strokeImages)} characters of UNIPEN's training part`],
        ['validation', `${percent(training.validationAccuracy)} of ${count(training.validationImages)} images`],
        ['epochs', `${training.epochs}, in batches of ${training.batchSize}, seed ${training.seed}`],
        [
          'optimizer',
          `${recipe.optimizer}, weight decay ${recipe.weightDecay}, ${recipe.schedule}, learning rate ${recipe.learningRate}`,
        ],
        ['distortion', `strength ${recipe.augment}`],
        ['balance of the classes', String(recipe.balance)],
        ['label smoothing', String(recipe.labelSmoothing)],
        ['average of the weights', `decay ${recipe.averaging}`],
        ['temperature', training.temperature.toFixed(3)],
      ],
    ),
  ].join('\n\n');
}

function details({ set, evaluation }: Measured): string {
  const worst = evaluation.perClass.toSorted((a, b) => a.accuracy - b.accuracy).slice(0, WORST);
  const confusions = evaluation.confusions.slice(0, CONFUSIONS);
  return [
    `### ${set.title}: what it reads worst`,
    `Worst classes: ${worst.map(({ label, accuracy }) => `\`${label}\` ${percent(accuracy, 1)}`).join(', ')}.`,
    `Most frequent confusions: ${confusions
      .map(({ truth, predicted, count: times }) => `\`${truth}\` read as \`${predicted}\` ${times}`)
      .join(', ')}.`,
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
