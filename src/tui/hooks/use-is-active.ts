import { useContext } from 'react';
import { CurrentContext, useAppContext } from '../app-context.ts';

/**
 * Whether a component receives what the user does: its screen is the one that is shown, the app is not shutting down, and no
 * confirmation is open, unless the component is part of it.
 */
export function useIsActive({ inConfirmation = false, isAlwaysShown = false } = {}): boolean {
  const { isShuttingDown, confirmation, isTooSmall } = useAppContext();
  const isCurrent = useContext(CurrentContext);
  return isCurrent && !isShuttingDown && (confirmation !== null) === inConfirmation && (!isTooSmall || isAlwaysShown);
}
