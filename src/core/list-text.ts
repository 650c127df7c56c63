const FORMAT = new Intl.ListFormat('en');

/** Names as a list in a sentence, such as `a, b, and 3 more`: at most `most` of them, and how many more there are. */
export function listText(names: readonly string[], most: number): string {
  const more = names.length - most;
  return FORMAT.format(more > 0 ? [...names.slice(0, most), `${more} more`] : names);
}
