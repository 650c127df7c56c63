import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { SessionStatus, TrainingSession } from '../training-session.ts';

/** Loads the status again when the training run has saved its first model, and when it has ended. */
export function useMilestones({ status }: TrainingSession, refreshStatus: () => void): void {
  const milestone = useSyncExternalStore(status.subscribe, () => milestoneOf(status.snapshot()));
  const passed = useRef(milestone);
  useEffect(() => {
    if (milestone !== passed.current) refreshStatus();
    passed.current = milestone;
  }, [milestone, refreshStatus]);
}

function milestoneOf({ state, isActive }: SessionStatus): string {
  return `${isActive} ${state.phase !== 'form' && state.epochs.length > 0}`;
}
