/** Guesses the kind of a file from its first bytes, for errors about files that cannot be read. */
export function describeFormat(head: Uint8Array): string {
  const latin = Buffer.from(head).toString('latin1');
  if (latin.startsWith('%PDF')) return 'a PDF document';
  if (latin.startsWith('%!PS') || latin.startsWith('\xc5\xd0\xd3\xc6')) return 'a PostScript document';
  if (latin.startsWith('version https://git-lfs'))
    return 'a Git LFS pointer, which stands for a file that was not downloaded';
  if (/^P[1-7]\s/.test(latin)) return 'a PNM picture';
  if (latin.startsWith('ftyp', 4)) return 'a video';
  if (latin.startsWith('PK')) return 'a zip archive';
  // An XML declaration, comments, and the document type may come first.
  if (/^(\xef\xbb\xbf)?\s*(<[?!][^>]*>\s*)*<svg/i.test(latin)) return 'an SVG drawing';
  if (/^\s*</.test(latin)) return 'a web page';
  if (isUtf16(head)) return 'a UTF-16 text file';
  return head.includes(0) ? 'of an unknown format' : 'a text file';
}

/** Whether bytes start with a UTF-16 byte order mark, as files written by `>` in Windows PowerShell do. */
export function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
