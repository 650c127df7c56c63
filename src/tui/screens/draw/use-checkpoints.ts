import { type RefObject, useEffect, useSyncExternalStore } from 'react';
import type { Drawing } from '../../../app/draw.ts';
import { useAppContext } from '../../app-context.ts';
import type { DrawStore } from './draw-serving.ts';
import type { DrawState } from './draw-state.ts';

/** Loads the weights of each epoch that completes, while the model that reads is being trained. */
export function useCheckpoints(
  { phase, reader, checkpoint }: DrawState,
  store: DrawStore,
  server: RefObject<Drawing | null>,
): void {
  const { training } = useAppContext();
  const model = phase === 'listening' ? reader?.model : undefined;
  const { asked, isLoading } = checkpoint;
  const followed = asked !== null && asked.model === model ? asked.epoch : null;
  const latest = useSyncExternalStore(training.status.subscribe, () => {
    const saved = model === undefined ? null : training.checkpoint(model);
    // The last epoch may come with the end of the run.
    return saved && (saved.isActive || followed !== null) ? saved.epoch : null;
  });
  useEffect(() => {
    const { current } = server;
    if (model === undefined || latest === null || latest === followed || isLoading || !current) return;
    store.dispatchNow({ event: 'loading', model, epoch: latest });
    current
      .switchModel(model)
      .catch((error: unknown) => store.dispatchNow({ event: 'modelFailed', model, error }))
      .finally(() => store.dispatchNow({ event: 'loaded' }));
  }, [model, latest, followed, isLoading, store, server]);
}
