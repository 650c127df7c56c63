import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import path from 'node:path';
import prettyBytes from 'pretty-bytes';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import { createEngine, describeEngines } from '../core/engine/select.ts';
import { EmnistError, messageOf } from '../core/errors.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { listModels, loadModel, type ModelSummary, SHIPPED } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { readStorage, STORAGE_NAMES, type StorageName } from './clean.ts';
import type { DoctorEvent } from './events.ts';

type Check = Extract<DoctorEvent, { event: 'check' }>;
/** What a look at something found, as `[state, message, hint]`. */
type Finding = [state: Check['state'], message: string, hint?: string];

/** Below this, fetching one split and training on it may fail. */
const ENOUGH_DISK = 500e6;

/** Looks at all that the program depends on; the last event, `end`, counts what is broken. Changes nothing. */
export async function* diagnose(paths: Paths): AsyncGenerator<DoctorEvent> {
  let broken = 0;
  const report = (name: string, [state, message, hint]: Finding): Check => {
    if (state === 'broken') broken++;
    return { event: 'check', name, state, message, ...(hint !== undefined && { hint }) };
  };
  yield report('Node', ['ok', `${process.versions.node} at ${process.execPath}`]);
  yield report('system', ['ok', `${platform()} ${release()}, ${arch()}`]);
  const memory = `${prettyBytes(totalmem())} of memory, ${prettyBytes(freemem())} free`;
  yield report('processor', ['ok', `${availableParallelism()} cores, ${memory}`]);
  for (const { name, available, device, hint } of await describeEngines()) {
    yield report(`engine ${name}`, [available ? 'ok' : 'absent', device, hint ?? undefined]);
  }
  yield report('shipped model', await checked(shippedModel(paths)));
  for (const name of STORAGE_NAMES) yield report(`folder ${name}`, await checked(folder(name, paths)));
  for (const [name, finding] of await dataSets(paths)) yield report(name, finding);
  for (const [name, finding] of await models(paths)) yield report(name, finding);
  yield { event: 'end', broken };
}

/** What a check throws is what it has found. */
async function checked(finding: Promise<Finding>): Promise<Finding> {
  try {
    return await finding;
  } catch (error) {
    return ['broken', messageOf(error), error instanceof EmnistError ? error.hint : undefined];
  }
}

/** Loads the model that comes with the program and lets it read an empty image, on the engine that is used for drawings. */
async function shippedModel(paths: Paths): Promise<Finding> {
  const model = await loadModel(SHIPPED, paths);
  const engine = await createEngine({ engine: 'wasm', threads: 1 });
  try {
    const network = await engine.createNetwork(model.network);
    await network.setWeights(model.weights);
    const logits = await network.predict(new Uint8Array(IMAGE_PIXELS));
    if (!logits.every(Number.isFinite)) {
      return ['broken', 'it answers with what are no numbers', 'install emnist-tui again'];
    }
  } finally {
    await engine.dispose();
  }
  return ['ok', `reads ${model.labels.length} classes: ${model.labels.join('')}`];
}

/** A folder need not exist, but it must be possible to make it and to write into it. */
async function folder(name: StorageName, paths: Paths): Promise<Finding> {
  const wanted = paths[name];
  const existing = await nearestFolder(wanted);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    return ['broken', `${existing} cannot be written to`, 'change its permissions, or choose another with --data-dir'];
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const used = existing === wanted ? `${prettyBytes((await readStorage(name, paths)).bytes)} used` : 'not made yet';
  const message = `${wanted}: ${used}, ${prettyBytes(free)} free`;
  if (free < 1e6) return ['broken', message, 'free some space'];
  return ['ok', free < ENOUGH_DISK ? `${message}: too little to fetch a data set` : message];
}

async function nearestFolder(wanted: string): Promise<string> {
  for (let folder = wanted; ; folder = path.dirname(folder)) {
    try {
      const stats = await stat(folder);
      if (stats.isDirectory()) return folder;
      throw new EmnistError('folder-is-file', `${folder} is a file`, 'choose another folder with --data-dir');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === path.dirname(folder)) throw error;
    }
  }
}

async function dataSets(paths: Paths): Promise<[string, Finding][]> {
  try {
    return (await datasetStatus(paths)).map(({ split, trainImages, testImages, bytes }) => {
      const name = `data set ${split}`;
      const fetchIt = `run "emnist-tui fetch --split ${split}"`;
      if (trainImages !== null) {
        return [name, ['ok', `${trainImages} training and ${testImages} test images, ${prettyBytes(bytes)}`]];
      }
      if (bytes > 0) return [name, ['broken', 'files are missing or have changed', `${fetchIt} again`]];
      return [name, ['absent', `not fetched; ${fetchIt}`]];
    });
  } catch (error) {
    return [['data sets', await checked(Promise.reject(error))]];
  }
}

async function models(paths: Paths): Promise<[string, Finding][]> {
  let all: ModelSummary[];
  try {
    all = await listModels(paths);
  } catch (error) {
    return [['models', await checked(Promise.reject(error))]];
  }
  const own = all.filter(({ shipped }) => !shipped);
  if (own.length === 0) return [['models', ['absent', 'none trained yet']]];
  return Promise.all(
    own.map(async ({ name, model, problem, resumable }): Promise<[string, Finding]> => {
      if (model === null && problem === null)
        return [`model ${name}`, ['absent', 'only a checkpoint, no finished model']];
      // The list does not look at the weights.
      const whole = loadModel(name, paths).then<Finding>(({ labels }) => {
        return ['ok', `reads ${labels.length} classes${resumable ? ', can be resumed' : ''}`];
      });
      return [`model ${name}`, await checked(whole)];
    }),
  );
}
