import * as v from 'valibot';

/** What was stored by this tab at this path; another tab has its own. Null without any, or if it does not fit the schema. */
export function readStored<const S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> | null {
  try {
    const result = v.safeParse(schema, JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null'));
    return result.success ? result.output : null;
  } catch {
    return null; // no storage, or not ours
  }
}

/** Returns false if there is no storage, or if it is full. */
export function store(name: string, value: unknown): boolean {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function removeStored(name: string): void {
  try {
    sessionStorage.removeItem(keyOf(name));
  } catch {
    // There is no storage, so nothing is stored either.
  }
}

function keyOf(name: string): string {
  return `${name} ${location.pathname}`;
}
