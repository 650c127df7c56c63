import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { importModel } from '../src/app/import-model.ts';
import { readPart } from '../src/core/dataset/read-part.ts';
import { type Split, splitLabels } from '../src/core/dataset/splits.ts';
import { createEngine } from '../src/core/engine/select.ts';
import { isEmnistError } from '../src/core/errors.ts';
import { fitImages } from '../src/core/images/fit-images.ts';
import { classIndex } from '../src/core/labels.ts';
import { loadModel } from '../src/core/model/model-store.ts';
import { resolvePaths } from '../src/core/paths.ts';

/**
 * Imports every model in a folder and prints, for each, its accuracy here and in the program that made it, on the same test
 * images: `node scripts/check-models.ts FOLDER --home DIR [--limit N] [--python PYTHON]`. The data sets are those fetched into
 * `--home`. Python needs keras for `.h5` and `.keras`, and onnxruntime for `.onnx`; models that it cannot read have no number.
 */

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

/**
 * Prints the index of the highest output for each image, for images in the orientation, pixels, and shape that the import found.
 * Arguments: model, images as bytes, height, width, channels, scale, offset.
 */
const JUDGE = `
import sys, json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
file, images, *sizes, scale, offset = sys.argv[1:]
height, width, channels = map(int, sizes)
x = np.fromfile(images, np.uint8).reshape(-1, height, width, channels).astype(np.float32) / 255 * float(scale) + float(offset)
if file.endswith(".onnx"):
    import onnxruntime
    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(file)
    input = session.get_inputs()[0]
    rank = len(input.shape)
    if rank == 4 and input.shape[1] == channels: x = x.transpose(0, 3, 1, 2)
    if rank < 4: x = x.reshape((-1, height, width)[:rank] if rank == 3 else (len(x), -1))
    fixed = isinstance(input.shape[0], int)
    x = x.astype({"tensor(double)": np.float64, "tensor(float16)": np.float16}.get(input.type, np.float32))
    run = lambda part: session.run(None, {input.name: part})[0]
    y = np.concatenate([run(x[i:i + input.shape[0]]) for i in range(0, len(x), input.shape[0])]) if fixed else run(x)
else:
    import keras
    model = keras.models.load_model(file, compile=False)
    shape = model.input_shape[1:]
    if len(shape) == 3 and shape[0] == channels and shape[2] != channels: x = x.transpose(0, 3, 1, 2)
    y = model.predict(x.reshape((-1,) + tuple(shape)), verbose=0)
print(json.dumps(np.asarray(y).reshape(len(x), -1).argmax(1).tolist()))
`;

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
    const width = labels.length;
    const best = Array.from(truth, (_, image) => {
      const row = logits.subarray(image * width, (image + 1) * width);
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
  { transposed, pixels }: Awaited<ReturnType<typeof importModel>>,
  [height, width, channels]: readonly [number, number, number],
  images: Uint8Array,
): Promise<number[] | null> {
  if (!/\.(?:onnx|h5|keras)$/.test(file)) return null;
  const [scale, offset] = RANGES[pixels.range];
  const size = height * width * channels;
  const turned = images.map((_, index) => {
    const [image, place] = [Math.floor(index / size), index % size];
    const [pixel, channel] = [Math.floor(place / channels), place % channels];
    const from = transposed ? (pixel % width) * width + Math.floor(pixel / width) : pixel;
    const value = images[image * size + from * channels + channel]!;
    return pixels.inverted ? 255 - value : value;
  });
  const input = path.join(home, 'images.bin');
  await writeFile(input, turned);
  const args = [file, input, height, width, channels, scale, offset].map(String);
  try {
    const answer = execFileSync(values.python, ['-c', JUDGE, ...args], {
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { KERAS_BACKEND: 'tensorflow', ...process.env },
    });
    return JSON.parse(answer.trim().split('\n').at(-1)!);
  } catch {
    // Python or the package is missing, or it cannot read the model.
    return null;
  }
}

console.log('| Model | Import | Split | Accuracy here | Accuracy of the original program |');
console.log('|---|---|---|---|---|');
for (const name of (await readdir(folder)).toSorted()) {
  const stats = await stat(path.join(folder, name));
  if (!stats.isFile() && !stats.isDirectory()) continue;
  console.log(`| ${(await check(name)).join(' | ')} |`);
}
await rm(home, { recursive: true });
