import { renderUnicodeCompact } from 'uqr';

/**
 * A QR code as lines of text, each with two rows of it. The characters draw what is light, so they are to be white on black:
 * readers want dark on light.
 */
export function qrCode(text: string): string[] {
  return renderUnicodeCompact(text, { border: 2 }).split('\n');
}
