import type { Split } from './splits.ts';

export type FetchEvent =
  | { event: 'start'; split: Split; source: string }
  | { event: 'progress'; split: Split; bytes: number; total: number | null; bytesPerSecond: number }
  | { event: 'end'; split: Split; trainImages: number; testImages: number; bytes: number };
