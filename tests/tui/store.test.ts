import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Store } from '../../src/tui/store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function countingStore() {
  const store = new Store((sum: number, event: number) => sum + event, 0);
  const shown: number[] = [];
  store.subscribe(() => shown.push(store.snapshot()));
  return { store, shown };
}

test('shows a stream of events at most once an interval, and the last of them always', () => {
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

test('shows what the user did at once', () => {
  const { store, shown } = countingStore();
  store.dispatch(1);
  store.dispatch(1);
  store.act(5);
  expect(shown).toEqual([1, 7]);
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([1, 7]);
});

test('keeps the same snapshot until it is shown anew', () => {
  const store = new Store((state: { n: number }) => ({ n: state.n + 1 }), { n: 0 });
  store.dispatch(0);
  const before = store.snapshot();
  store.dispatch(0);
  expect(store.snapshot()).toBe(before);
  vi.advanceTimersByTime(100);
  expect(store.snapshot()).toEqual({ n: 2 });
});

test('shows nothing more once it is disposed of', () => {
  const { store, shown } = countingStore();
  store.dispatch(1);
  store.dispatch(1);
  store.dispose();
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([1]);
});
