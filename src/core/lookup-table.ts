/**
 * A table to look up names in that come from a file. An object would also find what every object has, such as
 * `constructor`.
 */
export function lookupTable<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}
