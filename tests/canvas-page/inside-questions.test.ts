import { beforeEach, expect, test } from 'vitest';
import { InsideQuestions } from '../../src/canvas-page/inside-questions.ts';

let sent: { id: number; image: string; label?: string }[];
let isConnected: boolean;
let questions: InsideQuestions;
beforeEach(() => {
  sent = [];
  isConnected = true;
  questions = new InsideQuestions((message) => {
    if (isConnected) sent.push(JSON.parse(message));
    return isConnected;
  });
});

const images = () => sent.map(({ image }) => image);

test('nothing is asked until something is to be known, and nothing twice', () => {
  questions.want(null);
  expect(sent).toEqual([]);
  questions.want({ image: 'a', label: 'R' });
  questions.want({ image: 'a', label: 'R' });
  expect(sent).toEqual([{ type: 'inside', id: 1, image: 'a', label: 'R' }]);
  expect(questions.answered(1)).toEqual({ image: 'a', label: 'R' });
  questions.want({ image: 'a', label: 'R' });
  expect(sent).toHaveLength(1);
  questions.want({ image: 'a', label: 'K' });
  expect(sent.at(-1)).toEqual({ type: 'inside', id: 2, image: 'a', label: 'K' });
});

test('the latest question follows the answer to the one before', () => {
  for (const image of ['a', 'b', 'c']) questions.want({ image });
  expect(images()).toEqual(['a']);
  expect(questions.answered(1)).toEqual({ image: 'a' });
  expect(images()).toEqual(['a', 'c']);
});

test('an answer is not shown once nothing is to be known, and is asked for again later', () => {
  questions.want({ image: 'a' });
  questions.want(null);
  expect(questions.answered(1)).toBeNull();
  questions.want({ image: 'a' });
  expect(images()).toEqual(['a', 'a']);
});

test('without a connection, the question waits for the next one, as it does for another model', () => {
  isConnected = false;
  questions.want({ image: 'a' });
  isConnected = true;
  questions.restart();
  expect(images()).toEqual(['a']);
  // The answer of the previous model does not come.
  questions.restart();
  expect(images()).toEqual(['a', 'a']);
  expect(questions.answered(1)).toBeNull();
  expect(questions.answered(2)).toEqual({ image: 'a' });
});
