import { expect, test } from 'vitest';
import { initialForm, reduceForm, sourceValue } from '../../src/tui/screens/fetch/fetch-form.ts';

const pasted = (text: string) => reduceForm(initialForm('digits'), { type: 'text', press: { name: 'paste', text } });

test('pasted text becomes the source, whichever row has the focus', () => {
  const form = pasted(' https://example.org/gzip.zip \n');
  expect(sourceValue(form)).toBe('https://example.org/gzip.zip');
  expect(form.choice).toBe(4);
  expect(sourceValue(initialForm('digits'))).toBeUndefined();
});

test('a dropped file loses its quotes', () => {
  expect(sourceValue(pasted('"/data/gzip.zip"\n'))).toBe('/data/gzip.zip');
});
