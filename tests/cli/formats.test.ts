import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytes } from '../../src/app/format.ts';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { createEngine } from '../../src/core/engine/select.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { HAS_EMNIST, installBalanced } from '../core/model/formats/models.ts';
import { type KerasLayout, notebookFile } from '../helpers/keras-files.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

if (!HAS_EMNIST) console.log('using generated images: ../shared/emnist/gzip.zip is missing');

const LABELS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt';

const folder = await temporaryFolder(afterAll);
/** Contains the `balanced` split. */
let home: string;
/** A Keras file with a `cnn` trained on transposed images, as in EMNIST's files. */
let weights: Float32Array[];
/** Its accuracy on transposed test images. */
let accuracy: number;

beforeAll(async () => {
  home = path.join(folder, 'home');
  await installBalanced(resolvePaths(home));
  ({ weights, accuracy } = await trainTransposed());
}, 180_000);

async function trainTransposed() {
  const paths = resolvePaths(home);
  const network = architecture('cnn', 47);
  const train = await readPart(paths, 'balanced', 'train', { limit: 12_800 });
  const test = await readPart(paths, 'balanced', 'test');
  const [images, testImages] = [transposed(train.images), transposed(test.images)];
  const engine = await createEngine();
  const model = await engine.createNetwork(network, { batchSize: 128 });
  await model.setWeights(initialWeights(network, 1));
  for (let step = 0; step < 300; step++) {
    // A part may be sorted by class.
    const batch = Array.from({ length: 128 }, (_, index) => (step * 7919 + index * 104_729) % train.count);
    await model.trainBatch(
      Buffer.concat(batch.map((image) => images.subarray(image * 784, (image + 1) * 784))),
      Uint8Array.from(batch, (image) => train.labels[image]!),
      { learningRate: 0.001, step: step + 1, seed: step },
    );
  }
  const logits = await model.predict(testImages);
  const right = test.labels.filter((label, image) => {
    const row = logits.subarray(image * 47, (image + 1) * 47);
    return row.indexOf(Math.max(...row)) === label;
  });
  const trained = { weights: await model.getWeights(), accuracy: right.length / test.count };
  await engine.dispose();
  return trained;
}

function transposed(images: Uint8Array): Uint8Array {
  return images.map((_, index) => {
    const pixel = index % 784;
    return images[index - pixel + (pixel % 28) * 28 + Math.floor(pixel / 28)]!;
  });
}

async function notebook(name: string, layout: KerasLayout): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, await notebookFile({ weights, classes: 47 }, layout));
  return file;
}

describe('import', () => {
  test.each([
    ['Keras 2', 'old'],
    ['TF 2.x', 'new'],
  ] as const)(
    "the notebook's model in the layout of %s is found to be transposed, and reads balanced as before",
    async (layout, name) => {
      expect(accuracy).toBeGreaterThan(0.6);
      const file = await notebook(`${name}.h5`, layout);
      const { code, events, stderr } = await runJson(['import', file], { home });
      expect(code, stderr).toBe(0);
      expect(events).toEqual([
        {
          event: 'end',
          model: name,
          path: path.join(home, 'models', name),
          format: 'h5',
          classes: 47,
          labels: LABELS,
          classLabels: [...LABELS],
          transposed: true,
          orientation: 'detected',
          pixels: { range: '0-1', inverted: false, how: expect.any(String) },
          labelOrder: { order: 'digits, uppercase, unmerged lowercase', how: expect.any(String) },
          trial: {
            split: 'balanced',
            images: 1000,
            upright: expect.any(Number),
            transposed: expect.any(Number),
            pixels: expect.any(Array),
            labelOrders: expect.any(Array),
          },
        },
      ]);
      const trial = events[0]!.trial as { upright: number; transposed: number };
      expect(Math.abs(trial.transposed - accuracy)).toBeLessThan(0.06);
      expect(trial.upright).toBeLessThan(accuracy / 2);
      const evaluated = await runJson(['evaluate', '--split', 'balanced', '--model', name], { home });
      expect(evaluated.code, evaluated.stderr).toBe(0);
      expect(evaluated.events.at(-1)!.accuracy).toBeCloseTo(accuracy, 3);
    },
  );

  test('an option overrides detection', async () => {
    const file = await notebook('again.h5', 'TF 2.x');
    const upright = await runJson(['import', file, '--upright', '--name', 'wrong'], { home });
    expect(upright.events[0]).toMatchObject({ model: 'wrong', transposed: false, orientation: 'given' });
    const turned = await runJson(['import', file, '--transposed', '--labels', LABELS], { home });
    expect(turned.events[0]).toMatchObject({ model: 'again', transposed: true, orientation: 'given' });
    const limit = ['evaluate', '--limit', '470', '--model'];
    const wrong = (await runJson([...limit, 'wrong'], { home })).events.at(-1)!.accuracy as number;
    const right = (await runJson([...limit, 'again'], { home })).events.at(-1)!.accuracy as number;
    expect(wrong).toBeLessThan(right / 2);
  });

  test('the text output reports the orientation, and without a data set how to find out', async () => {
    const file = await notebook('told.h5', 'Keras 2');
    const found = await run(['import', file], { home });
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toMatch(/^Model +told\nFolder .*\nFormat +h5\nClasses +47: 0123/);
    expect(found.stdout).toMatch(
      /^Images +transposed; .*1,000 test images of balanced: .*% upright, .*% transposed\)$/m,
    );
    const unknown = await run(['import', file], { home: await temporaryFolder() });
    expect(unknown.code).toBe(0);
    expect(unknown.stdout).toMatch(/^Images +assumed to be upright$/m);
    expect(unknown.stderr).toMatch(/evaluate --model told.*--transposed/);
  });

  test('an existing model is replaced only with --overwrite, and its training run with it', async () => {
    const own = await temporaryFolder();
    const args = ['import', await notebook('mine.h5', 'TF 2.x'), '--transposed'];
    expect((await run(args, { home: own })).code).toBe(0);
    const checkpoint = path.join(own, 'models/mine/checkpoint.safetensors');
    await writeFile(checkpoint, 'of another network');
    const again = await run(args, { home: own });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/"mine" already exists.* — choose another name with --name, or .*--overwrite\n$/);
    expect((await run([...args, '--overwrite'], { home: own })).code).toBe(0);
    expect((await runJson(['models'], { home: own })).events[0]).toMatchObject({ name: 'mine', resumable: false });
    await expect(access(checkpoint)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('an imported model works like any other', async () => {
    const own = await temporaryFolder();
    expect((await run(['import', await notebook('mine.h5', 'TF 2.x'), '--transposed'], { home: own })).code).toBe(0);
    const models = await runJson(['models'], { home: own });
    expect(models.events[0]).toMatchObject({
      name: 'mine',
      default: true,
      split: null,
      epochs: null,
      classes: 47,
      problem: null,
    });
    expect((await run(['models'], { home: own })).stdout).toMatch(/^\* +mine +\? +\? +47 /m);
    const stroke = '{"strokes":[[[5,0],[5,20]]]}\n';
    const predicted = await runJson(['predict', '-'], { home: own, input: stroke });
    expect(predicted.events[0]).toMatchObject({ event: 'prediction', index: 0 });
    const doctor = await runJson(['doctor'], { home: own });
    expect(doctor.events).toContainEqual(expect.objectContaining({ name: 'model mine', state: 'ok' }));
    expect(doctor.code).toBe(0);
    const cleaned = await runJson(['clean', '--models', '--yes'], { home: own });
    expect(cleaned.events[0]!.removed).toHaveLength(2);
  });

  test.each([
    ['a file that is not there', ['nothing.h5'], 1, 'file-missing'],
    ['no model', [path.join(import.meta.dirname, 'run.ts')], 1, 'model-unsupported'],
    ['labels for other outputs', ['#model', '--labels', 'abc'], 2, 'usage'],
    ['two orientations', ['#model', '--transposed', '--upright'], 2, 'usage'],
    ['no file', [], 2, 'usage'],
    ['a name that is none', ['#model', '--name', '../x'], 2, 'model-name-invalid'],
  ])('%s is refused in one line', async (_, args, code, reason) => {
    const file = await notebook('refused.h5', 'TF 2.x');
    const own = await temporaryFolder();
    const result = await runJson(['import', ...args.map((arg) => (arg === '#model' ? file : arg))], { home: own });
    expect(result.stderr).toMatch(ERROR_LINE);
    expect(result).toMatchObject({ code, events: [{ event: 'error', code: reason }] });
    expect(await readdir(own)).toEqual([]);
  });
});

describe('export', () => {
  test.each([
    ['tfjs', 'shipped-tfjs'],
    ['keras', 'shipped.keras'],
    ['h5', 'shipped.h5'],
    ['onnx', 'shipped.onnx'],
    ['safetensors', 'shipped.safetensors'],
  ])('%s is exported as %s and imported as the same model', async (format, name) => {
    const here = await temporaryFolder();
    const options = { home: path.join(here, 'home'), cwd: here };
    const { code, events, stderr } = await runJson(['export', '--format', format, '--model', 'shipped'], options);
    expect(code, stderr).toBe(0);
    const bytes = events[0]!.bytes;
    expect(events).toEqual([{ event: 'end', format, model: 'shipped', path: path.join(here, name), bytes }]);
    // 586,447 parameters of 4 bytes.
    expect(bytes).toBeGreaterThan(2_345_788);
    expect(await readdir(here)).toEqual([name]);
    const back = await runJson(['import', name, '--name', 'back'], options);
    expect(back.events[0]).toMatchObject({ model: 'back', format, labels: LABELS, orientation: 'recorded' });
    const [listed] = (await runJson(['models'], options)).events;
    expect(listed).toMatchObject({ name: 'back', split: 'bymerge', validationImages: 15_782 });
  });

  test('existing files are not replaced without --force', async () => {
    const here = await temporaryFolder();
    const options = { home: path.join(here, 'home'), cwd: here };
    await writeFile(path.join(here, 'mine.onnx'), 'precious');
    const args = ['export', '-f', 'onnx', '-m', 'shipped', '-o', 'mine.onnx'];
    const refused = await run(args, options);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(ERROR_LINE) });
    expect(refused.stderr).toContain('--force');
    expect(await readFile(path.join(here, 'mine.onnx'), 'utf8')).toBe('precious');
    const forced = await run([...args, '--force'], options);
    const { size } = await stat(path.join(here, 'mine.onnx'));
    expect(size).toBeGreaterThan(2e6);
    expect(forced.stdout).toBe(`Exported shipped as onnx: ${path.join(here, 'mine.onnx')} (${bytes(size)})\n`);

    await mkdir(path.join(here, 'folder/inner'), { recursive: true });
    const folder = ['export', '-m', 'shipped', '-o', 'folder', '-f'];
    expect(await run([...folder, 'tfjs'], options)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--force'),
    });
    expect(await run([...folder, 'h5', '--force'], options)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is a folder'),
    });
    expect((await run([...folder, 'tfjs', '--force'], options)).code).toBe(0);
    expect(await readdir(path.join(here, 'folder'))).toEqual([
      'inner',
      'model.json',
      expect.stringMatching(/^weights/),
    ]);
  });

  test.each([
    ['no format', ['export'], 2, '--format'],
    ['a format that there is not', ['export', '--format', 'pytorch'], 2, 'tfjs, keras, h5, onnx, safetensors'],
    ['a model that there is not', ['export', '--format', 'h5', '--model', 'nobody'], 1, 'model "nobody" not found'],
  ])('%s is refused in one line', async (_, args, code, text) => {
    const here = await temporaryFolder();
    const result = await run(args, { home: path.join(here, 'home'), cwd: here });
    expect(result.stderr).toMatch(ERROR_LINE);
    expect(result.stderr).toContain(text);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(await readdir(here)).toEqual([]);
  });
});
