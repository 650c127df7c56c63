import { useAppContext } from '../app-context.ts';
import type { KeyContext } from '../keys/keymap.ts';
import { hasBackgrounds } from '../theme/theme.ts';
import { useKeys } from './use-keys.ts';

/** Handles the key that changes between the colors for a dark and a light background. Returns its hint, where there are colors. */
export function useThemeKey(): readonly KeyContext[] {
  const { theme, switchTheme } = useAppContext();
  const contexts = hasBackgrounds(theme) ? (['theme'] as const) : [];
  useKeys(contexts[0] ?? null, { switch: switchTheme });
  return contexts;
}
