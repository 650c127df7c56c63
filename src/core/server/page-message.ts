import path from 'node:path';
import type { EmnistError } from '../errors.ts';

/** An error's message as a sentence for a page: with the names of files instead of their paths, which other devices need not know. */
export function pageMessage({ message, data }: EmnistError): string {
  const files = Object.values(data).filter((value) => typeof value === 'string' && path.isAbsolute(value));
  const text = files.reduce<string>(
    (result, file) => result.replaceAll(file as string, path.basename(file as string)),
    message,
  );
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
