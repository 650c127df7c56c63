import { describe, expect, test } from 'vitest';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import { Scores } from '../../../src/core/evaluation/scores.ts';
import { shareClasses } from '../../../src/core/evaluation/shared-classes.ts';

describe('shareClasses', () => {
  test('identical classes are compared one to one', () => {
    const labels = splitLabels('balanced');
    const shared = shareClasses(labels, labels);
    expect(shared).toMatchObject({ labels, excluded: [], merged: [], unknown: [] });
    expect([...shared.truth]).toEqual(labels.map((_, index) => index));
    expect(shared.answers).toEqual(labels.map((_, index) => [index]));
  });

  test('a model of digits and letters is restricted to the digits', () => {
    const { labels, answers, excluded } = shareClasses(splitLabels('mnist'), splitLabels('balanced'));
    expect(labels.join('')).toBe('0123456789');
    expect(answers).toEqual(labels.map((_, index) => [index]));
    expect(excluded.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt');
  });

  test('in "letters", either case is a correct answer', () => {
    const { labels, answers, excluded } = shareClasses(splitLabels('letters'), splitLabels('balanced'));
    expect(labels.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(answers[0]!.map((index) => splitLabels('balanced')[index])).toEqual(['A', 'a']);
    expect(answers[2]!.map((index) => splitLabels('balanced')[index])).toEqual(['C']);
    expect(excluded.join('')).toBe('0123456789');
  });

  test('a lowercase letter counts as uppercase where the model merges the two', () => {
    const data = splitLabels('byclass');
    const { labels, truth, merged, unknown } = shareClasses(data, splitLabels('balanced'));
    expect(merged.join('')).toBe('cijklmopsuvwxyz');
    expect(labels).toEqual(splitLabels('balanced'));
    expect(labels[truth[data.indexOf('c')]!]).toBe('C');
    expect(labels[truth[data.indexOf('a')]!]).toBe('a');
    expect(unknown).toEqual([]);
  });

  test('where the data set merges the two, either answer counts as uppercase', () => {
    const { labels, answers } = shareClasses(splitLabels('balanced'), splitLabels('byclass'));
    const answersOf = (label: string) => answers[labels.indexOf(label)]!.map((index) => splitLabels('byclass')[index]);
    expect(answersOf('C')).toEqual(['C', 'c']);
    expect(answersOf('A')).toEqual(['A']);
    expect(answersOf('a')).toEqual(['a']);
  });

  test('lists the characters that the model lacks, and refuses when it lacks all', () => {
    expect(shareClasses(splitLabels('balanced'), splitLabels('digits')).unknown.join('')).toBe(
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt',
    );
    expect(() => shareClasses(splitLabels('letters'), splitLabels('mnist'))).toThrow(/none of these/);
  });
});

describe('Scores', () => {
  const log = (...probabilities: number[]) => probabilities.map(Math.log);

  test('computes accuracy, confusions and loss', () => {
    const scores = new Scores(shareClasses(['0', '1', '2'], ['0', '1', '2']));
    const logits = [...log(0.7, 0.2, 0.1), ...log(0.6, 0.3, 0.1), ...log(0.1, 0.1, 0.8), ...log(0.5, 0.3, 0.2)];
    scores.add(Float32Array.from(logits), Uint8Array.of(0, 1, 2, 1));
    expect(scores).toMatchObject({ images: 4, accuracy: 0.5, top5Accuracy: 1 });
    expect(scores.loss).toBeCloseTo(-(Math.log(0.7) + 2 * Math.log(0.3) + Math.log(0.8)) / 4, 5);
    expect(scores.perClass).toEqual([
      { label: '0', images: 1, accuracy: 1 },
      { label: '1', images: 2, accuracy: 0 },
      { label: '2', images: 1, accuracy: 1 },
    ]);
    expect(scores.confusions).toEqual([{ truth: '1', predicted: '0', count: 2 }]);
  });

  test('excluded classes cannot win, and merged classes win together', () => {
    // The model's classes: 5, A, a, b. The data set's: A (both cases), B.
    const scores = new Scores(shareClasses(['A', 'B'], ['5', 'A', 'a', 'b']));
    scores.add(Float32Array.from([...log(0.4, 0.2, 0.15, 0.25), ...log(0.9, 0.03, 0.03, 0.04)]), Uint8Array.of(0, 0));
    expect(scores.accuracy).toBe(1);
    expect(scores.loss).toBeCloseTo(-(Math.log(0.35 / 0.6) + Math.log(0.06 / 0.1)) / 2, 5);
  });

  test('images of missing classes are wrong but do not make the loss infinite', () => {
    const scores = new Scores(shareClasses(['0', '1', 'X'], ['0', '1']));
    scores.add(Float32Array.from([...log(0.8, 0.2), ...log(0.5, 0.5)]), Uint8Array.of(0, 2));
    expect(scores).toMatchObject({ images: 2, accuracy: 0.5, top5Accuracy: 0.5 });
    expect(scores.loss).toBeCloseTo(-Math.log(0.8), 5);
    expect(scores.confusions).toEqual([{ truth: 'X', predicted: '0', count: 1 }]);
  });

  test('the sixth best answer is not in the top 5', () => {
    const labels = [...'0123456'];
    const scores = new Scores(shareClasses(labels, labels));
    const row = [7, 6, 5, 4, 3, 2, 1];
    scores.add(Float32Array.from([...row, ...row]), Uint8Array.of(4, 5));
    expect(scores).toMatchObject({ accuracy: 0, top5Accuracy: 0.5 });
  });
});
