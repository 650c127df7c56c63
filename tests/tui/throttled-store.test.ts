import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ThrottledStore } from '../../src/tui/throttled-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function countingStore() {
  const store = new ThrottledStore((sum: number, event: number) => sum + event, 0);
  const shown: number[] = [];
  store.subscribe(() => shown.push(store.snapshot()));
  return { store, shown };
}

test('notifies at most once per interval, and always of the last event', () => {
  const { store, shown } = countingStore();
  for (let event = 0; event < 1000; event++) {
    store.dispatch(1);
    vi.advanceTimersByTime(1);
  }
  expect(shown.length).toBeGreaterThanOrEqual(9);
  expect(shown.length).toBeLessThanOrEqual(11);
  vi.advanceTimersByTime(100);
  expect(shown.at(-1)).toBe(1000);
  expect(store.state).toBe(1000);
});

test('notifies of user actions immediately', () => {
  const { store, shown } = countingStore();
  store.dispatch(1);
  store.dispatch(1);
  store.dispatchNow(5);
  expect(shown).toEqual([1, 7]);
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([1, 7]);
});

test('keeps the snapshot until the next notification', () => {
  const store = new ThrottledStore((state: { n: number }) => ({ n: state.n + 1 }), { n: 0 });
  store.dispatch(0);
  const before = store.snapshot();
  store.dispatch(0);
  expect(store.snapshot()).toBe(before);
  vi.advanceTimersByTime(100);
  expect(store.snapshot()).toEqual({ n: 2 });
});

test('does not notify once it is disposed', () => {
  const { store, shown } = countingStore();
  store.dispatch(1);
  store.dispatch(1);
  store.dispose();
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([1]);
});
