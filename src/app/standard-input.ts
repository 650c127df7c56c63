import type { Readable } from 'node:stream';
import { fileError } from '../core/files/file-errors.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { readStrokes } from '../core/strokes/stroke-file.ts';

/** The name of standard input among files. */
export const STANDARD_INPUT = '-';

/** The drawings that are written to standard input, as lines of a stroke file. Throws EmnistErrors. */
export async function* inputDrawings(stdin: Readable = process.stdin): AsyncGenerator<Drawing> {
  try {
    for await (const { strokes } of readStrokes(stdin, STANDARD_INPUT)) yield strokes;
  } catch (error) {
    throw fileError(error, STANDARD_INPUT);
  }
}

/**
 * Closes standard input, if it is among the files, when the signal aborts: waiting for lines that never come would keep the process
 * alive. To be disposed of when the files have been read.
 */
export function closeInputOnAbort(files: readonly string[], signal: AbortSignal): Disposable {
  const close = () => process.stdin.destroy();
  if (files.includes(STANDARD_INPUT)) signal.addEventListener('abort', close);
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', close) };
}
