import type { DatasetName } from './dataset-name.ts';
import type { OwnDetails } from './own/own-details.ts';

/** What a fetch yields for each data set. Sizes are in bytes; `total` is null if the server did not send it. */
export type FetchEvent =
  | { event: 'start'; split: DatasetName; source: string }
  | { event: 'progress'; split: DatasetName; bytes: number; total: number | null; bytesPerSecond: number }
  | ({ event: 'waiting'; split: DatasetName } & FetchWait)
  | {
      event: 'end';
      split: DatasetName;
      trainImages: number;
      testImages: number;
      bytes: number;
      /** Only of a data set of one's own: what was found in its source. */
      own?: OwnDetails;
    };

/** Why a fetch makes no progress. Anything that takes more than a second is reported. */
export type FetchWait =
  | DownloadWait
  /** Another process that is fetching into the folder; unless `isRunning`, it takes a while to find out whether it still is. */
  | {
      for: 'process';
      folder: string;
      host: string | null;
      process: number | null;
      since: string | null;
      isRunning: boolean;
    }
  /** Extracting, checking, or saving files. */
  | { for: 'files'; work: FileWork };

/** What a download waits for. */
export type DownloadWait =
  /** For the server to answer or to continue, for this many seconds so far. */
  | { for: 'server'; host: string; seconds: number }
  /** To try again after an error, for this many seconds from now. */
  | { for: 'retry'; host: string; seconds: number; reason: string };

export type FileWork = 'extracting' | 'checking' | 'saving';
