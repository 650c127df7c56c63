import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { architecture } from '../../src/core/model/architectures.ts';
import type { Layer } from '../../src/core/model/layer.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import { randomWeights } from '../core/engine/networks.ts';
import { largestDifference, probabilities } from '../core/model/formats/models.ts';
import { hdf5File, type KerasLayout, notebookFile, notebookShapes, tf2Config } from '../helpers/keras-files.ts';
import { ImportFolder } from './importing.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures/keras');

const here = new ImportFolder();

describe('files written by Keras (tests/fixtures/keras/make.py)', () => {
  test.each(['small.keras', 'small.h5'])('%s gives the same answers as in Keras', async (name) => {
    const answers = JSON.parse(await readFile(path.join(FIXTURES, 'answers.json'), 'utf8')).probabilities.flat();
    const event = await here.import(path.join(FIXTURES, name), { name: undefined });
    expect(event).toMatchObject({ model: 'small', classes: 10, labels: '0123456789', orientation: 'assumed' });
    const images = Uint8Array.from({ length: 3 * 784 }, (_, index) => {
      return ((index % 784) * 7 + Math.floor(index / 784) * 13) % 256;
    });
    const ours = await probabilities(await loadModel('small', here.paths), images);
    expect(largestDifference(ours, answers)).toBeLessThan(1e-5);
  });
});

describe('a plain Keras network', () => {
  const network = architecture('cnn', 47);
  const weights = randomWeights(network, 8);

  test.each(['Keras 1', 'Keras 2', 'TF 2.x', 'Keras 3'] as KerasLayout[])(
    'imports from the layout of %s',
    async (layout) => {
      const file = await here.write('model_emnist.h5', await notebookFile({ weights, classes: 47 }, layout));
      const event = await here.import(file, { name: undefined, upright: true });
      expect(event).toMatchObject({ format: 'h5', model: 'model_emnist', transposed: false, orientation: 'given' });
      const model = await loadModel('model_emnist', here.paths);
      expect(model.weights).toEqual(weights);
      const plain = (layers: readonly Layer[]) => layers.filter(({ type }) => type !== 'dropout');
      expect(plain(model.network.layers)).toEqual(plain(network.layers));
      expect(model).toMatchObject({ training: null, labels: [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'] });
    },
  );

  test.each([
    [10, '0123456789', undefined],
    [26, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', undefined],
    [27, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', [0]],
    [37, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', [0, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]],
    [62, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', undefined],
  ])('with %i outputs has the labels %s', async (classes, labels, leftOut) => {
    const weights = randomWeights(architecture('cnn', classes), 4);
    const event = await here.import(await here.write('n.h5', await notebookFile({ weights, classes }, 'TF 2.x')));
    expect(event).toMatchObject({ classes: labels.length, labels, ...(leftOut && { leftOut }) });
    expect('leftOut' in event).toBe(leftOut !== undefined);
    const model = await loadModel('it', here.paths);
    const images = new Uint8Array(784).fill(90, 300, 500);
    const whole = await probabilities(
      { ...model, network: architecture('cnn', classes), weights, labels: Array(classes).fill('') },
      images,
    );
    const kept = whole.filter((_, output) => !leftOut?.includes(output));
    const sum = kept.reduce((total, value) => total + value, 0);
    expect(
      largestDifference(
        await probabilities(model, images),
        kept.map((value) => value / sum),
      ),
    ).toBeLessThan(1e-5);
  });

  test('uses the requested labels, or asks for them', async () => {
    const weights = randomWeights(architecture('cnn', 3), 4);
    const file = await here.write('n.h5', await notebookFile({ weights, classes: 3 }, 'TF 2.x'));
    expect(await here.refusal(file)).toMatchObject({
      code: 'labels-unknown',
      data: { file, outputs: 3 },
    });
    for (const labels of ['ab', 'abcd', 'aba', 'a b', 'a\u0301c', 'a\nb']) {
      expect(await here.refusal(file, { labels }), labels).toMatchObject({
        code: 'usage',
        data: { option: 'labels', value: labels },
      });
    }
    expect(await here.import(file, { labels: 'πab' })).toMatchObject({ classes: 3, labels: 'πab' });
    expect((await loadModel('it', here.paths)).labels).toEqual(['π', 'a', 'b']);
  });

  test('imports from a .keras archive of Keras 2.13, which names the group of layers differently', async () => {
    const zip = new yazl.ZipFile();
    const add = (name: string, contents: Uint8Array | string) => zip.addBuffer(Buffer.from(contents), name);
    add('metadata.json', '{"keras_version": "2.13.1", "date_saved": "2023-07-05@09:30:00"}');
    add('config.json', JSON.stringify(tf2Config(47)));
    const shapes = notebookShapes(47);
    const contents = await hdf5File((file) => {
      const group = file.create_group('_layer_checkpoint_dependencies');
      ['conv2d', 'conv2d_1', 'dense', 'dense_1'].forEach((name, layer) => {
        const vars = group.create_group(name).create_group('vars');
        for (const index of [0, 1]) {
          const [data, shape] = [weights[layer * 2 + index]!, shapes[layer * 2 + index]!];
          vars.create_dataset({ name: String(index), data, shape, dtype: '<f' });
        }
      });
    });
    add('model.weights.h5', contents);
    zip.end();
    const file = await here.write('old.keras', await buffer(zip.outputStream));
    expect(await here.import(file, { upright: true })).toMatchObject({ format: 'keras', classes: 47 });
    expect((await loadModel('it', here.paths)).weights).toEqual(weights);
  });

  test('transposes the weights of a model trained on transposed images', async () => {
    const file = await here.write('n.h5', await notebookFile({ weights, classes: 47 }, 'TF 2.x'));
    expect(await here.import(file, { transposed: true })).toMatchObject({
      transposed: true,
      orientation: 'given',
    });
    const image = Uint8Array.from({ length: 784 }, (_, index) => (index * index) % 251);
    const turned = image.map((_, index) => image[(index % 28) * 28 + Math.floor(index / 28)]!);
    const ours = await probabilities(await loadModel('it', here.paths), image);
    const theirs = await probabilities({ ...(await loadModel('it', here.paths)), network, weights }, turned);
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-5);
  });
});
