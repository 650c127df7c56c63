/** Guesses the kind of a file from its first bytes, for errors about files that cannot be read. */
export function describeFormat(head: Uint8Array): string {
  const latin = Buffer.from(head).toString('latin1');
  if (latin.startsWith('%PDF')) return 'a PDF document';
  if (latin.startsWith('PK')) return 'a zip archive';
  if (/^\s*<svg/i.test(latin)) return 'an SVG drawing';
  if (/^\s*</.test(latin)) return 'a web page';
  if (isUtf16(head)) return 'a UTF-16 text file';
  return head.includes(0) ? 'of an unknown format' : 'a text file';
}

/** Whether bytes start with a UTF-16 byte order mark, as files written by `>` in Windows PowerShell do. */
export function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
