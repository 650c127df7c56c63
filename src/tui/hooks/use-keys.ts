import { useEffect, useLayoutEffect, useRef } from 'react';
import { useAppContext } from '../app-context.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import { type Action, findAction, type Handlers, type KeyContext } from '../keys/keymap.ts';

export interface KeyOptions {
  /** Also handle the menu's keys. */
  menu?: boolean;
  /** A text field has the focus: receives every key that the context does not bind. */
  onText?: (press: KeyPress) => void;
  /** Receives keys that neither the context nor the menu binds. */
  onOther?: (name: string) => void;
}

/**
 * Handles the keys of one context of the keymap. Does nothing while `context` is null, while the app is shutting down and,
 * except in the context `confirm`, while a confirmation is open.
 */
export function useKeys<C extends KeyContext>(
  context: C | null,
  handlers: Handlers<C>,
  { menu = false, onText, onOther }: KeyOptions = {},
): void {
  const app = useAppContext();
  const { keyQueue } = app;
  const handle = (press: KeyPress) => {
    if (context === null || app.isShuttingDown || (app.confirmation !== null) !== (context === 'confirm')) return;
    const action: Action<C> | undefined = findAction(context, press.name);
    if (action !== undefined) handlers[action]();
    else if (onText) onText(press);
    else if (press.name === 'q') app.requestQuit();
    else if (menu && app.openFromMenu(press.name)) return;
    else onOther?.(press.name);
  };
  const latest = useRef(handle);
  useLayoutEffect(() => {
    latest.current = handle;
  });
  useEffect(() => keyQueue.subscribe((press) => latest.current(press)), [keyQueue]);
}
