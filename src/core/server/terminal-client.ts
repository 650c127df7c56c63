import type { ServerMessage } from './protocol.ts';

/** Someone whose drawings are read: an open page, or the terminal. */
export interface Drawer {
  /** Pages count from 1. */
  readonly number: number;
  /** The address that it is connected from; empty for the terminal. */
  readonly address: string;
  readonly isOpen: boolean;
  send(message: ServerMessage): void;
  refuse(code: number, message: string): void;
}

/** The number of the terminal in events. */
export const TERMINAL = 0;

/** The terminal, which needs no answers, since it sees the events. */
export const TERMINAL_CLIENT: Drawer = {
  number: TERMINAL,
  address: '',
  isOpen: true,
  send() {},
  refuse() {},
};
