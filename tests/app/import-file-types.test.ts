import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import yazl from 'yazl';
import { hintFor } from '../../src/app/hints.ts';
import { CLI_HINTS } from '../../src/cli/hints.ts';
import { hdf5File } from '../helpers/keras-files.ts';
import { torchFile } from '../helpers/torch-files.ts';
import { ImportFolder } from './importing.ts';

const here = new ImportFolder();

const zip = async (...names: string[]) => {
  const file = new yazl.ZipFile();
  for (const name of names) file.addBuffer(Buffer.from('x'), name);
  file.end();
  return buffer(file.outputStream);
};
const pickle = (module: string) =>
  Buffer.from(`\x80\x04\x95\x20\0\0\0\0\0\0\0\x8c\x16${module}\x94\x8c\x03MLP\x94\x93.`, 'latin1');

/** Files that are often taken for models, what they are called, and what is advised. */
const FILES: Record<string, [contents: () => Uint8Array | string | Promise<Uint8Array>, is: string, advice: string]> = {
  'empty.h5': [() => '', 'it is empty', 'download it again'],
  'lfs.h5': [
    () => `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 29535\n`,
    'it is a Git LFS pointer',
    'git lfs pull',
  ],
  'page.keras': [() => '\n<!DOCTYPE html>\n<html><title>404', 'it is a web page', 'Download raw file'],
  'cut.h5': [
    async () => (await hdf5File((file) => void file.create_group('conv2d'))).subarray(0, -9),
    'it is an HDF5 file that is truncated',
    'download it again',
  ],
  'cut.keras': [
    async () => (await zip('config.json')).subarray(0, 60),
    'it is a zip archive that is truncated',
    'download it again',
  ],
  'models.zip': [
    () => zip('a.h5', 'b.txt', 'sub/c.png', 'd.md'),
    'it is a zip archive of a.h5, b.txt, sub/c.png, and 1 more',
    'unpack it',
  ],
  'saved_model.pb': [() => Buffer.from([8, 1, 18, 4]), 'it is a TensorFlow SavedModel', '--saved-model'],
  'frozen.pb': [() => Buffer.from([10, 3, 1, 2, 3]), 'it is a TensorFlow graph', 'tf2onnx'],
  'model.tflite': [() => Buffer.from('\x1c\0\0\0TFL3....', 'latin1'), 'it is a TensorFlow Lite model', '--tflite'],
  'graph.json': [
    () => '{"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": []}',
    'it is a TensorFlow.js graph model',
    'tfjs_layers_model',
  ],
  'clf.joblib': [() => pickle('sklearn.neural_network'), 'it is a Python pickle of scikit-learn', 'skl2onnx'],
  'clf.pkl': [() => pickle('collections_of_mine...'), 'it is a Python pickle', 'ONNX'],
  'legacy.pt': [
    () => Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex'),
    'it was saved by PyTorch before 1.6, or in its old format',
    'newer PyTorch',
  ],
  'whole.pt': [() => torchFile({ object: ['__main__', 'Net'] }), '__main__.Net', 'state_dict'],
  'array.npy': [() => Buffer.from('\x93NUMPY\x01\0', 'latin1'), 'it is a NumPy array', 'whole model'],
  'arrays.npz': [() => zip('arr_0.npy'), 'it is an archive of NumPy arrays', 'whole model'],
  'model.ckpt.data-00000-of-00001': [() => 'abc', 'it is a TensorFlow checkpoint', 'model.save'],
  'm.mlmodel': [() => Buffer.from([1, 2, 3]), 'it is a Core ML model', 'made from'],
  'notes.txt': [() => 'once upon a time', 'it is not a model.json, .h5', 'docs/models.md'],
};

test.each(Object.keys(FILES))('%s is called what it is, with a way out', async (name) => {
  const [contents, is, advice] = FILES[name]!;
  const error = await here.refusal(await here.write(name, await contents()));
  expect(error).toMatchObject({ code: 'model-unsupported' });
  expect(error.message).toContain(`${name} is not supported: `);
  expect(error.message).toContain(is);
  expect(hintFor(CLI_HINTS, error)).toContain(advice);
});

test('a folder: its only JSON file is read, and others are called what they are', async () => {
  const folder = async (name: string, ...files: string[]) => {
    await mkdir(path.join(here.folder, name));
    for (const file of files) await writeFile(path.join(here.folder, name, file), '{}');
    return here.refusal(path.join(here.folder, name));
  };
  expect(await folder('browser', 'mnist-model.json', '.DS_Store')).toMatchObject({
    code: 'model-damaged',
    message: expect.stringContaining(path.join('browser', 'mnist-model.json')),
  });
  expect(await folder('two', 'a.json', 'b.json')).toMatchObject({
    message: expect.stringContaining('it is a folder with several JSON files: a.json, b.json'),
  });
  expect(await folder('saved', 'saved_model.pb', 'fingerprint.pb')).toMatchObject({ data: { type: 'saved-model' } });
  expect(await folder('weights', 'checkpoint', 'cp.ckpt.index')).toMatchObject({ data: { type: 'checkpoint' } });
  expect(await folder('none')).toMatchObject({ code: 'file-missing' });
});
