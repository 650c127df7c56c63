import { createContext, useContext } from 'react';
import type { Services, Status } from '../app/services.ts';
import type { KeyQueue } from './keys.ts';
import type { Route } from './routes.ts';
import type { Session } from './session.ts';
import type { Theme } from './theme.ts';

/** A question with yes and no. */
export interface Question {
  readonly title: string;
  readonly lines: readonly string[];
  /** What yes does; `no` stands for going on as before. */
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
}

/** What every screen can use of the app around it. */
export interface Shell {
  readonly services: Services;
  readonly session: Session;
  readonly theme: Theme;
  readonly keys: KeyQueue;
  readonly columns: number;
  readonly rows: number;
  /** Null until it is known; `statusError` says why it could not be found out. */
  readonly status: Status | null;
  readonly statusError: unknown;
  refreshStatus(): void;
  go(route: Route): void;
  /** Asks; while the question is open the screen gets no keys. */
  ask(question: Question): void;
  readonly question: Question | null;
  /** Closes the question and, with yes, does what it asked. */
  answer(yes: boolean): void;
  /** All that goes on is being ended. */
  readonly isLeaving: boolean;
  /** Leaves the app, after a question where something is going on. */
  requestQuit(): void;
  /** Opens what a key of the menu stands for; false where it stands for nothing. */
  openByKey(key: string): boolean;
}

export const ShellContext = createContext<Shell | null>(null);

/** The app around a screen. */
export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error('a screen was rendered outside the app');
  return shell;
}
