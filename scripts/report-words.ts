import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { englishLexicon } from '../src/core/text/lexicon.ts';
import { createTextReader } from '../src/core/text/text-reader.ts';
import { loadWordModel } from '../src/core/text/word-model.ts';
import { englishWords } from './words/english-words.ts';
import { readCheckpoint } from './words/load-checkpoint.ts';
import { wordNetwork } from './words/network.ts';
import { isHeldOut, readWritten, type Written } from './words/pen-data.ts';
import { linesSection } from './words/report/line-section.ts';
import { modelSection } from './words/report/model-section.ts';
import { byReader, bySegments, readAll } from './words/report/outcomes.ts';
import { photographsSection, readPhotographs } from './words/report/photographs-section.ts';
import { type ReadingTimes, speedSection, timeReading } from './words/report/speed-section.ts';
import { stitchedWords } from './words/report/stitched-words.ts';
import { byStyle, waysSection } from './words/report/ways-section.ts';
import { confusionsSection, lengthsSection, stylesSection } from './words/report/word-sections.ts';
import { WORD_MODEL } from './words/save-model.ts';
import { createSegmenter } from './words/segmentation/segment-words.ts';

/**
 * Reads the test files with the word model and prints the figures of its model card; `--write` updates docs/words-model-card.md.
 * `--shared` is the folder with the stroke files. `--checkpoint FILE` reads with a checkpoint of `train:words` instead.
 * `--validation` reads what writers have written that are held out of training, so that choices need not look at the test files.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    checkpoint: { type: 'string' },
    validation: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
  },
});
const { shared, checkpoint, validation } = values;
if (values.write && (checkpoint !== undefined || validation)) {
  throw new Error(
    'the model card is about the model that ships and the test files: leave out --checkpoint and --validation',
  );
}
const STITCHED = 1000;
/** As many as the test files have. */
const VALIDATION_WORDS = 2000;
const VALIDATION_LINES = 200;

const training = await readWritten(shared, 'unipen-words-train');
const seen = new Set(training.filter((each) => !isHeldOut(each)).map(({ label }) => label.toLowerCase()));
const words = validation
  ? evenly(training.filter(isHeldOut), VALIDATION_WORDS)
  : await readWritten(shared, 'unipen-words-test');
const lines = await heldOutOrTest('unipen-lines', VALIDATION_LINES);
const characters = await heldOutOrTest('unipen', Number.POSITIVE_INFINITY);
const stitched = stitchedWords(characters, englishWords(), STITCHED);
const lexicon = englishLexicon();

const shipped = checkpoint === undefined ? await loadWordModel() : null;
const model = shipped ?? {
  name: 'checkpoint',
  network: wordNetwork(128),
  weights: readCheckpoint(checkpoint!).weights,
};
const threads = Number(values.threads);
const reader = await createTextReader({ threads, model });
const byNetwork = byReader(reader, lexicon);
progress(`Reading ${words.length} words`);
const readWords = await readAll(words, byNetwork, lexicon, seen);
progress(`Reading ${lines.length} lines`);
const readLines = await readAll(lines, byNetwork, lexicon, seen);
progress(`Reading ${stitched.length} stitched words`);
const readStitched = await readAll(stitched, byNetwork, lexicon, seen);
progress('Reading pictures');
const photographs = await readPhotographs(lines, reader);
await reader.dispose();

progress('Cutting words into characters instead');
const segmenter = await createSegmenter({ threads });
const segments = bySegments(segmenter, lexicon);
const segmentedWords = await readAll(words, segments, lexicon, seen);
const segmentedStitched = await readAll(stitched, segments, lexicon, seen);
await segmenter.dispose();

progress('Timing');
const times: ReadingTimes[] = [];
for (const count of [1, 2]) {
  const timed = await createTextReader({ threads: count, model });
  times.push(await timeReading(timed, count, words));
  await timed.dispose();
}

const text = [
  modelSection(model.network, shipped && { training: shipped.training, bytes: await bytesOnDisk() }),
  stylesSection(readWords),
  lengthsSection(readWords),
  confusionsSection(readWords),
  linesSection(readLines),
  photographsSection(photographs),
  waysSection(
    [...byStyle(readWords, segmentedWords), { title: 'Stitched', network: readStitched, segments: segmentedStitched }],
    STITCHED,
  ),
  speedSection(times),
].join('\n\n');
console.log(text);

if (values.write) {
  const card = path.join(root, 'docs/words-model-card.md');
  const old = await readFile(card, 'utf8');
  const between = /(?<=<!-- figures -->\n)[\s\S]*(?=<!-- end -->)/;
  await writeFile(
    card,
    old.replace(between, () => `\n${text}\n\n`),
  );
}

async function heldOutOrTest(name: string, most: number): Promise<Written[]> {
  if (!validation) return readWritten(shared, `${name}-test`);
  return evenly((await readWritten(shared, `${name}-train`)).filter(isHeldOut), most);
}

/** About as many as `most`, from all of the list. */
function evenly<T>(items: readonly T[], most: number): T[] {
  const every = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, index) => index % every === 0);
}

async function bytesOnDisk(): Promise<number> {
  const names = await readdir(WORD_MODEL);
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(WORD_MODEL, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}
