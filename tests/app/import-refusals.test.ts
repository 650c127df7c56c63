import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportModel } from '../../src/app/export-model.ts';
import { EmnistError } from '../../src/core/errors.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { MODEL_FORMATS } from '../../src/core/model/formats/model-formats.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { lockModel } from '../../src/core/model/model-lock.ts';
import { loadModel, saveModel } from '../../src/core/model/model-store.ts';
import type { Network } from '../../src/core/model/network.ts';
import { hdf5File } from '../helpers/keras-files.ts';
import { ImportFolder } from './importing.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures/keras');

const here = new ImportFolder();

describe('invalid models', () => {
  test('files of other types, and files that are too large', async () => {
    const large = await here.write('large.h5', '');
    await truncate(large, 201e6);
    const weightsOnly = await hdf5File((file) => void file.create_group('conv2d'));
    const files = {
      'text.h5': 'once upon a time',
      'empty.keras': '',
      'weights.h5': weightsOnly,
      'other.onnx': Buffer.from([8, 7, 18, 1, 65]),
      'noise.onnx': Buffer.from([255, 255, 255]),
      'other.zip': Buffer.from('PK\x05\x06'.padEnd(22, '\0')),
    };
    const codes: Record<string, string> = {};
    for (const [name, contents] of Object.entries(files))
      codes[name] = (await here.refusal(await here.write(name, contents)))?.code;
    expect(codes).toEqual({
      'text.h5': 'model-unsupported',
      'empty.keras': 'model-unsupported',
      'weights.h5': 'model-unsupported',
      'other.onnx': 'model-damaged',
      'noise.onnx': 'model-damaged',
      'other.zip': 'model-unsupported',
    });
    expect(await here.refusal(large)).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('200 MB'),
    });
    expect(await here.refusal(path.join(here.folder, 'nothing.h5'))).toMatchObject({ code: 'file-missing' });
    expect(await here.refusal(here.folder)).toMatchObject({
      code: 'file-missing',
      message: expect.stringContaining('model.json'),
    });
  });

  test.each(MODEL_FORMATS)(
    '%s that is cut, or has some bytes changed, is read or refused, never a bug',
    async (format) => {
      const network: Network = architecture('vgg', 10);
      await saveModel(
        { name: 'whole', network, labels: [...'0123456789'], weights: initialWeights(network, 1), training: null },
        here.paths,
      );
      const out = path.join(here.folder, `whole.${format}`);
      await exportModel({ format, model: 'whole', out }, { paths: here.paths });
      const file = format === 'tfjs' ? path.join(out, 'model.json') : out;
      const bytes = await readFile(file);
      const place = fc.oneof(
        fc.nat(4000),
        fc.nat(bytes.length - 1),
        fc.nat(3000).map((back) => bytes.length - 1 - back),
      );
      const change = fc.oneof(
        place.map((end) => bytes.subarray(0, Math.max(0, end))),
        fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 20 }).map((changes) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) changed[Math.max(0, at)] = byte;
          return changed;
        }),
      );
      let count = 0;
      await fc.assert(
        fc.asyncProperty(change, async (damaged) => {
          await writeFile(file, damaged);
          const error = await here.refusal(file, { name: `n${++count}` });
          if (error !== null && !(error instanceof EmnistError)) throw error;
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('the store', () => {
  test('a name that is taken, reserved, or being trained is refused before anything is written', async () => {
    const file = path.join(FIXTURES, 'small.h5');
    await here.import(file);
    const before = await loadModel('it', here.paths);
    expect(await here.refusal(path.join(FIXTURES, 'small.keras'))).toMatchObject({
      code: 'model-exists',
      data: { model: 'it' },
    });
    expect(await loadModel('it', here.paths)).toEqual(before);
    expect(await here.refusal(file, { name: 'shipped' })).toMatchObject({
      code: 'model-name-invalid',
      data: { reason: 'reserved' },
    });
    await using _lock = await lockModel(path.join(here.paths.models, 'busy'), 'busy');
    expect(await here.refusal(file, { name: 'busy' })).toMatchObject({ code: 'model-busy' });
    expect(await readdir(path.join(here.paths.models, 'busy'))).toEqual(['training.lock']);
  });

  test('the default name is that of the file', async () => {
    const bytes = await readFile(path.join(FIXTURES, 'small.h5'));
    const file = await here.write('-My Büro, 2.h5', bytes);
    expect(await here.import(file, { name: undefined })).toMatchObject({ model: 'My-B-ro-2' });
  });
});
