import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { exportModel } from '../../src/app/export-model.ts';
import { decodeMetadata, METADATA_KEY } from '../../src/core/model/formats/format.ts';
import { MODEL_FORMATS } from '../../src/core/model/formats/model-formats.ts';
import { decodeOnnx } from '../../src/core/model/formats/onnx-reader.ts';
import { encodeOnnx } from '../../src/core/model/formats/onnx-writer.ts';
import { encodeSafetensorsModel } from '../../src/core/model/formats/safetensors-model.ts';
import { kerasTopology } from '../../src/core/model/keras-layers.ts';
import { canReject, type Model } from '../../src/core/model/model.ts';
import { loadModel, saveModel } from '../../src/core/model/model-store.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/core/model/safetensors.ts';
import { biasedModel } from '../helpers/biased-model.ts';
import { ImportFolder } from './importing.ts';

const here = new ImportFolder();
const { onnx } = onnxProto;

/** Three classes, and an output for no character. */
const MODEL = biasedModel('unsure', [...'ABC'], [0.1, 0.2, 0.3, 0.4]);

/** Saves and exports the model, and returns the path of the file. */
async function exported(format: (typeof MODEL_FORMATS)[number]): Promise<string> {
  await saveModel(MODEL, here.paths);
  const out = path.join(here.folder, `exported.${format}`);
  await exportModel({ format, model: MODEL.name, out }, { paths: here.paths });
  return out;
}

const imported = () => loadModel('it', here.paths);

describe.each(MODEL_FORMATS)('a model that rejects, from %s', (format) => {
  test('still does, with as many classes as labels', async () => {
    const event = await here.import(await exported(format));
    expect(event).toMatchObject({ classes: 3, labels: 'ABC', classLabels: ['A', 'B', 'C'] });
    expect(event).not.toHaveProperty('leftOut');
    expect(await imported()).toEqual({ ...MODEL, name: 'it' });
  });

  test('keeps its last output when its classes get other labels', async () => {
    expect(await here.import(await exported(format), { labels: 'xyz' })).toMatchObject({ classes: 3, labels: 'xyz' });
    expect(await imported()).toEqual({ ...MODEL, name: 'it', labels: ['x', 'y', 'z'] });
  });

  test('is refused with a label for its last output', async () => {
    expect(await here.refusal(await exported(format), { labels: 'wxyz' })).toMatchObject({
      code: 'usage',
      data: { option: 'labels', reason: '4 labels for 4 outputs, the last of which stands for no character' },
    });
  });
});

test('Keras layers in a JSON file, with weights that say that they reject', async () => {
  const json = await here.write('unsure.json', JSON.stringify(kerasTopology(MODEL)));
  await copyFile(await exported('h5'), path.join(path.dirname(json), 'unsure.h5'));
  expect(await here.import(json)).toMatchObject({ format: 'tfjs', classes: 3, labels: 'ABC' });
  expect(canReject(await imported())).toBe(true);
});

test('an ONNX file says what its outputs are', async () => {
  const bytes = await encodeOnnx(MODEL);
  const { graph, docString, metadataProps } = onnx.ModelProto.decode(bytes);
  const [output] = graph!.output!;
  expect(output!.type!.tensorType!.shape!.dim!.map(({ dimValue }) => Number(dimValue ?? 0))).toEqual([0, 4]);
  expect(docString).toMatch(/, then of no character$/);
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  expect(metadata).toMatchObject({ labels: 'ABC', labels_json: '["A","B","C"]', rejects: 'true' });
  expect(decodeMetadata(metadata[METADATA_KEY])).toMatchObject({ labels: ['A', 'B', 'C'], rejects: true });
  const other = onnx.ModelProto.decode(await encodeOnnx(biasedModel('sure', [...'ABC'], [1, 2, 3])));
  expect(other.docString).toMatch(/in the order of the labels$/);
  expect(other.metadataProps.map(({ key }) => key)).not.toContain('rejects');
});

/** Changes the metadata in a file of each kind that has them as plain text. */
const CHANGED: Record<string, (change: (text: string) => string) => Promise<string>> = {
  tfjs: async (change) => {
    const folder = await exported('tfjs');
    const file = path.join(folder, 'model.json');
    const json = JSON.parse(await readFile(file, 'utf8'));
    json.userDefinedMetadata = JSON.parse(change(JSON.stringify(json.userDefinedMetadata)));
    await writeFile(file, JSON.stringify(json));
    return folder;
  },
  safetensors: async (change) => {
    const bytes = encodeSafetensorsModel(MODEL);
    const { metadata, tensor, tensors } = decodeSafetensors(Buffer.from(bytes), (why) => new Error(why));
    const changed = { ...metadata, [METADATA_KEY]: change(metadata[METADATA_KEY]!) } as Record<string, string>;
    const same = tensors.map(({ name, shape }) => ({ name, shape, data: tensor(name, shape) }));
    return here.write('changed.safetensors', encodeSafetensors(same, changed));
  },
  onnx: async (change) => {
    const model = onnx.ModelProto.decode(await encodeOnnx(MODEL));
    for (const entry of model.metadataProps) if (entry.key === METADATA_KEY) entry.value = change(entry.value!);
    return here.write('changed.onnx', onnx.ModelProto.encode(model).finish());
  },
};

describe.each(Object.entries(CHANGED))('a damaged %s', (_, changed) => {
  test('with fewer labels than outputs that does not say that it rejects', async () => {
    const file = await changed((text) => text.replace('"rejects":true', '"rejects":false'));
    const reason = '3 labels for 4 outputs';
    expect(await here.refusal(file)).toMatchObject({
      code: 'labels-wrong',
      data: { file: expect.any(String), outputs: 4, reason },
    });
    expect(await here.import(file, { labels: 'wxyz' })).toMatchObject({ classes: 4 });
    expect(canReject(await imported())).toBe(false);
  });

  test('that says that it rejects, with a label for every output', async () => {
    const file = await changed((text) => text.replace('["A","B","C"]', '["A","B","C","D"]'));
    expect(await here.refusal(file)).toMatchObject({
      code: 'labels-wrong',
      data: { outputs: 3, reason: '4 labels for 4 outputs, the last of which stands for no character' },
    });
  });
});

describe('a model folder', () => {
  const folder = async (change: Partial<Pick<Model, 'labels'>>, rejects: boolean) => {
    await saveModel(MODEL, here.paths);
    const file = path.join(here.paths.models, MODEL.name, 'model.json');
    const json = JSON.parse(await readFile(file, 'utf8'));
    json.userDefinedMetadata = { ...json.userDefinedMetadata, ...change, rejects };
    await writeFile(file, JSON.stringify(json));
    return loadModel(MODEL.name, here.paths);
  };

  test('must say that it rejects', async () => {
    expect(await folder({}, true)).toEqual(MODEL);
    await expect(folder({}, false)).rejects.toMatchObject({
      code: 'model-damaged',
      data: { reason: 'it has 4 outputs but 3 labels' },
    });
  });

  test('that rejects has no label for its last output', async () => {
    await expect(folder({ labels: [...'ABCD'] }, true)).rejects.toMatchObject({
      code: 'model-damaged',
      data: { reason: 'it has 4 outputs, the last of which stands for no character, but 4 labels' },
    });
  });
});

test('the graph of an ONNX file of another program does not reject', async () => {
  const model = onnx.ModelProto.decode(await encodeOnnx(MODEL));
  model.metadataProps = [];
  expect(await decodeOnnx(onnx.ModelProto.encode(model).finish(), 'm.onnx')).toMatchObject({ rejects: false });
});
