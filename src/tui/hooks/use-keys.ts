import { useEffect, useLayoutEffect, useRef } from 'react';
import { type Action, actionOf, type Context, type Handlers } from '../keymap.ts';
import type { KeyPress } from '../keys.ts';
import { useShell } from '../shell.ts';

export interface KeyOptions {
  /** The menu's keys work here too. */
  menu?: boolean;
  /** A text field has the keys: all that the context does not name goes here. */
  onText?: (press: KeyPress) => void;
  /** Keys that neither the context nor the menu knows. */
  onOther?: (name: string) => void;
}

/**
 * Runs the handlers of one context of the keymap, and the menu's keys where the context leaves them free and `menu` is set.
 * While a question is open, or the context is null, it does nothing.
 */
export function useKeys<C extends Context>(
  context: C | null,
  handlers: Handlers<C>,
  { menu = false, onText, onOther }: KeyOptions = {},
): void {
  const shell = useShell();
  const { keys } = shell;
  const handle = (press: KeyPress) => {
    if (context === null || shell.isLeaving || (shell.question !== null) !== (context === 'question')) return;
    const action: Action<C> | undefined = actionOf(context, press.name);
    if (action !== undefined) handlers[action]();
    else if (onText) onText(press);
    else if (press.name === 'q') shell.requestQuit();
    else if (menu && shell.openByKey(press.name)) return;
    else onOther?.(press.name);
  };
  const latest = useRef(handle);
  useLayoutEffect(() => {
    latest.current = handle;
  });
  useEffect(() => keys.subscribe((press) => latest.current(press)), [keys]);
}
