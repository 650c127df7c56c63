import { setTimeout as delay } from 'node:timers/promises';
import type { AssessEvent, SampleReading } from '../../src/app/assess-samples.ts';
import type { StorageName } from '../../src/app/clean.ts';
import type { DatasetSamples } from '../../src/app/dataset-samples.ts';
import type { Drawing } from '../../src/app/draw.ts';
import type { CleanEvent, SamplesEvent } from '../../src/app/events.ts';
import type { LearnOptions } from '../../src/app/options/learn.ts';
import type { TrainOptions } from '../../src/app/options/train.ts';
import type { ModelStatus, Services, Status } from '../../src/app/services.ts';
import type { DatasetStatus } from '../../src/core/dataset/dataset-store.ts';
import type { FetchEstimate } from '../../src/core/dataset/fetch-estimate.ts';
import type { FetchEvent } from '../../src/core/dataset/fetch-event.ts';
import { SPLITS, type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import type { EmnistError } from '../../src/core/errors.ts';
import type { EvaluateEvent } from '../../src/core/evaluation/evaluate-event.ts';
import type { NewSample, Sample } from '../../src/core/samples/sample.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import type { DrawReader } from '../../src/core/server/draw-options.ts';
import type { Expectation } from '../../src/core/server/expectation.ts';
import type { LearnEvent } from '../../src/core/training/learn-event.ts';
import type { LearnRun } from '../../src/core/training/learn-run.ts';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import type { TrainingRun } from '../../src/core/training/training-run.ts';
import type { UnfinishedRun } from '../../src/core/training/unfinished-runs.ts';

/** A stream of events controlled by a test. */
export class Feed<Event> implements AsyncIterable<Event> {
  readonly #waiting: Event[] = [];
  #wake = Promise.withResolvers<void>();
  #over: { error?: unknown } | undefined;

  push(...events: Event[]): void {
    this.#waiting.push(...events);
    this.#wake.resolve();
  }

  end(error?: unknown): void {
    this.#over ??= error === undefined ? {} : { error };
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    for (;;) {
      for (const event of this.#waiting.splice(0)) yield event;
      if (this.#over) {
        if ('error' in this.#over) throw this.#over.error;
        return;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

export class FakeRun extends Feed<TrainEvent> implements TrainingRun {
  readonly calls: string[] = [];
  readonly options: TrainOptions;
  /** Called on `stop`. A test may replace it to let the run hang. */
  onStop: (when: 'epoch' | 'batch', reason: 'stopped' | 'interrupted') => void = (_when, reason) => {
    this.push({ event: 'end', reason, model: null, epochs: 0, seconds: 1, validationAccuracy: null });
    this.end();
  };

  constructor(options: TrainOptions) {
    super();
    this.options = options;
  }

  pause(): void {
    this.calls.push('pause');
    this.push({ event: 'paused', epoch: 1 });
  }

  resume(): void {
    this.calls.push('resume');
    this.push({ event: 'resumed', epoch: 1 });
  }

  stop(when: 'epoch' | 'batch', reason: 'stopped' | 'interrupted' = 'stopped'): void {
    this.calls.push(`stop ${when} ${reason}`);
    this.onStop(when, reason);
  }
}

export class FakeLearnRun extends Feed<LearnEvent> implements LearnRun {
  readonly calls: string[] = [];
  readonly options: LearnOptions;

  constructor(options: LearnOptions) {
    super();
    this.options = options;
  }

  stop(reason: 'stopped' | 'interrupted' = 'stopped'): void {
    this.calls.push(`stop ${reason}`);
    const none = { before: null, after: null, count: 0 };
    this.push({
      ...{ event: 'end', reason, model: null, from: 'shipped', samples: 14, own: none, general: none },
      ...{ accepted: false, seconds: 1 },
    });
    this.end();
  }
}

/** The model that a fake server reads drawings with. */
export const FAKE_READER = { model: 'shipped', labels: [...splitLabels('balanced')] };

type FakeReader = { model: string; labels: string[]; split: Split | null };

export class FakeServer extends Feed<DrawUpdate> implements Drawing {
  readonly url = 'http://127.0.0.1:4321/?token=abc';
  readonly port = 4321;
  readonly token = 'abc';
  readonly shared: boolean;
  readonly models: (string | undefined)[] = [];
  readonly expected: Expectation;
  samplesProblem: EmnistError | null = null;
  /** What pages were told to expect. */
  readonly expectations: Expectation[] = [];
  readonly samples: Sample[] = [];
  /** Why no label can be saved or undone. */
  sampleError: Error | null = null;
  /** How often a label was to be saved or undone. */
  labelCalls = 0;
  #added = 0;
  closed = false;

  constructor(reader: FakeReader, shared = false, expected: Expectation = {}) {
    super();
    this.shared = shared;
    this.expected = expected;
    this.push({ event: { event: 'listening', url: this.url, ...reader } });
  }

  launchUrl(): string {
    return 'http://127.0.0.1:4321/launch/once';
  }

  setExpected(expected: Expectation): void {
    this.expectations.push(expected);
  }

  async addSample(added: NewSample): Promise<Sample> {
    this.labelCalls++;
    if (this.sampleError) throw this.sampleError;
    const sample = { ...added, id: `sample-${++this.#added}`, date: '2026-01-01T00:00:00.000Z' };
    this.samples.push(sample);
    this.push({ event: { event: 'sample', client: null, label: sample.label, samples: this.samples.length } });
    return sample;
  }

  async removeSample(id: string): Promise<void> {
    this.labelCalls++;
    if (this.sampleError) throw this.sampleError;
    const index = this.samples.findIndex((sample) => sample.id === id);
    if (index === -1) return;
    const [{ label }] = this.samples.splice(index, 1) as [Sample];
    this.push({ event: { event: 'sample', client: null, label, samples: this.samples.length, removed: true } });
  }

  async switchReader(_reader: DrawReader): Promise<void> {}

  async switchModel(nameOrPath: string | undefined): Promise<void> {
    this.models.push(nameOrPath);
    const reader = { ...FAKE_READER, model: nameOrPath ?? FAKE_READER.model };
    this.push({ event: { event: 'model', ...reader, split: 'balanced' } });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.end();
  }
}

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

/** Services that only report what a test feeds them, and record how they were called. */
export class FakeServices implements Services {
  readonly version = '0.1.0';
  readonly fetches: { options: Parameters<Services['fetch']>[0]; signal: AbortSignal; feed: Feed<FetchEvent> }[] = [];
  readonly runs: FakeRun[] = [];
  readonly evaluations: {
    options: Parameters<Services['evaluate']>[0];
    signal: AbortSignal;
    feed: Feed<EvaluateEvent>;
  }[] = [];
  readonly servers: FakeServer[] = [];
  /** The model that the next server reads with. */
  reader: FakeReader = { ...FAKE_READER, split: 'balanced' };
  readonly drawOptions: { model?: string; host?: string; adapt?: boolean }[] = [];
  /** Why the next server cannot read the user's samples. */
  samplesProblem: EmnistError | null = null;
  /** Why no server can be started. */
  drawError: Error | null = null;
  /** Whether the user is connected by SSH. */
  isRemote = false;
  readonly opened: string[] = [];
  readonly cleaned: (readonly string[])[] = [];
  readonly deleted: string[] = [];
  currentStatus: Status;

  constructor(status: Status = fakeStatus()) {
    this.currentStatus = status;
  }

  /** How often the status was asked for. */
  statusCalls = 0;

  async status(): Promise<Status> {
    this.statusCalls++;
    return this.currentStatus;
  }

  fetch(options: Parameters<Services['fetch']>[0], signal: AbortSignal): AsyncIterable<FetchEvent> {
    const feed = new Feed<FetchEvent>();
    signal.addEventListener('abort', () => feed.end(signal.reason));
    this.fetches.push({ options, signal, feed });
    return feed;
  }

  train(options: TrainOptions): FakeRun {
    const run = new FakeRun(options);
    this.runs.push(run);
    return run;
  }

  evaluate(options: Parameters<Services['evaluate']>[0], signal: AbortSignal): AsyncIterable<EvaluateEvent> {
    const feed = new Feed<EvaluateEvent>();
    signal.addEventListener('abort', () => feed.end(signal.reason));
    this.evaluations.push({ options, signal, feed });
    return feed;
  }

  /** Why nothing can be taken over from a source. */
  sourceError: Error | null = null;

  async isOwnSource(from: string): Promise<boolean> {
    return from.endsWith('.csv');
  }

  readonly checkOwnSource = async (): Promise<void> => {
    if (this.sourceError) throw this.sourceError;
  };

  /** What is shown of data sets. */
  fakeSamples: DatasetSamples = {
    ...{ name: 'signs', trainImages: 0, testImages: 0, details: null },
    classes: [],
  };

  async samples(): Promise<DatasetSamples> {
    return this.fakeSamples;
  }

  async estimateFetch({ split = 'balanced' }: Parameters<Services['fetch']>[0]): Promise<FetchEstimate> {
    const splits = split === 'all' ? SPLITS : [split];
    return { splits, download: 30e6, disk: 30e6, needed: 60e6, free: 100e9, exact: false };
  }

  async estimateTraining(
    _options: Parameters<Services['estimateTraining']>[0],
    _signal: AbortSignal,
  ): ReturnType<Services['estimateTraining']> {
    return { seconds: 840, basis: 'measured', images: 76_072, epochs: 10, imagesKnown: true };
  }

  async estimateEvaluation(
    _options: Parameters<Services['estimateEvaluation']>[0],
    _signal: AbortSignal,
  ): ReturnType<Services['estimateEvaluation']> {
    return { seconds: 2, basis: 'measured', images: 9400, epochs: 1, imagesKnown: true };
  }

  async draw(options: { model?: string; host?: string; adapt?: boolean }): Promise<FakeServer> {
    this.drawOptions.push(options);
    if (this.drawError) throw this.drawError;
    const expected = this.servers.flatMap(({ expectations }) => expectations).at(-1);
    const server = new FakeServer(this.reader, options.host === '0.0.0.0', expected);
    server.samplesProblem = this.samplesProblem;
    this.servers.push(server);
    return server;
  }

  sshForwarding(url: string): { command: string; url: string } | null {
    return this.isRemote ? { command: 'ssh -L 4321:127.0.0.1:4321 user@192.0.2.7', url } : null;
  }

  async openBrowser(url: string): Promise<void> {
    this.opened.push(url);
  }

  async clean(what: readonly StorageName[]): Promise<CleanEvent> {
    this.cleaned.push(what);
    await delay(0);
    return { event: 'end', freed: 30_000_000, removed: what.map((name) => `/home/user/${name}`) };
  }

  /** The user's samples, with how the default model reads each. */
  userSamples: readonly { label: string; reading: SampleReading }[] = [];
  /** Labels that it has no class for. */
  unknownLabels: readonly string[] = [];
  /** How many of the samples are read; the others never are. */
  readSamples = Number.POSITIVE_INFINITY;
  /** Why the samples cannot be loaded or deleted. */
  samplesError: Error | null = null;
  readonly deletedSamples: string[] = [];
  /** How often the samples were loaded. */
  assessments = 0;
  readonly learnRuns: FakeLearnRun[] = [];
  readonly chosenDefaults: string[] = [];
  choiceError: Error | null = null;

  async *assessSamples(signal: AbortSignal): AsyncGenerator<AssessEvent> {
    this.assessments++;
    if (this.samplesError) throw this.samplesError;
    const samples = this.userSamples;
    yield { event: 'samples', labels: samples.map(({ label }) => label) };
    if (samples.length === 0) return;
    yield { event: 'model', model: 'shipped', unknown: this.unknownLabels };
    yield { event: 'read', readings: samples.slice(0, this.readSamples).map(({ reading }) => reading) };
    if (this.readSamples >= samples.length) return;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  /** The files that samples were imported from or exported to. */
  readonly transfers: Parameters<Services['transferSamples']>[0][] = [];
  transferError: Error | null = null;

  async transferSamples(options: Parameters<Services['transferSamples']>[0]): Promise<SamplesEvent> {
    this.transfers.push(options);
    if (this.transferError) throw this.transferError;
    if (options.import) this.userSamples = [...this.userSamples, { label: 'new', reading: 'wrong' }];
    return {
      ...{ event: 'end', samples: this.userSamples.length, labels: [], path: '/home/user/samples.jsonl' },
      ...(options.import !== undefined && {
        imported: { path: options.import, samples: 1, duplicates: 2, unlabeled: 0 },
      }),
      ...(options.export !== undefined && { exported: { path: options.export, bytes: 12_345 } }),
    };
  }

  async deleteSamples(label: string): Promise<void> {
    if (this.samplesError) throw this.samplesError;
    this.deletedSamples.push(label);
    this.userSamples = this.userSamples.filter((sample) => sample.label !== label);
  }

  learn(options: LearnOptions): FakeLearnRun {
    const run = new FakeLearnRun(options);
    this.learnRuns.push(run);
    return run;
  }

  async chooseDefaultModel(name: string): Promise<void> {
    this.chosenDefaults.push(name);
    if (this.choiceError) throw this.choiceError;
    const { defaultProblem: _, models, ...rest } = this.currentStatus;
    this.currentStatus = {
      ...rest,
      models: models.map((model) => ({ ...model, default: model.name === name })),
    };
  }

  async deleteModel(name: string): Promise<void> {
    this.deleted.push(name);
    const { models, unusable, unfinished } = this.currentStatus;
    this.currentStatus = {
      ...this.currentStatus,
      models: models.filter((model) => model.name !== name),
      unusable: unusable.filter((model) => model.name !== name),
      unfinished: unfinished.filter((run) => run.name !== name),
    };
  }
}

/** The first event of a training run. */
export function trainStart(overrides: Partial<Extract<TrainEvent, { event: 'start' }>> = {}): TrainEvent {
  return {
    event: 'start',
    split: 'balanced',
    architecture: 'cnn',
    engine: 'wasm',
    device: '2 threads, WebAssembly relaxed SIMD',
    threads: 2,
    parameters: 230_191,
    trainImages: 76_072,
    validationImages: 8_452,
    classes: 47,
    model: 'balanced-cnn',
    epochs: 10,
    epochsDone: 0,
    ...overrides,
  };
}

/** `count` reports on the batches of an epoch. */
export function trainEpoch(epoch: number, count = 40, batches = 595): TrainEvent[] {
  const events: TrainEvent[] = [];
  for (let report = 1; report <= count; report++) {
    const batch = Math.round((report * batches) / count);
    const x = epoch - 1 + batch / batches;
    const loss = 0.35 + 3.4 * Math.exp(-x * 5) + 0.08 * Math.sin(report * 1.7);
    events.push({
      event: 'batch',
      epoch,
      batch,
      batches,
      loss,
      accuracy: Math.min(0.99, 1 - loss / 4),
      learningRate: 0.001,
      imagesPerSecond: 4200,
    });
  }
  return events;
}

export function trainEpochEnd(epoch: number): TrainEvent {
  return {
    event: 'epoch',
    epoch,
    loss: 0.4 + 0.3 / epoch,
    accuracy: 0.86 + 0.002 * epoch,
    validationLoss: 0.42 + 0.25 / epoch,
    validationAccuracy: 0.85 + 0.002 * epoch,
    seconds: 18,
    imagesPerSecond: 4200,
  };
}

/** The first event of learning. */
export function learnStart(overrides: Partial<Extract<LearnEvent, { event: 'start' }>> = {}): LearnEvent {
  return {
    ...(trainStart({ model: 'shipped-hand', epochs: 8, trainImages: 640, validationImages: 3 }) as Extract<
      TrainEvent,
      { event: 'start' }
    >),
    ...{ from: 'shipped', samples: 14, heldOut: 3, newLabels: [], replay: 'generated drawings' },
    ...overrides,
  };
}

/** The end of an epoch of learning; epoch 0 is the model before it. */
export function learnEpochEnd(epoch: number): LearnEvent {
  return {
    ...(trainEpochEnd(Math.max(1, epoch)) as Extract<TrainEvent, { event: 'epoch' }>),
    epoch,
    ownAccuracy: Math.min(1, 0.6 + 0.06 * epoch),
    generalAccuracy: 0.872 - 0.0005 * epoch,
  };
}
