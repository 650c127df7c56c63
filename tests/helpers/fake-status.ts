import type { ModelStatus, Status } from '../../src/app/services.ts';
import type { DatasetStatus } from '../../src/core/dataset/dataset-store.ts';
import { SPLITS, type Split } from '../../src/core/dataset/splits.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import type { TrainingRecord } from '../../src/core/model/model.ts';
import { summarizeNetwork } from '../../src/core/model/network-summary.ts';
import type { EvaluationRecord } from '../../src/core/model/notes-file.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import type { EpochRecord } from '../../src/core/model/training-history.ts';
import type { UnfinishedRun } from '../../src/core/training/unfinished-runs.ts';

/** A status with some data sets and models. */
export function fakeStatus({
  present = [],
  models = [],
  unusable = [],
  links = [],
  unfinished = models.filter(({ resumable }) => resumable).map(({ name }) => fakeUnfinishedRun({ name })),
  samples = 0,
}: Partial<Pick<Status, 'models' | 'unusable' | 'links' | 'unfinished'>> & {
  present?: readonly Split[];
  samples?: number;
} = {}): Status {
  return {
    datasets: SPLITS.map(
      (split): DatasetStatus => ({
        split,
        trainImages: present.includes(split) ? 84_524 : null,
        testImages: present.includes(split) ? 9_400 : null,
        bytes: present.includes(split) ? 30_000_000 : 0,
      }),
    ),
    models,
    unusable,
    links,
    unfinished,
    device: '2 threads, WebAssembly relaxed SIMD',
    storage: [
      { name: 'datasets', path: '/home/user/.cache/emnist-tui/datasets', bytes: present.length * 30_000_000 },
      { name: 'models', path: '/home/user/.local/share/emnist-tui/models', bytes: models.length * 1_000_000 },
      { name: 'samples', path: '/home/user/.local/share/emnist-tui/samples.jsonl', bytes: samples * 1000, samples },
    ],
  };
}

export function fakeUnfinishedRun(fields: Partial<UnfinishedRun> = {}): UnfinishedRun {
  const { epochsDone = 3 } = fields;
  return {
    ...{ name: 'balanced-vgg', split: 'balanced', architecture: 'vgg', epochsDone, epochs: 10 },
    ...{ history: fakeRecord({ epochs: epochsDone }).history!, curve: null },
    ...{ date: '2026-03-01T12:00:00.000Z', holder: null },
    ...fields,
  };
}

export function fakeModel({ training = {}, ...overrides }: FakeModel = {}): ModelStatus {
  const classes = overrides.classes ?? 47;
  return {
    ...{ name: 'balanced-cnn', shipped: false, default: false, classes },
    training: training && fakeRecord(training),
    resumable: false,
    layers: summarizeNetwork(architecture(training?.architecture === 'vgg' ? 'vgg' : 'cnn', classes)),
    ...{ note: '', evaluations: [] },
    ...overrides,
  };
}

type FakeModel = Partial<Omit<ModelStatus, 'training'>> & { training?: Partial<TrainingRecord> | null };

/** The record of a training run. Its history is as long as it has epochs, and its best epoch is the one that was kept. */
export function fakeRecord(fields: Partial<TrainingRecord> = {}): TrainingRecord {
  const { architecture: network = 'cnn', epochs = 10, keptEpoch = epochs, validationAccuracy = 0.8712 } = fields;
  const history = Array.from({ length: epochs }, (_, index): EpochRecord => {
    const left = Math.exp(-(index + 1) / 2);
    return {
      epoch: index + 1,
      loss: 0.35 + left,
      accuracy: 0.89 - 0.3 * left,
      validationLoss: 0.38 + 0.9 * left,
      validationAccuracy: index + 1 === keptEpoch ? validationAccuracy : validationAccuracy - 0.2 * left,
      seconds: 18,
      imagesPerSecond: 4200,
    };
  });
  return {
    ...{ split: 'balanced', architecture: network, epochs, epochsAsked: epochs, batchSize: 128 },
    recipe: recipeFor(network),
    ...{ seed: 1, limit: null, trainImages: 76_072, validationImages: 8_452, strokeImages: 0, rejectImages: 0 },
    ...{ classShares: [], strokeShares: null, keptEpoch, stoppedEarly: false },
    ...{ validationLoss: 0.38, validationAccuracy, temperature: 1, seconds: 18 * epochs, history },
    ...{ engine: '2 threads, WebAssembly relaxed SIMD', date: '2026-03-01T12:00:00.000Z', version: '0.1.0' },
    ...fields,
  };
}

/** An accuracy on all test images of `balanced`. */
export function fakeEvaluation(fields: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    ...{ split: 'balanced', part: 'test', characters: 'all', images: 18_800, accuracy: 0.8634 },
    ...{ top5Accuracy: 0.99, loss: 0.41, date: '2026-03-03T09:00:00.000Z' },
    ...fields,
  };
}
