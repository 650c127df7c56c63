import '@tensorflow/tfjs-backend-cpu';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { importModel } from '../src/app/import-model.ts';
import { readPart } from '../src/core/dataset/read-part.ts';
import { type Split, splitLabels } from '../src/core/dataset/splits.ts';
import { createEngine } from '../src/core/engine/select.ts';
import { isEmnistError } from '../src/core/errors.ts';
import { fitImages } from '../src/core/images/fit-images.ts';
import { classIndex } from '../src/core/labels.ts';
import { loadModel } from '../src/core/model/model-store.ts';
import { classCount } from '../src/core/model/network.ts';
import { resolvePaths } from '../src/core/paths.ts';

/**
 * Imports every model in a folder and prints, for each, its accuracy here and in the program that made it, on the same test
 * images: `node scripts/check-models.ts FOLDER --home DIR [--limit N] [--python PYTHON]`. The data sets are those fetched into
 * `--home`. Python needs keras for `.h5` and `.keras`, also torch for channels first, and onnxruntime for `.onnx`; TensorFlow.js
 * runs its own models. What none of these can read has no number.
 */

// Suppresses its advertisement of the native build.
tf.env().set('IS_TEST', true);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    home: { type: 'string' },
    limit: { type: 'string', default: '2000' },
    python: { type: 'string', default: 'python3' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name the folder of models');
const limit = Number(values.limit);

const RANGES = {
  '0-1': [1, 0],
  '0-255': [255, 0],
  '-1-1': [2, -1],
  standardized: [1 / 0.3081, -0.1307 / 0.3081],
} as const;

const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-check-'));
// Models go to a folder of their own; the data sets are those of the given home.
const paths = { ...resolvePaths(home), datasets: resolvePaths(values.home).datasets };

/** The row of one model. */
async function check(name: string): Promise<string[]> {
  const file = path.join(folder!, name);
  try {
    const event = await importModel({ file, name: 'checked', overwrite: true }, { paths });
    const { trial } = event;
    const { network, weights, labels } = await loadModel('checked', paths);
    if (!trial) return [name, `imported (${event.format})`, '', '', ''];
    const split = trial.split as Split;
    const { images, labels: truth } = await readPart(paths, split, 'test', { limit });
    const fitted = fitImages(images, network.input);
    const engine = await createEngine();
    const loaded = await engine.createNetwork(network);
    await loaded.setWeights(weights);
    const logits = await loaded.predict(fitted);
    await engine.dispose();
    const width = classCount(network);
    const best = Array.from(truth, (_, image) => {
      const row = logits.subarray(image * width, image * width + labels.length);
      return row.indexOf(Math.max(...row));
    });
    const classes = splitLabels(split);
    const share = (answers: readonly (string | undefined)[]) => {
      const right = answers.filter(
        (label, image) => label !== undefined && classIndex(label, classes) === truth[image],
      );
      return `${((100 * right.length) / truth.length).toFixed(1)} %`;
    };
    const ours = share(best.map((index) => labels[index]));
    const found = [
      event.transposed ? 'transposed' : 'upright',
      ...(event.pixels.range === '0-1' ? [] : [event.pixels.range]),
      ...(event.pixels.inverted ? ['inverted'] : []),
      event.labelOrder.order,
    ].join(', ');
    const theirs = await original(file, event, network.input, fitted);
    // Outputs that were dropped stand for no character.
    const kept = [...Array(width + (event.leftOut?.length ?? 0)).keys()].filter(
      (output) => !event.leftOut?.includes(output),
    );
    const answers = theirs?.map((output) => labels[kept.indexOf(output)]);
    return [name, `imported (${found})`, split, ours, answers ? share(answers) : ''];
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return [name, error.message.replaceAll(`${folder}/`, ''), '', '', ''];
  }
}

/** The outputs that the original program chooses for the same images; null if it cannot read the model. */
async function original(
  file: string,
  { format, transposed, pixels }: Awaited<ReturnType<typeof importModel>>,
  [height, width, channels]: readonly [number, number, number],
  images: Uint8Array,
): Promise<number[] | null> {
  const [scale, offset] = RANGES[pixels.range];
  const size = height * width * channels;
  const turned = images.map((_, index) => {
    const [image, place] = [Math.floor(index / size), index % size];
    const [pixel, channel] = [Math.floor(place / channels), place % channels];
    const from = transposed ? (pixel % width) * width + Math.floor(pixel / width) : pixel;
    const value = images[image * size + from * channels + channel]!;
    return pixels.inverted ? 255 - value : value;
  });
  try {
    if (format === 'tfjs') {
      const model = await ownModel(file);
      if (model) return highest(model, turned, [height, width, channels], scale, offset);
    }
  } catch {
    // TensorFlow.js does not read the model.
    return null;
  }
  const input = path.join(home, 'images.bin');
  await writeFile(input, turned);
  const args = [path.join(import.meta.dirname, 'judge-model.py'), file, input, height, width, channels, scale, offset];
  // Keras with TensorFlow runs no channels first on a CPU.
  for (const backend of ['tensorflow', 'torch']) {
    try {
      const answer = execFileSync(values.python, args.map(String), {
        encoding: 'utf8',
        maxBuffer: 1e8,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, KERAS_BACKEND: backend },
      });
      return JSON.parse(answer.trim().split('\n').at(-1)!);
    } catch {
      // Python or the package is missing, or it cannot read the model.
    }
  }
  return null;
}

/** The model in a folder, read by TensorFlow.js; null if there are no weights of TensorFlow.js in its JSON. */
async function ownModel(folder: string): Promise<tfl.LayersModel | null> {
  const names = await readdir(folder);
  const json = names.find((name) => name.endsWith('.json'))!;
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(path.join(folder, json), 'utf8'), asKeras2);
  if (!weightsManifest) return null;
  const manifest: tf.io.WeightsManifestConfig = weightsManifest;
  const files = manifest.flatMap((group) => group.paths.map((name) => readFile(path.join(folder, name))));
  const bytes = Buffer.concat(await Promise.all(files));
  return tfl.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      // Keras 3 has the name of the model before that of the layer.
      weightSpecs: manifest.flatMap((group) =>
        group.weights.map((weight) => ({ ...weight, name: weight.name.split('/').slice(-2).join('/') })),
      ),
      weightData: Uint8Array.from(bytes).buffer,
    }),
  );
}

/** What Keras 3 writes as Keras 2 wrote it, which TensorFlow.js reads. */
function asKeras2(this: Record<string, unknown>, key: string, value: unknown): unknown {
  if (key === 'batch_shape') {
    this.batch_input_shape = value;
    return undefined;
  }
  if (key === 'dtype' && typeof value === 'object') return 'float32';
  return value;
}

/** The index of the highest output of a TensorFlow.js model for each image. */
function highest(
  model: tfl.LayersModel,
  images: Uint8Array,
  size: readonly [number, number, number],
  scale: number,
  offset: number,
): number[] {
  const count = images.length / (size[0] * size[1] * size[2]);
  const pixels = Float32Array.from(images, (value) => (value / 255) * scale + offset);
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const outputs = model.predict(tf.tensor(pixels, [count, ...shape]), { batchSize: 100 }) as tf.Tensor;
  return Array.from(tf.argMax(tf.reshape(outputs, [count, -1]), 1).dataSync());
}

console.log('| Model | Import | Split | Accuracy here | Accuracy of the original program |');
console.log('|---|---|---|---|---|');
for (const name of (await readdir(folder)).toSorted()) {
  const stats = await stat(path.join(folder, name));
  if (!stats.isFile() && !stats.isDirectory()) continue;
  console.log(`| ${(await check(name)).join(' | ')} |`);
}
await rm(home, { recursive: true });
