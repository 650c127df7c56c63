import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { gunzipFile, openIdx } from '../../src/core/dataset/idx.ts';
import { splitFolder } from '../../src/core/dataset/split-files.ts';
import { isEmnistError } from '../../src/core/errors.ts';
import type { GrayPicture } from '../../src/core/images/gray-picture.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import type { CharacterReading, Prediction } from '../../src/core/prediction.ts';
import { readStrokeFile } from '../../src/core/strokes/stroke-file.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { KINDS, type Material } from './pictures/kinds.ts';

/**
 * How many pictures of each kind are read right: one answer for each character and no more, digits as digits and letters
 * as letters. The pictures are made from characters of the training parts of EMNIST and UNIPEN. `--root` measures another
 * checkout, `--only` selects kinds by a pattern, and `--save` keeps the pictures that are misread in a folder.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    home: { type: 'string', default: path.join(root, '.shipped-training') },
    root: { type: 'string', default: root },
    count: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    save: { type: 'string' },
  },
});
const measured = (file: string) => import(pathToFileURL(path.join(path.resolve(values.root), 'src/core', file)).href);
const { findCharacters } = await measured('images/picture-characters.ts');
const { createRecognizer } = await measured('recognizer/recognizer.ts');
const { loadModel } = await measured('model/model-store.ts');
const paths = resolvePaths(path.resolve(values.home));
const recognizer = await createRecognizer(await loadModel('shipped', paths));

const material = await loadMaterial();
const count = Number(values.count);
if (values.save) await mkdir(values.save, { recursive: true });
for (const [name, make] of Object.entries(KINDS)) {
  if (!new RegExp(values.only).test(name)) continue;
  let right = 0;
  for (let index = 0; index < count; index++) {
    const { picture, text } = make(material, index);
    const answer = await read(picture, /^\d+$/.test(text) ? 'digits' : /^[A-Za-z]+$/.test(text) ? 'letters' : 'all');
    if (answer.toUpperCase() === text.toUpperCase()) right++;
    else if (values.save) {
      const file = path.join(values.save, `${name}-${index}-${text}-${answer.replace(/\W/g, '_').slice(0, 20)}.png`);
      await writeFile(file, pngFile(picture));
    }
  }
  process.stdout.write(`${name.padEnd(24)} ${((100 * right) / count).toFixed(1).padStart(5)} %\n`);
}
await recognizer.dispose();

async function read(picture: GrayPicture, characters: string): Promise<string> {
  try {
    const found: { image: Uint8Array }[] = findCharacters(picture, 'picture');
    if (found.length === 0) return '';
    const images = Buffer.concat(found.map(({ image }) => image));
    const readings: (CharacterReading | Prediction[])[] = await recognizer.recognize(images, { characters, top: 1 });
    // Checkouts from before models could reject return only the predictions.
    return readings.map((reading) => ('predictions' in reading ? reading.predictions : reading)[0]!.label).join('');
  } catch (error) {
    if (!isEmnistError(error) && (error as Error).name !== 'EmnistError') throw error;
    return '!';
  }
}

async function loadMaterial(): Promise<Material> {
  const folder = splitFolder(paths, 'digits');
  if (!existsSync(folder)) {
    const archive = path.join(values.shared, 'emnist/gzip.zip');
    for await (const _ of fetchDatasets({ splits: ['digits'], from: archive, paths }));
  }
  const images = await readIdx(path.join(folder, 'emnist-digits-train-images-idx3-ubyte.gz'), 3);
  const labels = await readIdx(path.join(folder, 'emnist-digits-train-labels-idx1-ubyte.gz'), 1);
  const strokes = new Map<string, Material['strokes'] extends Map<string, infer Drawings> ? Drawings : never>();
  for await (const { label, strokes: drawing } of readStrokeFile(
    path.join(values.shared, 'strokes/unipen-train.jsonl.gz'),
  )) {
    if (label === undefined) continue;
    const drawings = strokes.get(label) ?? [];
    drawings.push(drawing);
    strokes.set(label, drawings);
  }
  return { images, labels, strokes };
}

async function readIdx(file: string, dims: 1 | 3): Promise<Uint8Array> {
  const { data } = await openIdx(gunzipFile(file), { name: file, dims });
  const parts: Uint8Array[] = [];
  // The chunks are reused.
  for await (const chunk of data) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}
