/** A random key. Not `randomUUID`, which is missing on pages served over plain HTTP. */
export function createKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
