// Recognizes a character from pen strokes with the model that comes with the package.
//
//   node examples/recognize-strokes.ts

import { type Drawing, loadRecognizer } from 'emnist-tui';

// A list of strokes, each a list of points. x grows to the right and y down, in any unit. This is a 4 in two strokes.
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

// Restrict the answer to the characters that make sense.
const [digit] = await recognizer.recognizeStrokes(four, { characters: 'digits' });
console.log('best digit:', digit?.label);

await recognizer.close();
