// Reads a character from pen strokes with the model that comes with the package.
//
//   node examples/recognize-strokes.ts

import { type Drawing, loadRecognizer } from 'emnist-tui';

// Each stroke is a list of points, x to the right and y down, in any unit: here a 4, its angle and then its stem.
const four: Drawing = [
  [
    [30, 0],
    [8, 42],
    [50, 42],
  ],
  [
    [36, 22],
    [34, 78],
  ],
];

const recognizer = await loadRecognizer();

const predictions = await recognizer.recognizeStrokes(four, { top: 3 });
for (const { label, probability } of predictions) console.log(label, probability.toFixed(3));

// Where only some characters can be meant, the others are left out of the answer.
const [digit] = await recognizer.recognizeStrokes(four, { characters: 'digits' });
console.log('among the digits:', digit?.label);

await recognizer.close();
