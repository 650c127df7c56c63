import { useLayoutEffect } from 'react';
import { useAppContext } from '../app-context.ts';
import type { KeyContext } from '../keys/keymap.ts';
import { useIsActive } from './use-is-active.ts';

/** Adds what the mouse does to the list of a screen's keys, where the mouse is reported; null: nothing. */
export function useShownContext(context: Extract<KeyContext, `${string}Mouse`> | null): void {
  const { mouse, shownKeys } = useAppContext();
  const isShown = useIsActive() && mouse.isSupported;
  useLayoutEffect(
    () => (isShown && context ? shownKeys.add({ context, menu: false }) : undefined),
    [shownKeys, isShown, context],
  );
}
