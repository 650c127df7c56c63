import type { DownloadWait } from './http.ts';
import type { Split } from './splits.ts';

/** What a fetch yields for each split. Sizes are in bytes; `total` is null if the server did not send it. */
export type FetchEvent =
  | { event: 'start'; split: Split; source: string }
  | { event: 'progress'; split: Split; bytes: number; total: number | null; bytesPerSecond: number }
  | ({ event: 'waiting'; split: Split } & FetchWait)
  | { event: 'end'; split: Split; trainImages: number; testImages: number; bytes: number };

/** Why a fetch makes no progress. Anything that takes more than a second is reported. */
export type FetchWait =
  | DownloadWait
  /** Another process that is fetching into the folder, or may be. */
  | { for: 'process'; folder: string; host: string | null; process: number | null; since: string | null }
  /** Extracting or checking files. */
  | { for: 'files'; work: FileWork };

export type FileWork = 'extracting' | 'checking';
