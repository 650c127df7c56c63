/**
 * Whether the terminal can show more than ASCII: by its locale or, on Windows, by its kind. The Windows console host, which
 * sets none of these variables, receives UTF-16 from Node whatever its code page, but its fonts lack most symbols.
 *
 * Without a locale, UTF-8 is assumed: containers often set none although their terminal supports it.
 */
export function supportsUnicode(env: NodeJS.ProcessEnv, platform: string = process.platform): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM?.startsWith('xterm'));
  // The first variable that is set and not empty counts (POSIX.1-2024, section 8.2).
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
