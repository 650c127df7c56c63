import { expect, test } from 'vitest';
import { MISTAKE_NAME, mistakeName, portableLabel } from '../../src/app/mistake-name.ts';
import { nameProblem } from '../../src/core/portable-name.ts';

test('names tell the index, the class, and the answer', () => {
  expect(mistakeName({ index: 42, truth: 'A', guess: '4' })).toBe('000042-upper-A-as-4.png');
  expect(mistakeName({ index: 1_234_567, truth: 'a', guess: '/' })).toBe('1234567-lower-a-as-u2f.png');
});

test.each([
  ['7', '7'],
  ['arrow', 'arrow'],
  ['Arrow 2', 'Arrow-u20-2'],
  ['a/b', 'a-u2f-b'],
  ['..', 'u2e-u2e'],
  ['ä', 'ue4'],
  ['👩‍🏫', 'u1f469-u200d-u1f3eb'],
])('the label %j is %j', (label, name) => {
  expect(portableLabel(label)).toBe(name);
});

test('names are valid on all systems, however strange the labels', () => {
  for (const label of ['CON', '*', '<>:"|?', '..', ' ', '\\', '👩‍🏫', 'a\u0301'.repeat(8)]) {
    const name = mistakeName({ index: 1, truth: label, guess: label });
    expect(name).toMatch(MISTAKE_NAME);
    expect(name.length).toBeLessThan(150);
    expect(nameProblem(name.slice(0, 64))).toBeNull();
  }
});
