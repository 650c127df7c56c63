import { createContext, type RefObject, useContext } from 'react';
import type { Services, Status } from '../app/services.ts';
import type { ChartAction, ChartSettings } from './charts/chart-settings.ts';
import type { Clipboard } from './clipboard.ts';
import type { KeyQueue } from './keys/key-queue.ts';
import type { ShownKeys } from './keys/shown-keys.ts';
import type { Mouse } from './mouse/mouse.ts';
import type { Route } from './routes.ts';
import type { Tasks } from './tasks.ts';
import type { Theme } from './theme/theme.ts';
import type { TrainingSession } from './training-session.ts';

/** A yes-or-no question that replaces the screen's body until it is answered. */
export interface Confirmation {
  readonly title: string;
  readonly lines: readonly string[];
  /** Label of the option that calls `onConfirm`. */
  readonly yes: string;
  /** Label of the option that changes nothing. */
  readonly no: string;
  readonly onConfirm: () => void;
  /**
   * Whether the question still makes sense; if not, it goes away by itself. Asked again whenever a task starts or ends and
   * whenever the status changes, and once more before `onConfirm`.
   */
  readonly isCurrent?: (status: Status | null) => boolean;
  /** The question is about files, which other programs can delete: the status is kept up to date while it is open. */
  readonly isAboutFiles?: true;
}

/** What the app offers to every screen. */
export interface AppContextValue {
  readonly services: Services;
  readonly tasks: Tasks;
  /** The training run, which continues whatever screen is shown. */
  readonly training: TrainingSession;
  readonly theme: Theme;
  readonly clipboard: Clipboard;
  /** What was accepted on pages and not cleared since: it outlives the screen that collects it. */
  readonly acceptedTexts: RefObject<readonly string[]>;
  readonly keyQueue: KeyQueue;
  /** Presses a key for the user, named as in the keymap. */
  press(key: string): void;
  readonly mouse: Mouse;
  /** The keys that work right now, for the list of them. */
  readonly shownKeys: ShownKeys;
  /** How charts are shown, on every screen, until the app exits. */
  readonly charts: ChartSettings;
  changeCharts(action: ChartAction): void;
  readonly columns: number;
  readonly rows: number;
  /** Null while loading, or when loading failed: then `statusError` says why. */
  readonly status: Status | null;
  readonly statusError: unknown;
  refreshStatus(): void;
  /** Opens a screen on top of the current one, which keeps its state; `back` returns to it. */
  navigate(route: Route): void;
  /** Returns to the screen that this one was opened from. */
  back(): void;
  /** Opens a screen in place of the current one. */
  replace(route: Route): void;
  /** Changes between the colors for a dark and for a light background, if the terminal has colors. */
  switchTheme(): void;
  /** Opens a confirmation. While it is open, the screen receives no keys. */
  confirm(confirmation: Confirmation): void;
  readonly confirmation: Confirmation | null;
  /** Closes the confirmation, running its `onConfirm` if `confirmed`. */
  closeConfirmation(confirmed: boolean): void;
  /** Tasks are being stopped before the app exits. */
  readonly isShuttingDown: boolean;
  /** Quits, after a confirmation if a task would be interrupted. */
  requestQuit(): void;
  /** Opens the screen of a menu key. Returns false for any other key, and where that would leave a task behind. */
  openFromMenu(key: string): boolean;
  /** The terminal is too small to show a screen, which therefore receives no keys. */
  readonly isTooSmall: boolean;
}

export const AppContext = createContext<AppContextValue | null>(null);

/** Whether a screen is the current one. Screens below it are not shown and receive no keys, but keep their state. */
export const CurrentContext = createContext(true);

/** @throws if the component is rendered outside `App` */
export function useAppContext(): AppContextValue {
  const context = useContext(AppContext);
  if (!context) throw new Error('useAppContext must be called inside App');
  return context;
}
