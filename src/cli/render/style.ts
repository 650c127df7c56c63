import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { ASCII_BAR, BLOCK_BAR, bar } from '../../app/text-layout.ts';
import { supportsUnicode } from '../../app/unicode-support.ts';

type Format = Parameters<typeof styleText>[0];

/** Colors, width and symbols of one stream. */
export interface Style {
  readonly columns: number;
  /** Whether people see it as it is written, and not a file or a program. */
  readonly isTerminal: boolean;
  /** Whether the terminal can show more than ASCII. */
  readonly unicode: boolean;
  /** A progress bar of 20 columns. */
  bar(share: number): string;
  paint(format: Format, text: string): string;
}

/**
 * The style of a stream. Only terminals get colors; Node's `getColorDepth` honors `NO_COLOR`, `TERM=dumb` and
 * `FORCE_COLOR`.
 */
export function styleOf(stream: NodeJS.WriteStream, colorAllowed: boolean): Style {
  const terminal = stream.isTTY ? (stream as WriteStream) : null;
  const color = colorAllowed && terminal !== null && terminal.getColorDepth() > 1;
  const unicode = terminal === null || supportsUnicode(process.env);
  return {
    columns: terminal?.columns || 80,
    isTerminal: terminal !== null,
    unicode,
    bar: (share) => bar(share, 20, unicode ? BLOCK_BAR : ASCII_BAR),
    paint: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  };
}
