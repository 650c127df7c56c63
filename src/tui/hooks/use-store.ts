import { useEffect, useState, useSyncExternalStore } from 'react';
import { type Pace, Store } from '../store.ts';

/** A store for as long as the component is there, and its state as it is to be shown. */
export function useStore<State, Event>(
  reduce: (state: State, event: Event) => State,
  initial: () => State,
  pace?: Pace,
): readonly [State, Store<State, Event>] {
  const [store] = useState(() => new Store(reduce, initial(), pace));
  useEffect(() => () => store.dispose(), [store]);
  return [useSyncExternalStore(store.subscribe, store.snapshot), store];
}
