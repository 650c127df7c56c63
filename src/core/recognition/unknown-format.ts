/** What a file that cannot be read seems to be, by its first bytes. */
export function describeUnknown(head: Uint8Array): string {
  const latin = Buffer.from(head).toString('latin1');
  if (latin.startsWith('GIF8')) return 'a GIF picture';
  if (latin.startsWith('BM')) return 'a BMP picture';
  if (latin.startsWith('RIFF') && latin.startsWith('WEBP', 8)) return 'a WebP picture';
  if (latin.startsWith('II*\0') || latin.startsWith('MM\0*')) return 'a TIFF picture';
  if (/^....ftyp(heic|heix|mif1|avif)/s.test(latin)) return 'a HEIC or AVIF picture';
  if (latin.startsWith('%PDF')) return 'a PDF document';
  if (latin.startsWith('PK')) return 'a zip archive';
  if (/^\s*<svg/i.test(latin)) return 'an SVG drawing';
  if (/^\s*</.test(latin)) return 'a web page';
  return head.includes(0) ? 'of an unknown format' : 'a text file';
}
