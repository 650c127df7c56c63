import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { EmnistError } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { englishLexicon, type Lexicon, MAX_LEXICON_BYTES, parseLexicon } from '../core/text/lexicon.ts';

/**
 * The lexicon that an option names: `english`, `none`, which is null, or a file with a word on each line. Throws
 * `lexicon-invalid` or a file error.
 */
export async function readLexicon(nameOrFile: string): Promise<Lexicon | null> {
  if (nameOrFile === 'none') return null;
  return nameOrFile === 'english' ? englishLexicon() : parseLexicon(await readText(nameOrFile), nameOrFile);
}

/** Reads at most a byte too many, since the size of a pipe is not known beforehand. */
async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await buffer(createReadStream(file, { end: MAX_LEXICON_BYTES }));
  } catch (error) {
    throw fileError(error, file);
  }
  if (bytes.length > MAX_LEXICON_BYTES) {
    const message = `${file} is larger than ${MAX_LEXICON_BYTES / 2 ** 20} MB`;
    throw new EmnistError('lexicon-invalid', message, { file, problem: 'too-large' });
  }
  return bytes.toString('utf8');
}
