import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import path from 'node:path';
import prettyBytes from 'pretty-bytes';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import { createEngine, describeEngines, type EngineDescription } from '../core/engine/select.ts';
import { EmnistError, messageOf } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { freeSpace } from '../core/files/free-space.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { labelsText } from '../core/labels.ts';
import { readDefaultChoice } from '../core/model/default-choice.ts';
import { listModels, loadModel, type ModelSummary, SHIPPED } from '../core/model/model-store.ts';
import { nodeError, noWebAssembly } from '../core/node-errors.ts';
import type { Paths } from '../core/paths.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { englishLexicon } from '../core/text/lexicon.ts';
import { TEXT_CHARACTERS } from '../core/text/text-characters.ts';
import { createTextReader } from '../core/text/text-reader.ts';
import { readUnfinishedRun } from '../core/training/unfinished-runs.ts';
import { readStorage } from './clean.ts';
import type { DoctorEvent } from './events.ts';
import { counted } from './format.ts';
import { countLabels } from './sample-book.ts';

type Check = Extract<DoctorEvent, { event: 'check' }>;
/** The result of a check, with the problem if there is one that the user can solve. */
type Finding = { state: Check['state']; message: string; problem?: EmnistError };

/** An L. */
const LETTER: Drawing = [
  [
    [0, 0],
    [0, 60],
    [35, 60],
  ],
];

const FOLDERS = ['datasets', 'models'] as const;

/** Below this, fetching one split and training on it may fail. */
const ENOUGH_DISK = 500e6;

/**
 * Checks everything that the program depends on; the last event, `end`, counts what is broken. Changes nothing.
 * `hintOf` phrases what to do about a problem.
 */
export async function* diagnose(paths: Paths, hintOf: (problem: EmnistError) => string): AsyncGenerator<DoctorEvent> {
  let broken = 0;
  const report = (name: string, { state, message, problem }: Finding): Check => {
    if (state === 'broken') broken++;
    return { event: 'check', name, state, message, ...(problem && { hint: hintOf(problem) }) };
  };
  yield report('Node', ok(`${process.versions.node} at ${process.execPath}`));
  yield report('system', ok(`${platform()} ${release()}, ${arch()}`));
  const memory = `${prettyBytes(totalmem())} of memory, ${prettyBytes(freemem())} free`;
  yield report('processor', ok(`${availableParallelism()} cores, ${memory}`));
  for (const engine of await describeEngines()) yield report(`engine ${engine.name}`, engineFinding(engine));
  yield report('shipped model', await checked(shippedModel(paths)));
  yield report('word model', await checked(wordModel()));
  for (const name of FOLDERS) yield report(`folder ${name}`, await checked(folder(name, paths)));
  for (const [name, finding] of await dataSets(paths)) yield report(name, finding);
  for (const [name, finding] of await models(paths)) yield report(name, finding);
  yield report('default model', await checked(defaultModel(paths)));
  yield report('samples', await checked(samples(paths)));
  yield { event: 'end', broken };
}

function ok(message: string): Finding {
  return { state: 'ok', message };
}

function engineFinding({ name, available, device, command }: EngineDescription): Finding {
  if (available) return ok(device);
  if (name === 'wasm') return { state: 'broken', message: device, problem: noWebAssembly() };
  // Without a command that installs it, there is nothing to do: the engine is optional.
  if (command === null) return { state: 'absent', message: device };
  const problem = new EmnistError('engine-unavailable', device, { engine: name, reason: device, command });
  return { state: 'absent', message: device, problem };
}

/** Turns an error of a check into its finding. */
async function checked(finding: Promise<Finding>): Promise<Finding> {
  try {
    return await finding;
  } catch (error) {
    const problem = nodeError(error);
    return { state: 'broken', message: messageOf(problem ?? error), ...(problem && { problem }) };
  }
}

/** Loads the shipped model and runs it on an empty image, with the engine that reads drawings. */
async function shippedModel(paths: Paths): Promise<Finding> {
  const model = await loadModel(SHIPPED, paths);
  const engine = await createEngine({ engine: 'wasm', threads: 1 });
  try {
    const network = await engine.createNetwork(model.network);
    await network.setWeights(model.weights);
    const logits = await network.predict(new Uint8Array(IMAGE_PIXELS));
    if (!logits.every(Number.isFinite)) {
      const reason = 'the shipped model does not compute finite numbers';
      throw new EmnistError('installation-damaged', reason, { reason });
    }
  } finally {
    await engine.dispose();
  }
  return ok(`${model.labels.length} classes: ${labelsText(model.labels)}`);
}

/** Loads the word model and reads an L with the lexicon that ships. */
async function wordModel(): Promise<Finding> {
  const lexicon = englishLexicon();
  const reader = await createTextReader();
  try {
    const { candidates } = await reader.readStrokes(LETTER, { lexicon });
    if (candidates.length === 0 || !candidates.every(({ probability }) => Number.isFinite(probability))) {
      const reason = 'the word model does not read an L';
      throw new EmnistError('installation-damaged', reason, { reason });
    }
  } finally {
    await reader.dispose();
  }
  return ok(`${TEXT_CHARACTERS.length} characters, ${counted(lexicon.size, 'English word')}`);
}

/** A folder need not exist, but it must be possible to create it and write to it. */
async function folder(name: (typeof FOLDERS)[number], paths: Paths): Promise<Finding> {
  const target = paths[name];
  const existing = await nearestFolder(target);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileError(error, existing);
  }
  const used = existing === target ? `${prettyBytes((await readStorage(name, paths)).bytes)} used` : 'not created yet';
  const free = await freeSpace(existing);
  if (free === null) return ok(`${target}: ${used}`);
  const message = `${target}: ${used}, ${prettyBytes(free)} free`;
  if (free < 1e6) throw new EmnistError('disk-full', message, { path: target });
  return ok(free < ENOUGH_DISK ? `${message}: too little for a data set` : message);
}

async function nearestFolder(target: string): Promise<string> {
  for (let folder = target; ; folder = path.dirname(folder)) {
    try {
      const stats = await stat(folder);
      if (stats.isDirectory()) return folder;
      throw new EmnistError('folder-is-file', `${folder} is a file, not a folder`, { path: folder });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === path.dirname(folder)) throw error;
    }
  }
}

async function dataSets(paths: Paths): Promise<[string, Finding][]> {
  try {
    return (await datasetStatus(paths)).map(({ split, trainImages, testImages, bytes, problem: unreadable }) => {
      const name = `data set ${split}`;
      if (unreadable) return [name, { state: 'broken', message: unreadable.message, problem: unreadable }];
      if (trainImages !== null) {
        return [name, ok(`${trainImages} training and ${testImages} test images, ${prettyBytes(bytes)}`)];
      }
      if (bytes > 0) {
        const reason = 'files are missing or have changed';
        const problem = new EmnistError('dataset-damaged', reason, { split, reason });
        return [name, { state: 'broken', message: reason, problem }];
      }
      const problem = new EmnistError('dataset-missing', 'not fetched', { split });
      return [name, { state: 'absent', message: problem.message, problem }];
    });
  } catch (error) {
    return [['data sets', await checked(Promise.reject(error))]];
  }
}

async function ownModel(summary: ModelSummary, paths: Paths): Promise<Finding> {
  const { name, model } = summary;
  if (summary.problem) throw summary.problem;
  const { run, problem } = await readUnfinishedRun(summary);
  const progress = run && `${run.epochsDone} of ${run.epochs} epochs trained, resumable`;
  if (model === null) {
    if (problem) throw problem;
    return { state: 'absent', message: `only a checkpoint, no finished model${progress ? `: ${progress}` : ''}` };
  }
  // Listing models does not read the values of their weights.
  const { labels, training } = await loadModel(name, paths);
  if (problem && training && training.epochs < training.epochsAsked && !training.stoppedEarly) throw problem;
  return ok([`${labels.length} classes`, ...(progress ? [progress] : [])].join(', '));
}

async function defaultModel(paths: Paths): Promise<Finding> {
  await readDefaultChoice(paths);
  const { name } = (await listModels(paths)).find(({ model }) => model !== null) ?? { name: SHIPPED };
  return ok(name);
}

async function models(paths: Paths): Promise<[string, Finding][]> {
  let all: ModelSummary[];
  try {
    all = await listModels(paths);
  } catch (error) {
    return [['models', await checked(Promise.reject(error))]];
  }
  const own = all.filter(({ shipped }) => !shipped);
  if (own.length === 0) return [['models', { state: 'absent', message: 'none trained yet' }]];
  return Promise.all(
    own.map(
      async (model): Promise<[string, Finding]> => [`model ${model.name}`, await checked(ownModel(model, paths))],
    ),
  );
}

async function samples(paths: Paths): Promise<Finding> {
  const { samples: all } = await SampleStore.open(paths.samples);
  if (all.length === 0) return { state: 'absent', message: 'none yet' };
  const labels = counted(countLabels(all).length, 'label');
  const { bytes } = await readStorage('samples', paths);
  return ok(`${counted(all.length, 'sample')} of ${labels}, ${prettyBytes(bytes)} in ${paths.samples}`);
}
