import { setTimeout as delay } from 'node:timers/promises';
import type { AssessEvent, SampleReading } from '../../src/app/assess-samples.ts';
import type { StorageName } from '../../src/app/clean.ts';
import type { DatasetImages, ImagesRequest } from '../../src/app/dataset-images.ts';
import type { CleanEvent, ExportEvent, SamplesEvent } from '../../src/app/events.ts';
import type { ExportOptions } from '../../src/app/options/export.ts';
import type { LearnOptions } from '../../src/app/options/learn.ts';
import type { TrainOptions } from '../../src/app/options/train.ts';
import type { Services, Status } from '../../src/app/services.ts';
import type { FetchEstimate } from '../../src/core/dataset/fetch-estimate.ts';
import type { FetchEvent } from '../../src/core/dataset/fetch-event.ts';
import { SPLITS } from '../../src/core/dataset/splits.ts';
import type { EmnistError } from '../../src/core/errors.ts';
import type { EvaluateEvent } from '../../src/core/evaluation/evaluate-event.ts';
import type { Mistake, OnMistake } from '../../src/core/evaluation/mistake.ts';
import type { ClassNeighbors } from '../../src/core/evaluation/neighbors.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { summarizeNetwork } from '../../src/core/model/network-summary.ts';
import { FakeLearnRun, FakeRun } from './fake-runs.ts';
import { FAKE_READER, type FakeReader, FakeServer } from './fake-server.ts';
import { fakeStatus } from './fake-status.ts';
import { Feed } from './feed.ts';

/** Services that only report what a test feeds them, and record how they were called. */
export class FakeServices implements Services {
  readonly version = '0.1.0';
  readonly fetches: { options: Parameters<Services['fetch']>[0]; signal: AbortSignal; feed: Feed<FetchEvent> }[] = [];
  readonly runs: FakeRun[] = [];
  readonly evaluations: {
    options: Parameters<Services['evaluate']>[0];
    signal: AbortSignal;
    feed: Feed<EvaluateEvent>;
    onMistake?: OnMistake;
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

  evaluate(
    options: Parameters<Services['evaluate']>[0],
    signal: AbortSignal,
    onMistake?: OnMistake,
  ): AsyncIterable<EvaluateEvent> {
    const feed = new Feed<EvaluateEvent>();
    signal.addEventListener('abort', () => feed.end(signal.reason));
    this.evaluations.push({ options, signal, feed, onMistake });
    return feed;
  }

  /** The images found in the training data, for each class; null if the search never ends. */
  fakeNeighbors: ((label: string) => Uint8Array[]) | null = () => [];
  readonly neighborQueries: { query: Parameters<Services['neighbors']>[0]; signal: AbortSignal }[] = [];

  async neighbors(query: Parameters<Services['neighbors']>[0], signal: AbortSignal): Promise<ClassNeighbors[]> {
    this.neighborQueries.push({ query, signal });
    const { fakeNeighbors } = this;
    if (!fakeNeighbors)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return query.labels.map((label) => ({
      label,
      neighbors: fakeNeighbors(label)
        .slice(0, query.count)
        .map((image, index) => ({ index, image, similarity: 0.95 - index / 100 })),
    }));
  }

  /** Where misread images were saved. */
  readonly savedMistakes: { mistakes: readonly Mistake[]; options: Parameters<Services['saveMistakes']>[1] }[] = [];
  /** Why they cannot be saved, unless something may be replaced. */
  saveError: Error | null = null;

  async saveMistakes(mistakes: readonly Mistake[], options: Parameters<Services['saveMistakes']>[1]): Promise<string> {
    this.savedMistakes.push({ mistakes, options });
    if (this.saveError && !options.force) throw this.saveError;
    return `/home/user/${options.path}`;
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
  fakeImages: DatasetImages = {
    ...{ name: 'signs', trainImages: 0, testImages: 0, details: null },
    classes: [],
  };

  readonly imageRequests: { name: string; request: ImagesRequest; signal: AbortSignal }[] = [];

  async images(name: string, request: ImagesRequest, signal: AbortSignal): Promise<DatasetImages> {
    this.imageRequests.push({ name, request, signal });
    return this.fakeImages;
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

  async networkSummary(
    { architecture: name = 'vgg' }: TrainOptions,
    _signal: AbortSignal,
  ): ReturnType<Services['networkSummary']> {
    return summarizeNetwork(architecture(name, 47));
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
    const mode = this.servers.flatMap(({ modes }) => modes).at(-1);
    const server = new FakeServer(this.reader, options.host === '0.0.0.0', expected, mode);
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

  /** Why models cannot be renamed, noted, or exported. */
  modelError: Error | null = null;
  readonly exported: ExportOptions[] = [];

  async renameModel(name: string, to: string): Promise<void> {
    if (this.modelError) throw this.modelError;
    const renamed = <T extends { name: string }>(all: T[]) =>
      all.map((one) => (one.name === name ? { ...one, name: to } : one));
    const { models, unfinished } = this.currentStatus;
    this.currentStatus = { ...this.currentStatus, models: renamed(models), unfinished: renamed(unfinished) };
  }

  async noteModel(name: string, note: string): Promise<void> {
    if (this.modelError) throw this.modelError;
    const models = this.currentStatus.models.map((model) => (model.name === name ? { ...model, note } : model));
    this.currentStatus = { ...this.currentStatus, models };
  }

  async exportModel(options: ExportOptions): Promise<ExportEvent> {
    this.exported.push(options);
    if (this.modelError) throw this.modelError;
    const { format, model = 'shipped', out = `/home/user/${model}.${format}` } = options;
    return { event: 'end', format, model, path: out, bytes: 1_234_567 };
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
