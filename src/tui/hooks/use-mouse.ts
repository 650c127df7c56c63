import { useLayoutEffect, useRef } from 'react';
import { useAppContext } from '../app-context.ts';
import type { MouseInput } from '../mouse/mouse-input.ts';
import { useIsActive } from './use-is-active.ts';

export interface MouseOptions {
  /** The component is part of a confirmation. */
  inConfirmation?: boolean;
  /** Handle the mouse only while something else has it reported. */
  isPassive?: boolean;
}

/**
 * Handles the mouse by the rules for keys: only while the screen is shown, and no confirmation is open. The mouse is reported as long
 * as a handler is there; null: none is.
 */
export function useMouse(
  handler: ((input: MouseInput) => void) | null,
  { inConfirmation = false, isPassive = false }: MouseOptions = {},
): void {
  const { mouse, keyQueue } = useAppContext();
  const isActive = useIsActive({ inConfirmation }) && handler !== null;
  const latest = useRef(handler);
  useLayoutEffect(() => {
    latest.current = isActive ? handler : null;
  });
  // As for keys: what is clicked on as soon as it is on the screen must not be lost.
  useLayoutEffect(
    () =>
      keyQueue.subscribe((press) => {
        if (press.mouse) latest.current?.(press.mouse);
      }),
    [keyQueue],
  );
  useLayoutEffect(() => (isActive && !isPassive ? mouse.use() : undefined), [mouse, isActive, isPassive]);
}
