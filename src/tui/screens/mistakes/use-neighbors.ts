import { useEffect, useState } from 'react';
import type { Mistake } from '../../../core/evaluation/mistake.ts';
import type { ClassNeighbors } from '../../../core/evaluation/neighbors.ts';
import { useAppContext } from '../../app-context.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { MAX_THUMBNAILS } from './mistakes-layout.ts';

/** Training images that resemble a misread image: of its class, and of the class it was taken for. */
export type Neighbors =
  | { state: 'loading' | 'none' }
  | { state: 'found'; of: ClassNeighbors[] }
  | { state: 'failed'; error: unknown };

/** Searches in the background, and stops when another image is shown. `none`: there is no training data to search. */
export function useNeighbors({ model, split }: Evaluation['end'], mistake: Mistake | undefined): Neighbors {
  const { services } = useAppContext();
  const [latest, setLatest] = useState<{ mistake: Mistake; neighbors: Neighbors } | null>(null);
  useEffect(() => {
    if (!mistake || split === null) return;
    const controller = new AbortController();
    const { image, truth, guess } = mistake;
    const show = (neighbors: Neighbors) => {
      if (!controller.signal.aborted) setLatest({ mistake, neighbors });
    };
    services.neighbors({ model, split, image, labels: [truth, guess], count: MAX_THUMBNAILS }, controller.signal).then(
      (of) => show({ state: 'found', of }),
      (error: unknown) => show({ state: 'failed', error }),
    );
    return () => controller.abort();
  }, [services, model, split, mistake]);
  if (split === null) return { state: 'none' };
  return latest !== null && latest.mistake === mistake ? latest.neighbors : { state: 'loading' };
}
