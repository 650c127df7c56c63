import { expect, test } from 'vitest';
import { bytes, count, counted, day, decimal, duration, images, percent, timeLeft } from '../../src/app/format.ts';

test('numbers are grouped, shares are percentages without a space', () => {
  expect(count(84524)).toBe('84,524');
  expect(images(1)).toBe('1 image');
  expect(counted(2, 'epoch')).toBe('2 epochs');
  expect(percent(0.9712)).toBe('97.1%');
  expect(percent(0.9712, 2)).toBe('97.12%');
  expect(percent(1, 0)).toBe('100%');
  expect(bytes(117_782_153)).toBe('118 MB');
  expect(decimal(0.12345)).toBe('0.123');
  expect(decimal(null)).toBe('-');
});

test('times have two units at most; what is unknown is a dash', () => {
  expect(duration(0.31)).toBe('310ms');
  expect(duration(18.42)).toBe('18.4s');
  expect(duration(72.4)).toBe('1m 12s');
  expect(duration(3 * 86400 + 4 * 3600 + 59)).toBe('3d 4h');
  expect(timeLeft(0.2)).toBe('1s left');
  expect(timeLeft(61.4)).toBe('1m 1s left');
  for (const unknown of [null, Number.NaN, Number.POSITIVE_INFINITY, -1]) expect(timeLeft(unknown)).toBe('- left');
});

test('a day is the date of a timestamp', () => {
  expect(day('2026-03-01T12:00:00.000Z')).toBe('2026-03-01');
  expect(day('yesterday')).toBe('yesterday');
});
