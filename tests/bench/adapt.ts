import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { splitFolder } from '../../src/core/dataset/split-files.ts';
import { createEngine } from '../../src/core/engine/select.ts';
import { readEvaluationImages } from '../../src/core/evaluation/evaluation-images.ts';
import { IMAGE_PIXELS } from '../../src/core/images/image-size.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { createRecognizer } from '../../src/core/recognizer/recognizer.ts';
import { MIN_SAMPLES } from '../../src/core/training/hold-out.ts';
import { chooseSamples, mean, readWritten, type Written } from './adapt/characters.ts';
import { generatedReplay, learned } from './adapt/learning.ts';
import { teachSigns } from './adapt/new-signs.ts';
import { CachedReader } from './adapt/reader.ts';

/**
 * How well a model reads people whose hand it has not seen, the more samples of theirs it is adapted to: the writers of
 * `unipen-test` with at least 40 characters. Prints Markdown. With `--learn 3,5`, `learn` also makes a model for each of them from
 * these numbers of samples, which takes some seconds each, and which is also read with if it is not accepted. `--shared` is the folder with EMNIST and the stroke files, `--home` that of the model and the data set.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    home: { type: 'string', default: path.join(root, '.shipped-training') },
    model: { type: 'string', default: 'shipped' },
    draws: { type: 'string', default: '10' },
    learn: { type: 'string' },
  },
});
const MIN_CHARACTERS = 40;
const COUNTS = [1, 2, 3, 5];
/** Images of `balanced`, evenly spread. */
const GENERAL_IMAGES = 4000;
/** How many samples of one character are given to see what becomes of the others. */
const OF_ONE_CHARACTER = 10;

const paths = resolvePaths(path.resolve(values.home));
const strokes = path.join(values.shared, 'strokes');
const draws = Array.from({ length: Number(values.draws) }, (_, index) => index + 1);
const print = (line = '') => process.stdout.write(`${line}\n`);
const percent = (share: number) => (100 * share).toFixed(1);

const characters = await readWritten(strokes, 'unipen-test');
const signs = await readWritten(strokes, 'unipen-symbols-test');
const writers = Object.entries(Object.groupBy(characters, ({ writer }) => writer))
  .map(([writer, written = []]) => ({ writer, written }))
  .filter(({ written }) => written.length >= MIN_CHARACTERS)
  .sort((a, b) => b.written.length - a.written.length);
const general = await readGeneral();
const model = await loadModel(values.model, paths);
const reader = new CachedReader(model);
await reader.look([...characters, ...signs, ...general].map(({ image }) => image));

/** Accuracy on what is left of a writer's characters, before and after; null if there is nothing left. */
interface Result {
  left: number;
  before: number;
  after: number;
}

function adapt(written: readonly Written[], count: number, seed: number): Result | null {
  const { samples, rest } = chooseSamples(written, count, model.labels, seed);
  if (rest.length === 0) return null;
  return { left: rest.length, before: reader.accuracy(rest, []), after: reader.accuracy(rest, samples) };
}

function meanOf(results: readonly (Result | null)[]): Result | null {
  const there = results.filter((result) => result !== null);
  if (there.length === 0) return null;
  const over = (field: keyof Result) => mean(there.map((result) => result[field]));
  return { left: over('left'), before: over('before'), after: over('after') };
}

/** By number of samples, then by writer. */
const adapted = COUNTS.map((count) =>
  writers.map(({ written }) => meanOf(draws.map((seed) => adapt(written, count, seed)))),
);
const unadapted = writers.map(({ written }) => reader.accuracy(written, []));

print(
  `${writers.length} writers, ${draws.length} random choices of the samples each; classes of "${values.model}"; percent`,
);
print();
print('| Samples of each class | Characters left | Without them | Adapted |');
print('|---|---|---|---|');
print(`| 0 | ${writers.reduce((sum, { written }) => sum + written.length, 0)} | ${percent(mean(unadapted))} | |`);
COUNTS.forEach((count, index) => {
  const all = adapted[index]!.filter((result) => result !== null);
  const left = Math.round(all.reduce((sum, result) => sum + result.left, 0));
  const [before, after] = (['before', 'after'] as const).map((field) => percent(mean(all.map((one) => one[field]))));
  const of = all.length === writers.length ? '' : ` of ${all.length} writers`;
  print(`| ${count} | ${left}${of} | ${before} | ${after} |`);
});
COUNTS.forEach((count, index) => {
  const gains = adapted[index]!.flatMap((one) => (one ? [100 * (one.after - one.before)] : []));
  const better = gains.filter((gain) => gain > 0.05).length;
  const worse = gains.filter((gain) => gain < -0.05);
  const most = worse.length === 0 ? '' : `, at most by ${(-Math.min(...worse)).toFixed(1)} points`;
  print(
    `${index === 0 ? '\n' : ''}With ${count} of each class, ${better} writers are read better, ${worse.length} worse${most}.  `,
  );
});
print();
print(`| Writer | Characters | 0 | ${COUNTS.join(' | ')} |`);
print(`|---|---|---|${COUNTS.map(() => '---|').join('')}`);
writers.forEach(({ writer, written }, index) => {
  const cells = adapted.map((results) => {
    const result = results[index];
    return result ? `${percent(result.before)} → ${percent(result.after)} (${Math.round(result.left)})` : '';
  });
  print(`| ${writer} | ${written.length} | ${percent(unadapted[index]!)} | ${cells.join(' | ')} |`);
});

print();
const most = writers.map(({ written }) => chooseSamples(written, 5, model.labels, 1).samples);
const generalBefore = reader.accuracy(general, []);
const generalAfter = most.map((samples) => reader.accuracy(general, samples));
print(
  `${general.length} images of \`balanced\`: ${percent(generalBefore)}%; adapted to 5 samples of each class of a writer`,
);
print(`${percent(mean(generalAfter))}% in the mean, ${percent(Math.min(...generalAfter))}% at worst.`);

const ofOne = writers.flatMap(({ written }) => {
  const byLabel = Object.values(Object.groupBy(written, ({ label }) => label)).map((own = []) => own);
  return byLabel
    .filter((own) => own.length >= 3)
    .map((own) => {
      const others = written.filter(({ label }) => label !== own[0]!.label);
      return [reader.accuracy(others, []), reader.accuracy(others, own.slice(0, OF_ONE_CHARACTER))] as const;
    });
});
print(
  `Adapted to 3 to ${OF_ONE_CHARACTER} samples of one character alone, a writer's other characters are read right in`,
);
print(
  `${percent(mean(ofOne.map(([, after]) => after)))}%, before in ${percent(mean(ofOne.map(([before]) => before)))}%.`,
);

print();
const figures = teachSigns(reader, signs, characters).sort((a, b) => b.right / b.tries - a.right / a.tries);
print('| New sign | Writers | Further tries read right | Known characters taken for it |');
print('|---|---|---|---|');
const row = (name: string, ofSigns: typeof figures) => {
  const sum = (field: 'writers' | 'tries' | 'right' | 'known' | 'mistaken') =>
    ofSigns.reduce((total, one) => total + one[field], 0);
  const mistaken = sum('known') === 0 ? '' : `${percent(sum('mistaken') / sum('known'))} of ${sum('known')}`;
  print(`| ${name} | ${sum('writers')} | ${percent(sum('right') / sum('tries'))} of ${sum('tries')} | ${mistaken} |`);
};
for (const one of figures) row(`\`${one.sign === '|' ? '\\|' : one.sign}\``, [one]);
row('all', figures);
/** Dots and single strokes, which are the shape of an `l`, a `1`, a `C`, or each other. */
const PLAIN = /^[.,'"/()]$/;
row(
  'those of more than a dot or a line',
  figures.filter(({ sign }) => !PLAIN.test(sign)),
);

print();
await printTimes();

if (values.learn !== undefined) {
  print();
  await printLearning(values.learn.split(',').map(Number));
}

/** What `learn` makes of the first random choice of each writer's samples, whether it is accepted or not. */
async function printLearning(counts: readonly number[]): Promise<void> {
  const engine = await createEngine({ engine: 'wasm' });
  const replay = await generatedReplay(model, engine);
  print(
    '| Samples of each class | Without them | Adapted | Learned | Learned and adapted | Accepted | Kept | `balanced` | Seconds |',
  );
  print('|---|---|---|---|---|---|---|---|---|');
  for (const count of counts) {
    const results: { [column: string]: number }[] = [];
    for (const { written } of writers) {
      const { samples, rest } = chooseSamples(written, count, model.labels, 1);
      if (rest.length === 0 || samples.length < MIN_SAMPLES) continue;
      const { model: child, accepted, seconds } = await learned(model, samples, replay, engine);
      const childReader = new CachedReader(child);
      await childReader.look([...written, ...general].map(({ image }) => image));
      const [before, after] = [reader.accuracy(rest, []), childReader.accuracy(rest, [])];
      results.push({
        ...{ before, after, accepted: Number(accepted), kept: accepted ? after : before, seconds },
        adapted: reader.accuracy(rest, samples),
        both: childReader.accuracy(rest, samples),
        general: childReader.accuracy(general, []),
      });
    }
    const over = (column: string) => mean(results.map((result) => result[column]!));
    const shares = ['before', 'adapted', 'after', 'both'].map((column) => percent(over(column)));
    const accepted = results.filter((result) => result.accepted).length;
    const rest = [`${accepted} of ${results.length}`, percent(over('kept')), percent(over('general'))];
    print(`| ${[count, ...shares, ...rest, over('seconds').toFixed(0)].join(' | ')} |`);
  }
  await engine.dispose();
}

async function readGeneral(): Promise<{ label: string; image: Uint8Array }[]> {
  if (!existsSync(splitFolder(paths, 'balanced'))) {
    const from = path.join(values.shared, 'emnist/gzip.zip');
    for await (const _ of fetchDatasets({ splits: ['balanced'], from, paths })); // progress
  }
  const source = { split: 'balanced', part: 'test', characters: 'all', limit: GENERAL_IMAGES } as const;
  const { images, labels, classLabels } = await readEvaluationImages(source, paths);
  return Array.from(labels, (label, index) => ({
    label: classLabels[label]!,
    image: images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS),
  }));
}

async function printTimes(): Promise<void> {
  const recognizer = await createRecognizer(model);
  const time = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const samples = characters.slice(0, 500);
  const { image } = characters.at(-1)!;
  const read = async (options: { adapt: boolean }) => {
    const times: number[] = [];
    for (let round = 0; round < 50; round++) times.push(await time(() => recognizer.recognize(image, options)));
    return times.sort((a, b) => a - b)[25]!.toFixed(1);
  };
  const first = await time(() => recognizer.adaptTo(samples));
  const again = await time(() => recognizer.adaptTo([...samples, characters[500]!]));
  print(`Adapting to 500 samples at first: ${first.toFixed(0)} ms; to one more: ${again.toFixed(1)} ms.`);
  print(
    `Reading a character: ${await read({ adapt: false })} ms; adapted to 501 samples: ${await read({ adapt: true })} ms.`,
  );
  await recognizer.dispose();
}
