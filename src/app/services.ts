import type { DatasetName } from '../core/dataset/dataset-name.ts';
import { type DatasetStatus, datasetStatus } from '../core/dataset/dataset-store.ts';
import type { FetchEstimate } from '../core/dataset/fetch-estimate.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { isOwnSource } from '../core/dataset/source.ts';
import { describeEngines } from '../core/engine/select.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import type { Mistake, OnMistake } from '../core/evaluation/mistake.ts';
import { type ClassNeighbors, type NeighborQuery, NeighborSearch } from '../core/evaluation/neighbors.ts';
import { isLink } from '../core/files/file-info.ts';
import { findDefaultChoice } from '../core/model/default-choice.ts';
import { chooseDefaultModel } from '../core/model/default-model.ts';
import type { TrainingRecord } from '../core/model/model.ts';
import { findNotes, noteModel } from '../core/model/model-notes.ts';
import { listModels } from '../core/model/model-store.ts';
import { type LayerSummary, summarizeNetwork } from '../core/model/network-summary.ts';
import type { EvaluationRecord } from '../core/model/notes-file.ts';
import type { Paths } from '../core/paths.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import type { LearnRun } from '../core/training/learn-run.ts';
import type { TrainingRun } from '../core/training/training-run.ts';
import { latestFirst, readUnfinishedRun, type UnfinishedRun } from '../core/training/unfinished-runs.ts';
import { VERSION } from '../core/version.ts';
import { type AssessEvent, assessSamples } from './assess-samples.ts';
import { networkSummary } from './chosen-network.ts';
import { clean, readStorage, STORAGE_NAMES, type Storage, type StorageName } from './clean.ts';
import { checkOwnSource, type DatasetImages, datasetImages, type ImagesRequest } from './dataset-images.ts';
import { deleteModel } from './delete-model.ts';
import type { Drawing } from './draw.ts';
import type { DrawSession } from './draw-session.ts';
import { estimateEvaluation, estimateTraining, type TimeEstimate } from './estimate-time.ts';
import { evaluate } from './evaluate.ts';
import type { CleanEvent, ExportEvent, SamplesEvent } from './events.ts';
import { exportModel } from './export-model.ts';
import { learn } from './learn.ts';
import { openBrowser } from './open-browser.ts';
import type { DrawOptions } from './options/draw.ts';
import type { EvaluateOptions } from './options/evaluate.ts';
import type { ExportOptions } from './options/export.ts';
import type { FetchOptions } from './options/fetch.ts';
import type { LearnOptions } from './options/learn.ts';
import type { SamplesOptions } from './options/samples.ts';
import type { TrainOptions } from './options/train.ts';
import { renameModel } from './rename-model.ts';
import { manageSamples } from './samples.ts';
import { sshForwarding } from './ssh-forwarding.ts';
import { train } from './train.ts';
import { type SaveMistakesOptions, saveMistakes } from './write-mistakes.ts';

/** The functions that the app calls. Tests replace them. */
export interface Services {
  readonly version: string;
  status(): Promise<Status>;
  fetch(options: FetchOptions, signal: AbortSignal): AsyncIterable<FetchEvent>;
  train(options: TrainOptions): TrainingRun;
  /** `onMistake` is called for each misread image. */
  evaluate(options: EvaluateOptions, signal: AbortSignal, onMistake?: OnMistake): AsyncIterable<EvaluateEvent>;
  /** The training images of some classes that a model finds most similar to an image. The first search of a class takes longest. */
  neighbors(query: NeighborQuery, signal: AbortSignal): Promise<ClassNeighbors[]>;
  /** Saves one misread image as a file, or several in a folder. Returns the absolute path. */
  saveMistakes(mistakes: readonly Mistake[], options: SaveMistakesOptions, signal: AbortSignal): Promise<string>;
  /** Whether a source is data of one's own rather than an archive with NIST's layout. */
  isOwnSource(from: string): Promise<boolean>;
  /** Checks that there is something to take over. Throws `EmnistError`. */
  checkOwnSource(from: string, signal: AbortSignal): Promise<void>;
  /** Some images of each class of a data set. */
  images(name: DatasetName, request: ImagesRequest, signal: AbortSignal): Promise<DatasetImages>;
  estimateFetch(options: FetchOptions, signal: AbortSignal): Promise<FetchEstimate>;
  estimateTraining(options: TrainOptions, signal: AbortSignal): Promise<TimeEstimate | null>;
  /** The layers of the network that a run trains; null if that is not known. */
  networkSummary(options: TrainOptions, signal: AbortSignal): Promise<LayerSummary[] | null>;
  estimateEvaluation(options: EvaluateOptions, signal: AbortSignal): Promise<TimeEstimate | null>;
  draw(options: Pick<DrawOptions, 'model' | 'host' | 'adapt' | 'text'>): Promise<Drawing>;
  /** How a user who is connected by SSH reaches a URL of this machine; null for others. */
  sshForwarding(url: string): { command: string; url: string } | null;
  openBrowser(url: string): Promise<void>;
  /** Deletes the storage of these names in `Status.storage`. */
  clean(what: readonly StorageName[]): Promise<CleanEvent>;
  /** The user's samples, and how the default model reads each. */
  assessSamples(signal: AbortSignal): AsyncIterable<AssessEvent>;
  /** Adds the samples of a stroke file, or writes all to one. */
  transferSamples(
    options: Pick<SamplesOptions, 'import' | 'export' | 'force'>,
    signal: AbortSignal,
  ): Promise<SamplesEvent>;
  /** Deletes the samples of a label. */
  deleteSamples(label: string): Promise<void>;
  learn(options: LearnOptions): LearnRun;
  /** Deletes one of the user's models, of `Status.models`, `unusable` or `unfinished`. */
  deleteModel(name: string): Promise<void>;
  /** Makes a model the default. */
  chooseDefaultModel(name: string): Promise<void>;
  /** Renames one of the user's models, usable or not, or an unfinished run. */
  renameModel(name: string, to: string): Promise<void>;
  /** Replaces the note about a model, also the built-in one; see `MAX_NOTE_CHARACTERS`. */
  noteModel(name: string, note: string): Promise<void>;
  exportModel(options: ExportOptions): Promise<ExportEvent>;
}

export interface Status {
  datasets: DatasetStatus[];
  models: ModelStatus[];
  /** Models that cannot be used, with the reason. */
  unusable: { name: string; path: string; problem: string }[];
  /** The names of those of both that are links: what they lead to is kept elsewhere. */
  links: string[];
  /** Why it is not known which model was chosen as the default. */
  defaultProblem?: string;
  /** Interrupted training runs, of any model, latest first. */
  unfinished: UnfinishedRun[];
  /** `2 threads, WebAssembly relaxed SIMD`. */
  device: string;
  storage: Pick<Storage, 'name' | 'path' | 'bytes' | 'samples'>[];
}

export interface ModelStatus {
  name: string;
  /** Whether it is the model included in the program. */
  shipped: boolean;
  /** Whether it is the one used by default. */
  default: boolean;
  classes: number;
  /** Null for models without a training record, such as imported ones. */
  training: TrainingRecord | null;
  /** There is a checkpoint with epochs left to train, which can be resumed. */
  resumable: boolean;
  layers: readonly LayerSummary[];
  /** What the user has written about it. */
  note: string;
  /** Accuracies of its present weights, latest first. */
  evaluations: readonly EvaluationRecord[];
}

/** The services of the real program. */
export function createServices(paths: Paths): Services {
  // Probed once, because that loads the engines and the result does not change.
  let device: Promise<string> | undefined;
  // What takes long to load, the server and the network, is loaded when it is used, so that the app appears sooner.
  let drawSession: Promise<DrawSession> | undefined;
  const neighbors = new NeighborSearch(paths);
  return {
    version: VERSION,
    async status() {
      device ??= describeEngines().then((engines) => engines.find(({ preferred }) => preferred)!.device);
      const [datasets, models, preferred, storage] = await Promise.all([
        datasetStatus(paths),
        modelsStatus(paths),
        device,
        Promise.all(STORAGE_NAMES.map((name) => readStorage(name, paths))),
      ]);
      return {
        datasets,
        ...models,
        device: preferred,
        storage: storage.map(({ entries, ...kept }) => kept),
      };
    },
    async *fetch(options, signal) {
      const { fetchDatasets } = await import('./fetch.ts');
      yield* fetchDatasets(options, { paths, signal });
    },
    train: (options) => train(options, { paths }),
    evaluate: (options, signal, onMistake) => evaluate(options, { paths, signal, onMistake }),
    neighbors: (query, signal) => neighbors.find(query, signal),
    saveMistakes,
    isOwnSource,
    checkOwnSource: (from) => checkOwnSource(from),
    images: (name, request, signal) => datasetImages(name, request, { paths, signal }),
    async estimateFetch(options, signal) {
      const { estimateFetch } = await import('./estimate-fetch.ts');
      return estimateFetch(options, { paths, signal });
    },
    estimateTraining: (options, signal) => estimateTraining(options, { paths, signal }),
    networkSummary: (options, signal) => networkSummary(options, { paths, signal }),
    estimateEvaluation: (options, signal) => estimateEvaluation(options, { paths, signal }),
    async draw(options) {
      drawSession ??= import('./draw-session.ts').then((module) => new module.DrawSession(paths));
      return (await drawSession).start(options);
    },
    sshForwarding: (url) => sshForwarding(process.env, url),
    openBrowser,
    clean: (what) => clean(what, { paths }),
    assessSamples: (signal) => assessSamples({}, { paths, signal }),
    transferSamples: (options, signal) => manageSamples(options, { paths, signal }),
    async deleteSamples(label) {
      const store = await SampleStore.open(paths.samples);
      await store.remove((sample) => sample.label === label);
    },
    learn: (options) => learn(options, { paths }),
    deleteModel: (name) => deleteModel(name, paths),
    chooseDefaultModel: (name) => chooseDefaultModel(paths, name),
    renameModel: (name, to) => renameModel(name, to, paths),
    async noteModel(name, note) {
      await noteModel(paths, name, note);
    },
    exportModel: (options) => exportModel(options, { paths }),
  };
}

type ModelsStatus = Pick<Status, 'models' | 'unusable' | 'links' | 'defaultProblem' | 'unfinished'>;

async function modelsStatus(paths: Paths): Promise<ModelsStatus> {
  const status: ModelsStatus = { models: [], unusable: [], links: [], unfinished: [] };
  for (const summary of await listModels(paths)) {
    const { name, shipped, folder, model } = summary;
    const { run, problem } = await readUnfinishedRun(summary);
    if (run) status.unfinished.push(run);
    if (!shipped && (await isLink(folder))) status.links.push(name);
    if (model) {
      const { labels, training, network } = model;
      const { note, evaluations } = await findNotes(paths, summary);
      // The first that can be read is the default model.
      const isDefault = status.models.length === 0;
      const resumable = run !== null;
      const about = { name, shipped, default: isDefault, resumable, classes: labels.length, training };
      status.models.push({ ...about, layers: summarizeNetwork(network), note, evaluations });
      continue;
    }
    const reason = summary.problem ?? problem;
    if (reason) status.unusable.push({ name, path: folder, problem: reason.message });
  }
  status.unfinished.sort(latestFirst);
  const { problem } = await findDefaultChoice(paths);
  if (problem) status.defaultProblem = problem.message;
  return status;
}
