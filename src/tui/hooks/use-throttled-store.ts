import { useEffect, useState, useSyncExternalStore } from 'react';
import { type Throttle, ThrottledStore } from '../throttled-store.ts';

/** A `ThrottledStore` for the lifetime of the component, and its state to render. */
export function useThrottledStore<State, Event>(
  reduce: (state: State, event: Event) => State,
  initial: () => State,
  throttle?: Throttle,
): readonly [State, ThrottledStore<State, Event>] {
  const [store] = useState(() => new ThrottledStore(reduce, initial(), throttle));
  useEffect(() => () => store.dispose(), [store]);
  return [useSyncExternalStore(store.subscribe, store.snapshot), store];
}
