import type { DatasetName } from '../dataset/dataset-name.ts';
import type { Inspection, InspectOptions } from '../inspection.ts';
import type { Prediction } from '../prediction.ts';
import type { LabelCount, NewSample, Sample } from '../samples/sample.ts';
import type { Drawing } from '../strokes/drawing.ts';
import type { DrawingNotice } from '../strokes/drawing-notice.ts';
import type { TextRecognition } from './draw-event.ts';
import type { Expectation } from './expectation.ts';
import type { PageMode } from './protocol.ts';

/** The result of recognizing a drawing. */
export interface Recognition {
  /** Most probable first. */
  predictions: Prediction[];
  /** Only of models that can reject: the probability that the drawing is not one character. */
  noCharacter?: number;
  /** The image that the network saw: ink 255 on paper 0, [28, 28]. */
  image: Uint8Array;
  notice?: DrawingNotice;
  /** To how many of the user's samples the reading was adapted. */
  adaptedTo?: number;
}

/** The samples of the user, as far as pages see and change them. */
export interface SampleBook {
  readonly state: SampleState;
  /** Whether there is a sample with this ID. */
  has(id: string): boolean;
  /**
   * Stores a drawing with its label, and resolves once it is on disk. Throws an EmnistError (`label-invalid`, those about the
   * file), whose message is shown on the page.
   */
  add(sample: NewSample): Promise<Sample>;
  /** Removes a sample and returns it; null if it is already gone. Throws EmnistErrors about the file. */
  remove(id: string): Promise<Sample | null>;
  /** Called after each change, also one by another process. Returns a function that unsubscribes. */
  onChange(listener: () => void): () => void;
}

/** What pages show of the samples. */
export interface SampleState {
  samples: number;
  /** In the order of labels. */
  labels: readonly LabelCount[];
  /** What to write next in practice: the most useful first. */
  practice: readonly string[];
}

/** A model and how it reads drawings. */
export interface DrawReader {
  /**
   * Recognizes a drawing of at least one stroke as what is expected, adapted to the user's samples unless `adapt` is
   * false. Called for one drawing at a time. Throws an EmnistError (`characters-unknown`, `prior-invalid`, `usage`) if the
   * model cannot answer what is expected.
   */
  recognize: (strokes: Drawing, expected?: Expectation & { adapt?: boolean }) => Promise<Recognition>;
  /**
   * What the network makes of an image that it has read, [28, 28]. Called for one image at a time, also while a drawing is
   * recognized. Rejects with the signal's reason. Without it, pages cannot ask.
   */
  inspect?: (image: Uint8Array, options: InspectOptions) => Promise<Inspection>;
  /** `split`: what it was trained on, if known. */
  model: { name: string; labels: readonly string[]; split?: DatasetName | null };
}

/** How lines of text are read. */
export interface LineReader {
  /** To be called when somebody is about to write, so that the first reading takes no longer than the others. Never throws. */
  prepare(): void;
  /** Reads a line of at least one stroke. Called for one line at a time. The page shows the message of an EmnistError. */
  read(strokes: Drawing): Promise<TextRecognition>;
  /** The user has accepted a line as this text. */
  accept(text: string): void;
}

export const DRAW_DEFAULTS = { host: '127.0.0.1', port: 0 } as const satisfies Partial<DrawServerOptions>;

export interface DrawServerOptions extends DrawReader {
  /** Without it, pages cannot read words. */
  text?: LineReader;
  /** In which mode pages start. Default: `character`. */
  mode?: PageMode;
  /** What pages expect until their users choose something else. Default: any character. */
  expected?: Expectation;
  /** Where drawings that are labeled on pages are stored. Without it, pages cannot label. */
  samples?: SampleBook;
  /** Whether readings may be adapted to the samples, which pages offer to switch off. Default true. */
  adapts?: boolean;
  /** A name or address of this machine, or `0.0.0.0` or `::` for all. Default `127.0.0.1`: only for this machine. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Further names or addresses under which pages may reach the server, with a port or for any port. */
  allowedHosts?: readonly string[];
  /** What to do about a request to another host name, as a sentence for the person who opened the page. Default: none. */
  hostHint?: (host: string) => string;
  /** The secret in the URL, base64url. Default: a new one. Reusing one lets open pages reconnect to a restarted server. */
  token?: string;
  /** Closes the server. */
  signal?: AbortSignal;
  /** How often clients are pinged. Default 5000. */
  heartbeatMilliseconds?: number;
}
