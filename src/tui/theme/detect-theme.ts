import type { WriteStream } from 'node:tty';
import { supportsUnicode } from '../../app/unicode-support.ts';
import { type Background, type ColorLevel, createTheme, type Theme } from './theme.ts';

/**
 * The theme for a terminal. `NO_COLOR` (no-color.org) removes colors but not bold and dim; `TERM=dumb` removes both.
 * `EMNIST_TUI_THEME` chooses `light` or `dark`; without it, `COLORFGBG` decides, if the terminal sets it.
 *
 * @param color false removes colors; true uses 16 even if the terminal is not known to support them
 */
export function detectTheme(
  stdout: Pick<WriteStream, 'isTTY'> & Partial<Pick<WriteStream, 'getColorDepth'>>,
  env: NodeJS.ProcessEnv = process.env,
  color?: boolean,
): Theme {
  const depth = stdout.getColorDepth?.(env) ?? 1;
  let colors: ColorLevel = depth >= 8 ? '256' : depth >= 4 ? '16' : 'attributes';
  if (env.TERM === 'dumb') colors = 'none';
  else if (color === false || env.NO_COLOR) colors = 'attributes';
  else if (color === true && colors === 'attributes') colors = '16';
  return createTheme({ colors, background: detectBackground(env), unicode: supportsUnicode(env) });
}

/**
 * Konsole, iTerm2, rxvt and others set `COLORFGBG` to `foreground;background` as color indices. As in Vim, 0 to 6 and 8
 * are dark.
 */
export function detectBackground({ EMNIST_TUI_THEME: theme, COLORFGBG }: NodeJS.ProcessEnv): Background {
  if (theme === 'light' || theme === 'dark') return theme;
  const background = /;(\d+)$/.exec(COLORFGBG ?? '')?.[1];
  if (background === undefined) return 'unknown';
  return /^[0-68]$/.test(background) ? 'dark' : 'light';
}
