/** The bytes of text that terminals accept at once: xterm's limit is 100,000 characters of the sequence, in Base64. */
export const MAX_COPIED_BYTES = 74_994;

/** What became of a text to copy. Terminals do not answer, so nobody knows whether one that was `sent` has arrived. */
export type CopyResult = 'sent' | 'too-long' | 'unsupported';

/**
 * The sequence that asks the terminal to put text on the clipboard (OSC 52). Terminals obey it over SSH too, where it reaches the
 * clipboard of the computer in front of the user.
 *
 * With `set-clipboard on`, tmux accepts it from programs. With `allow-passthrough on`, and always before version 3.3, it passes
 * on a wrapped sequence. Either can be switched off, so tmux gets both. GNU screen passes on wrapped sequences, in pieces of at
 * most 768 characters.
 */
export function copySequence(text: string, env: NodeJS.ProcessEnv): string {
  const sequence = `\u001B]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
  if (env.TMUX) return `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\${sequence}`;
  if (env.STY) return sequence.replace(/.{1,512}/gs, '\u001BP$&\u001B\\');
  return sequence;
}

/** The clipboard of a terminal. */
export interface Clipboard {
  copy(text: string): CopyResult;
  /** What to do if a text does not arrive, as a sentence. */
  readonly hint: string;
}

/** The clipboard of the terminal that `stdout` leads to. */
export function createClipboard(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Clipboard {
  // The console of Linux has no clipboard, and the Terminal of macOS ignores the sequence.
  const isSupported = !['linux', 'dumb'].includes(env.TERM ?? '') && env.TERM_PROGRAM !== 'Apple_Terminal';
  return {
    copy(text) {
      if (!isSupported) return 'unsupported';
      if (Buffer.byteLength(text) > MAX_COPIED_BYTES) return 'too-long';
      // Each frame is written at once, so this comes between two of them, and it does not move the cursor.
      stdout.write(copySequence(text, env));
      return 'sent';
    },
    hint: env.TMUX
      ? 'If it does not arrive, set the option set-clipboard of tmux to on, or copy it on the page.'
      : 'If it does not arrive, the terminal does not let programs copy. Copy it on the page.',
  };
}
