import { expect, test } from 'vitest';
import { holdOut } from '../../../src/core/training/hold-out.ts';

const known = () => true;

/** Samples of labels, one for each character of a text. */
function samples(text: string) {
  return [...text].map((label, index) => ({ label, index }));
}

function heldOutOf(text: string, isKnown: (label: string) => boolean = known): number[] {
  return holdOut(samples(text), isKnown).heldOut.map(({ index }) => index);
}

test('holds out a fifth, of many labels with few samples too', () => {
  const text = 'abcdefghij'.repeat(3);
  const { learned, heldOut } = holdOut(samples(text), known);
  expect(heldOut).toHaveLength(6);
  expect(new Set(heldOut.map(({ label }) => label)).size).toBe(6);
  expect(learned.length + heldOut.length).toBe(30);
});

test('holds out the same ones after more have been added', () => {
  const before = heldOutOf('abcabcabca');
  const after = heldOutOf('abcabcabcabddabcabcc');
  expect(after.filter((index) => index < 10)).toEqual(before);
  expect(after.length).toBeGreaterThan(before.length);
});

test('learns from the only sample of a label that the model does not know', () => {
  expect(heldOutOf('abcdefg')).toEqual([4]);
  expect(heldOutOf('abcdefg', (label) => label !== 'e')).toEqual([6]);
});

test.each(['aaaaa', 'aaaab', 'abbbb'])('holds out one of %s, learning from the others', (text) => {
  expect(heldOutOf(text)).toHaveLength(1);
});

test('holds out none if each is the only one of a label that the model does not know', () => {
  const { learned, heldOut } = holdOut(samples('abcde'), () => false);
  expect(heldOut).toEqual([]);
  expect(learned).toEqual(samples('abcde'));
});

test('holds out none of fewer', () => {
  expect(heldOutOf('aaaa')).toEqual([]);
});
