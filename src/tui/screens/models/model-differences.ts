import { count, day, decimal, duration, percent } from '../../../app/format.ts';
import type { ModelStatus } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import type { TrainingRecord } from '../../../core/model/model.ts';
import type { Recipe } from '../../../core/model/recipe.ts';
import type { EpochRecord } from '../../../core/model/training-history.ts';
import { bestOf } from '../../charts/training-chart.ts';
import { SETTING_NAMES } from './model-facts.ts';
import { testMeasurement } from './model-order.ts';
import { parameterCount } from './network-lines.ts';

/** A line of a table that has a column for each of some models. */
interface ComparedRow {
  readonly name: string;
  readonly cells: readonly string[];
}

/** What models are compared by: their best values first, then what differs between them. */
export function comparedRows(models: readonly ModelStatus[], metric: 'accuracy' | 'loss'): ComparedRow[] {
  const rowOf = (name: string, cell: (model: ModelStatus) => string): ComparedRow => ({
    name,
    cells: models.map(cell),
  });
  const best = models.map(({ training }) => training && bestEpoch(training, metric));
  const test = rowOf('test accuracy', (model) => {
    const measured = testMeasurement(model);
    return measured ? percent(measured.accuracy) : '-';
  });
  const others = [
    ...DATA.map(([name, cell]) => rowOf(name, ({ training }) => (training ? cell(training) : '-'))),
    rowOf('parameters', ({ layers }) => count(parameterCount(layers))),
    rowOf('classes', ({ classes }) => count(classes)),
    ...Object.entries(SETTING_NAMES).map(([setting, name]) =>
      rowOf(name, ({ training }) => (training ? String(training.recipe[setting as keyof Recipe]) : '-')),
    ),
  ];
  return [
    { name: `best ${metric}`, cells: best.map((one) => one?.value ?? '-') },
    { name: 'in epoch', cells: best.map((one) => (one ? count(one.epoch) : '-')) },
    test,
    // Where nothing is known, nothing differs.
    ...others.filter(({ cells }) => new Set(cells.filter((cell) => cell !== '-')).size > 1),
  ];
}

/** What a record says besides its recipe. */
const DATA: readonly (readonly [name: string, cell: (training: TrainingRecord) => string])[] = [
  ['network', ({ architecture }) => printable(architecture)],
  ['split', ({ split }) => printable(split)],
  ['images', ({ trainImages }) => count(trainImages)],
  ['held out', ({ validationImages }) => count(validationImages)],
  ['drawings', ({ strokeImages }) => count(strokeImages)],
  ['your samples', ({ samples = 0 }) => count(samples)],
  ['limit', ({ limit }) => (limit === null ? 'none' : count(limit))],
  ['seed', ({ seed }) => String(seed)],
  ['from', ({ parent = 'scratch' }) => printable(parent)],
  ['epochs', ({ epochs }) => count(epochs)],
  ['kept epoch', ({ keptEpoch }) => count(keptEpoch)],
  ['batch size', ({ batchSize }) => count(batchSize)],
  ['time', ({ seconds }) => duration(seconds)],
  ['date', ({ date }) => day(date)],
  ['device', ({ engine }) => printable(engine)],
];

/** The best value on the validation images, and its epoch; without a history, those of the epoch that was kept. */
function bestEpoch(training: TrainingRecord, metric: 'accuracy' | 'loss'): { value: string; epoch: number } {
  const history = training.history ?? [];
  const best = metric === 'accuracy' ? bestOf(history) : lowest(history);
  const { validationAccuracy, validationLoss } = best ?? training;
  return {
    value: metric === 'accuracy' ? percent(validationAccuracy) : decimal(validationLoss),
    epoch: best?.epoch ?? training.keptEpoch,
  };
}

function lowest(history: readonly EpochRecord[]): EpochRecord | null {
  return history.reduce<EpochRecord | null>(
    (best, epoch) => (best === null || epoch.validationLoss < best.validationLoss ? epoch : best),
    null,
  );
}
