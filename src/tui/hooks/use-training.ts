import { useContext, useSyncExternalStore } from 'react';
import { CurrentContext, useAppContext } from '../app-context.ts';
import type { TrainState } from '../screens/train/train-state.ts';

const never = () => () => {};

/** The training run with its charts. Screens that are not shown are not rendered for it. */
export function useTraining(): TrainState {
  const { training } = useAppContext();
  const isCurrent = useContext(CurrentContext);
  return useSyncExternalStore(isCurrent ? training.run.subscribe : never, training.run.snapshot);
}
