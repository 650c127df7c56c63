import type { Split } from './splits.ts';

/** What a fetch yields for each split. Sizes are in bytes; `total` is null if the server did not send it. */
export type FetchEvent =
  | { event: 'start'; split: Split; source: string }
  | { event: 'progress'; split: Split; bytes: number; total: number | null; bytesPerSecond: number }
  | { event: 'end'; split: Split; trainImages: number; testImages: number; bytes: number };
