import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Turns } from '../../../src/core/server/turns.ts';

const client = (address = 'a') => ({ address });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

test('drawings of the same cost are read in the order in which their clients began to wait, the latest of each', () => {
  const turns = new Turns<{ address: string }, string>();
  const [first, second, gone] = [client(), client(), client()];
  turns.wait(first, 'old', 1);
  turns.wait(second, 'other', 1);
  turns.wait(gone, 'unread', 1);
  turns.leave(gone);
  vi.advanceTimersByTime(10);
  turns.wait(first, 'new', 1);
  expect(turns.next()).toMatchObject({ client: first, work: 'new', cost: 1 });
  expect(turns.isEmpty).toBe(false);
  expect(turns.next(0.5)).toBe(null);
  expect(turns.next()).toMatchObject({ client: second, work: 'other' });
  expect(turns.isEmpty).toBe(true);
  expect(turns.next()).toBe(null);
});

test('an expensive drawing waits for cheap ones that come later, but not forever', () => {
  const turns = new Turns<{ address: string }, string>();
  const [expensive, cheap] = [client(), client()];
  turns.wait(expensive, '', 10);
  const order: string[] = [];
  for (let round = 0; !order.includes('expensive'); round++) {
    vi.advanceTimersByTime(5);
    turns.wait(cheap, '', 1);
    vi.advanceTimersByTime(5);
    order.push(turns.next()!.client === cheap ? 'cheap' : 'expensive');
    expect(round).toBeLessThan(100);
  }
  expect(order.length).toBeGreaterThan(20);
});

test('those of an address from which many wait come after those of one that is alone', () => {
  const turns = new Turns<{ address: string }, string>();
  const crowd = Array.from({ length: 5 }, () => client('crowded'));
  const alone = client('alone');
  for (const each of crowd) turns.wait(each, '', 1);
  vi.advanceTimersByTime(20);
  turns.wait(alone, '', 1);
  vi.advanceTimersByTime(2);
  expect(turns.next()!.client).toBe(alone);
});
