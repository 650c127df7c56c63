import type { ServerMessage } from '../../core/server/protocol.ts';
import type { Sheet } from '../sheet.ts';

export type HelloMessage = Extract<ServerMessage, { type: 'hello' }>;

/** How drawings are used: as characters, or as words. One mode is active at a time; the other keeps its drawing. */
export interface Mode {
  readonly sheet: Sheet;
  /** What to draw. */
  readonly task: string;
  /** What Undo undoes when the sketch has nothing left to undo. */
  readonly earlier: Earlier;
  setActive(active: boolean): void;
  setConnected(connected: boolean): void;
  /** To be called when a server, or another model, knows nothing of the drawing yet. */
  greeted(hello: HelloMessage): void;
  /** Messages that are for another mode are ignored. */
  receive(message: ServerMessage): void;
}

export interface Earlier {
  readonly canUndo: boolean;
  undo(): void;
}

/** What a mode needs of the page. */
export interface Surroundings {
  readonly paper: HTMLElement;
  /** Sends a message to the server; returns false without a connection. */
  readonly send: (message: string) => boolean;
  /** Announces a change to screen readers. */
  readonly announce: (text: string) => void;
  /** To be called when the drawing has changed. */
  readonly onDrawing: (mode: Mode) => void;
  /** To be called when the task, or what can be undone, has changed. */
  readonly onUpdate: (mode: Mode) => void;
}
