import type { Prediction } from '../prediction.ts';
import type { Drawing } from '../strokes/drawing.ts';
import type { DrawEvent } from './draw-event.ts';

/** An event for everyone and, with a prediction, what the app draws: the strokes and the 28x28 the network saw. */
export interface DrawUpdate {
  event: DrawEvent;
  drawing?: { strokes: Drawing; image: Uint8Array };
}

export interface Recognition {
  /** Descending probabilities. */
  predictions: Prediction[];
  /** What the network saw: ink 255 on paper 0, [28, 28]. */
  image: Uint8Array;
}

export interface DrawServerOptions {
  /** A name or address of this machine; `0.0.0.0` or `::` for all of them. Default `127.0.0.1`, this machine only. */
  host?: string;
  /** Default 0: any that is free. */
  port?: number;
  /** The secret in the URL, base64url. Default: a new one; the same again lets open pages find a restarted server. */
  token?: string;
  /** Reads one drawing of at least one stroke. Called for one drawing at a time. */
  recognize: (strokes: Drawing) => Promise<Recognition>;
  model: { name: string; labels: readonly string[] };
  /** Closes the server. */
  signal?: AbortSignal;
  /** How often connections are checked. Default 15,000. */
  heartbeatMilliseconds?: number;
}
