import { useEffect, useState } from 'react';
import type { DatasetImages } from '../../app/dataset-images.ts';
import type { Services } from '../../app/services.ts';
import type { DatasetName } from '../../core/dataset/dataset-name.ts';
import type { Part } from '../../core/dataset/splits.ts';

/** Answers that are kept: reading a large part again takes seconds. */
const KEPT = 3;

export interface LoadedImages {
  /** Null until they have been read. */
  readonly images: DatasetImages | null;
  /** The same or, until then, others of this data set: its classes have the same sizes. */
  readonly latest: DatasetImages | null;
  /** How far reading is, 0 to 1. */
  readonly progress: number;
  /** Why they cannot be read; null if they can. */
  readonly error: unknown;
  readonly retry: () => void;
}

interface Answer {
  readonly key: string;
  readonly name: DatasetName;
  readonly images: DatasetImages;
}

/**
 * Some images of each class of a data set, read again whenever the data set, the part, or the range changes. A read that is
 * no longer needed is aborted.
 *
 * @param name null if there is nothing to read
 */
export function useDatasetImages(
  services: Pick<Services, 'images'>,
  name: DatasetName | null,
  { part, offset, perClass }: { part: Part; offset: number; perClass: number },
): LoadedImages {
  const [kept, setKept] = useState<readonly Answer[]>([]);
  const [progress, setProgress] = useState(0);
  const [failure, setFailure] = useState<{ key: string; error: unknown } | null>(null);
  const key = JSON.stringify([name, part, offset, perClass]);
  const found = kept.find((answer) => answer.key === key);
  const isWanted = name !== null && !found && failure?.key !== key;
  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    const { signal } = controller;
    const load = async (): Promise<void> => {
      setProgress(0);
      // In whole percents, so that the screen is not drawn for each chunk.
      const onProgress = (share: number) => {
        if (!signal.aborted) setProgress(Math.floor(share * 100) / 100);
      };
      try {
        const images = await services.images(name, { part, offset, perClass, onProgress }, signal);
        if (!signal.aborted) setKept((answers) => [{ key, name, images }, ...answers].slice(0, KEPT));
      } catch (error) {
        if (!signal.aborted) setFailure({ key, error });
      }
    };
    void load();
    return () => controller.abort();
  }, [services, key, isWanted, name, part, offset, perClass]);
  const error = failure?.key === key ? failure.error : null;
  const latest = found ?? kept.find((answer) => answer.name === name);
  return {
    images: found?.images ?? null,
    latest: latest?.images ?? null,
    ...{ progress, error, retry: () => setFailure(null) },
  };
}
