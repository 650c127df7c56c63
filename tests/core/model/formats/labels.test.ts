import { describe, expect, test } from 'vitest';
import { nameOutputs } from '../../../../src/core/model/formats/labels.ts';

const labelsOf = (requested: string, outputs: number) =>
  nameOutputs({ width: outputs, rejects: false }, requested, null, 'model.h5').labels;

describe('labels that a user gives', () => {
  test('are characters or, with commas, a list', () => {
    expect(labelsOf('ab1', 3)).toEqual(['a', 'b', '1']);
    expect(labelsOf('ä≠👍🏽', 3)).toEqual(['ä', '≠', '👍🏽']);
    expect(labelsOf('arrow, circle,你好', 3)).toEqual(['arrow', 'circle', '你好']);
    expect(labelsOf('a\u0308,+', 2)).toEqual(['ä', '+']);
  });

  test.each([
    ['ab', 3, '2 labels for 3 outputs'],
    ['a,b,', 3, '2 labels for 3 outputs'],
    ['a,,b', 3, '"" is not a label'],
    ['a,b,rectangle', 3, '"rectangle" has more than 8 characters'],
    ['a,b,\u202Ec', 3, 'invisible'],
    ['a,b,a', 3, '"a" occurs twice'],
  ])('are refused if they are wrong: %s', (requested, outputs, reason) => {
    expect(() => labelsOf(requested, outputs)).toThrow(
      expect.objectContaining({
        code: 'usage',
        data: expect.objectContaining({ reason: expect.stringContaining(reason) }),
      }),
    );
  });
});

test('labels in a file may be any short text', () => {
  expect(nameOutputs({ width: 2, rejects: false }, undefined, ['≥', 'arrow'], 'model.h5').labels).toEqual([
    '≥',
    'arrow',
  ]);
  expect(() => nameOutputs({ width: 2, rejects: false }, undefined, ['a', 'much too long'], 'model.h5')).toThrow(
    expect.objectContaining({ code: 'labels-wrong' }),
  );
});

describe('a model that rejects', () => {
  const labelsOf = (width: number, requested?: string, embedded: readonly string[] | null = null) =>
    nameOutputs({ width, rejects: true }, requested, embedded, 'model.h5');

  test('has no label for its last output', () => {
    expect(labelsOf(4, 'abc')).toEqual({ labels: ['a', 'b', 'c'], outputs: [0, 1, 2] });
    expect(labelsOf(3, undefined, ['a', 'b'])).toEqual({ labels: ['a', 'b'], outputs: [0, 1] });
    expect(labelsOf(11).labels.join('')).toBe('0123456789');
  });

  test('is refused with as many labels as outputs', () => {
    const reason = '3 labels for 3 outputs, the last of which stands for no character';
    expect(() => labelsOf(3, 'abc')).toThrow(
      expect.objectContaining({
        code: 'usage',
        data: expect.objectContaining({ reason, expected: expect.stringMatching(/^the 2 characters/) }),
      }),
    );
    expect(() => labelsOf(3, undefined, ['a', 'b', 'c'])).toThrow(
      expect.objectContaining({ code: 'labels-wrong', data: { file: 'model.h5', outputs: 2, reason } }),
    );
  });
});
