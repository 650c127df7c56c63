import { expect, test } from 'vitest';
import { initialForm, reduceForm, sourceValue } from '../../src/tui/screens/fetch-form.ts';

test('pasted text becomes the source, whichever row has the focus', () => {
  const form = reduceForm(initialForm('digits'), { type: 'paste', text: ' https://example.org/gzip.zip \n' });
  expect(sourceValue(form)).toBe('https://example.org/gzip.zip');
  expect(form.choice).toBe(4);
  expect(sourceValue(initialForm('digits'))).toBeUndefined();
});

test('a dropped file loses its quotes', () => {
  expect(sourceValue(reduceForm(initialForm('digits'), { type: 'paste', text: '"/data/gzip.zip"\n' }))).toBe(
    '/data/gzip.zip',
  );
});
