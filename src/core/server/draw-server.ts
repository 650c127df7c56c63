import type { DrawEvent } from '../events.ts';
import type { Drawing } from '../recognition/strokes.ts';

/** An event for everyone and, with a prediction, what the app draws: the strokes and the 28x28 the network saw. */
export interface DrawUpdate {
  event: DrawEvent;
  drawing?: { strokes: Drawing; image: Uint8Array };
}

/** The running canvas server. Iterating gives its updates, `listening` first, until it is closed. */
export interface DrawServer extends AsyncIterable<DrawUpdate> {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}
