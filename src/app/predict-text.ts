import { setImmediate } from 'node:timers/promises';
import { EmnistError } from '../core/errors.ts';
import { readPicture } from '../core/images/picture-file.ts';
import { readStrokeFile } from '../core/strokes/stroke-file.ts';
import type { Lexicon } from '../core/text/lexicon.ts';
import { pictureLines } from '../core/text/picture-lines.ts';
import { readPictureLine } from '../core/text/read-picture-line.ts';
import type { TextOptions } from '../core/text/text-options.ts';
import { createTextReader, type TextReader } from '../core/text/text-reader.ts';
import type { TextReading } from '../core/text/text-reading.ts';
import type { TextEvent } from './events.ts';
import { detectFormat } from './input-format.ts';
import { readLexicon } from './read-lexicon.ts';
import { closeInputOnAbort, inputDrawings, STANDARD_INPUT } from './standard-input.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { UnreadFile } from './unread-file.ts';

/** How long lines are read before other work, such as a signal to stop, gets a turn. */
const TURN_MS = 50;
/** What errors say can be read. */
const ACCEPTED = 'text';

interface PredictTextOptions {
  files: readonly string[];
  top: number;
  /** `english`, `none`, or a file. */
  lexicon: string;
}

export interface PredictTextContext {
  signal: AbortSignal;
  /** Called with a lexicon that was read from a file. */
  onLexicon?: (lexicon: Lexicon) => void;
  /** Called before each file is read, with its position among them, from 0. */
  onFile?: (index: number, files: number) => void;
  /** The default reads with the word model that ships. */
  createReader?: () => Promise<TextReader>;
}

/**
 * Reads the text of some files, in order: each drawing of a stroke file, and each line of a picture, top to bottom. A file that
 * cannot be read, or not to its end, is reported, and the others are still read.
 *
 * @throws EmnistError `lexicon-invalid`, `installation-damaged`, and file errors about the lexicon
 */
export async function* predictText(
  { files, top, lexicon: nameOrFile }: PredictTextOptions,
  { signal, onLexicon, onFile, createReader = createTextReader }: PredictTextContext,
): AsyncGenerator<TextEvent | UnreadFile> {
  const lexicon = await readLexicon(nameOrFile);
  if (lexicon && lexicon.name !== 'english') onLexicon?.(lexicon);
  const reader = await createReader();
  using _input = closeInputOnAbort(files, signal);
  try {
    for (const [index, source] of files.entries()) {
      onFile?.(index, files.length);
      yield* readFile(source, reader, { top, lexicon }, signal);
    }
  } finally {
    await reader.dispose();
  }
}

async function* readFile(
  source: string,
  reader: TextReader,
  options: TextOptions,
  signal: AbortSignal,
): AsyncGenerator<TextEvent | UnreadFile> {
  const readings = readAll(source, reader, options, signal);
  let index = 0;
  let turn = performance.now();
  try {
    for (;;) {
      const { done, value } = await unlessAborted(readings.next(), signal);
      if (done) break;
      yield { event: 'text', source, index: index++, ...value, model: reader.model };
      if (performance.now() - turn < TURN_MS) continue;
      await setImmediate();
      turn = performance.now();
    }
    if (index === 0)
      throw new EmnistError('input-empty', `${source} contains no writing`, { source, accepted: ACCEPTED });
  } catch (error) {
    signal.throwIfAborted();
    yield { event: 'unread', source, error };
  }
}

async function* readAll(
  source: string,
  reader: TextReader,
  options: TextOptions,
  signal: AbortSignal,
): AsyncGenerator<TextReading> {
  if (source === STANDARD_INPUT) {
    for await (const strokes of inputDrawings()) yield await reader.readStrokes(strokes, options);
    return;
  }
  const { format } = await detectFormat(source, ACCEPTED);
  switch (format) {
    case 'picture':
      for (const line of await pictureLines(await readPicture(source), source, signal)) {
        yield await readPictureLine(reader, line, options);
      }
      break;
    case 'strokes':
      for await (const { strokes } of readStrokeFile(source)) yield await reader.readStrokes(strokes, options);
      break;
    case 'idx': {
      const message = `${source} has images of single characters, which cannot be read as text`;
      throw new EmnistError('input-unknown', message, { source, accepted: ACCEPTED });
    }
  }
}
