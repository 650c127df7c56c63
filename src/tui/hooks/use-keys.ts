import { useLayoutEffect, useRef } from 'react';
import { useAppContext } from '../app-context.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import { type Action, findAction, type Handlers, type KeyContext } from '../keys/keymap.ts';
import { useIsActive } from './use-is-active.ts';

export interface KeyOptions {
  /** Also handle the menu's keys. Without it, only help and quitting. */
  menu?: boolean;
  /** A text field has the focus: receives every key that the context does not bind, and pasted text. */
  onText?: (press: KeyPress) => void;
  /** The form has a text field, without the focus: receives pasted text, and characters that the context does not bind. */
  onTextElsewhere?: (press: KeyPress) => void;
  /** Receives keys that neither the context nor the menu binds. */
  onOther?: (name: string) => void;
}

/** Contexts with a few keys in addition to those of another, which handles all others. */
const ADDITIONAL: readonly (KeyContext | null)[] = ['retry', 'theme', 'charts', 'trainCharts', 'recordCharts'];
/** Contexts whose keys are shown even when the screen is not. */
const ALWAYS_SHOWN: readonly (KeyContext | null)[] = ['confirm', 'tooSmall'];

/**
 * Handles the keys of one context of the keymap, if its screen is the one that is shown. Does nothing while `context` is null,
 * while the app is shutting down and, except in the context `confirm`, while a confirmation is open.
 */
export function useKeys<C extends KeyContext>(
  context: C | null,
  handlers: Handlers<C>,
  { menu = false, onText, onTextElsewhere, onOther }: KeyOptions = {},
): void {
  const app = useAppContext();
  const { keyQueue, shownKeys } = app;
  const isShown = useIsActive({ inConfirmation: context === 'confirm', isAlwaysShown: ALWAYS_SHOWN.includes(context) });
  const isActive = context !== null && isShown;
  const handle = (press: KeyPress) => {
    if (!isActive || press.mouse) return;
    const { run } = press;
    // Text that arrives at once is never taken for keys, nor is what ends it, unless a field has received it.
    if (press.name === 'paste' || (run && press.text !== '')) {
      const receive = onText ?? onTextElsewhere;
      if (run && receive) run.isTaken = true;
      receive?.(press);
      return;
    }
    if (run && !run.isTaken) return;
    const action: Action<C> | undefined = findAction(context, press.name);
    if (action !== undefined) handlers[action]();
    else if (onText) onText(press);
    // The keys of another context are handled by that.
    else if (ADDITIONAL.includes(context)) return;
    else if (press.name === 'q') app.requestQuit();
    else if (context === 'confirm' || context === 'tooSmall') return;
    else if ((menu || press.name === '?') && app.openFromMenu(press.name)) return;
    else if (onTextElsewhere && press.text.trim()) onTextElsewhere(press);
    else onOther?.(press.name);
  };
  const latest = useRef(handle);
  useLayoutEffect(() => {
    latest.current = handle;
  });
  // Before anyone can ask for the list of keys.
  useLayoutEffect(
    () => (isActive ? shownKeys.add({ context, menu }) : undefined),
    [shownKeys, isActive, context, menu],
  );
  // Before what can be answered is on the screen: a key that is pressed at once must not be lost.
  useLayoutEffect(() => keyQueue.subscribe((press) => latest.current(press)), [keyQueue]);
}
