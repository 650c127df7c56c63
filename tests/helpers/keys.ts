/** What a terminal sends for special keys (xterm, normal cursor mode). */
export const KEYS = {
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pageUp: '\u001B[5~',
  pageDown: '\u001B[6~',
  delete: '\u001B[3~',
  enter: '\r',
  escape: '\u001B',
  tab: '\t',
  'shift+tab': '\u001B[Z',
  space: ' ',
  backspace: '\u007F',
  'ctrl+c': '\u0003',
  'ctrl+u': '\u0015',
  'ctrl+z': '\u001A',
} as const;

export type KeyName = keyof typeof KEYS;

/** What a terminal sends when a text is pasted: one event instead of one for each character. */
export function pasted(text: string): string {
  return `\u001B[200~${text}\u001B[201~`;
}
