import type { ModelStatus, Status } from '../../src/app/services.ts';
import type { DatasetStatus } from '../../src/core/dataset/dataset-store.ts';
import { SPLITS, type Split } from '../../src/core/dataset/splits.ts';
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
  return {
    ...{ name: 'balanced-vgg', split: 'balanced', architecture: 'vgg', epochsDone: 3, epochs: 10 },
    ...{ date: '2026-03-01T12:00:00.000Z', holder: null },
    ...fields,
  };
}

export function fakeModel({ training = {}, ...overrides }: FakeModel = {}): ModelStatus {
  return {
    name: 'balanced-cnn',
    shipped: false,
    default: false,
    classes: 47,
    training: training && {
      split: 'balanced',
      architecture: 'cnn',
      epochs: 10,
      validationAccuracy: 0.8712,
      date: '2026-03-01T12:00:00.000Z',
      ...training,
    },
    resumable: false,
    ...overrides,
  };
}

type FakeModel = Partial<Omit<ModelStatus, 'training'>> & { training?: Partial<ModelStatus['training']> | null };
