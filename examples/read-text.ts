// Reads a line of handwriting: that of the picture given or, without one, a word drawn with a pen.
//
//   node examples/read-text.ts [PNG or JPEG]

import { type Drawing, isEmnistError, loadRecognizer } from 'emnist-tui';

/** "Hi" in five strokes, the last of them the dot. */
const hi: Drawing = [
  [
    [0, 0],
    [0, 40],
  ],
  [
    [20, 0],
    [20, 40],
  ],
  [
    [0, 20],
    [20, 20],
  ],
  [
    [32, 18],
    [32, 40],
  ],
  [
    [32, 6],
    [33, 7],
  ],
];
const [input = hi] = process.argv.slice(2);

const recognizer = await loadRecognizer();
try {
  const { text, candidates, words } = await recognizer.recognizeText(input, { top: 3 });
  console.log(text);
  for (const { text, probability } of candidates) console.log(`${(100 * probability).toFixed(1)} %  ${text}`);
  for (const { text, strokes, box } of words) console.log(text, strokes ?? box);

  // Words of one's own make their readings more likely than English does.
  const names = new Map([
    ['Hi', 10],
    ['Hilary', 3],
  ]);
  console.log((await recognizer.recognizeText(input, { lexicon: names })).text);
} catch (error) {
  if (!isEmnistError(error)) throw error;
  console.log(`${error.message} — ${error.hint}`);
  process.exitCode = 1;
} finally {
  await recognizer.close();
}
