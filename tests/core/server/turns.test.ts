import { expect, test, vi } from 'vitest';
import { Turns } from '../../../src/core/server/turns.ts';

const client = (address: string) => ({ address });

test('clients that have used the same take turns in the order in which they came', () => {
  const turns = new Turns<{ address: string }, string>();
  const [first, second] = [client('a'), client('a')];
  turns.join(first);
  turns.join(second);
  turns.wait(first, 'old');
  turns.wait(second, 'other');
  turns.wait(first, 'new');
  expect(turns.next()).toEqual([first, 'new']);
  expect(turns.next()).toEqual([second, 'other']);
  expect(turns.next()).toBe(null);
});

test('an address is charged for all of its clients', () => {
  const turns = new Turns<{ address: string }, string>();
  const crowd = Array.from({ length: 5 }, () => client('crowded'));
  const alone = client('alone');
  for (const each of [...crowd, alone]) turns.join(each);
  for (const each of crowd) turns.charge(each, 5);
  turns.charge(alone, 20);
  for (const each of [...crowd, alone]) turns.wait(each, '');
  // The one alone has used more than any other, but its address less.
  expect(turns.next()![0]).toBe(alone);
});

test('connecting again is no advantage, and what was used is forgotten in time', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const turns = new Turns<{ address: string }, string>();
  const [heavy, light, again] = [client('a'), client('a'), client('a')];
  turns.join(heavy);
  turns.charge(heavy, 1000);
  turns.join(light);
  vi.advanceTimersByTime(60_000);
  turns.charge(heavy, 1000);
  turns.join(again);
  turns.leave(heavy);
  turns.wait(again, '');
  turns.wait(light, '');
  expect(turns.next()![0]).toBe(light);
  vi.useRealTimers();
});
