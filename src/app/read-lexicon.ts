import { readLimited } from '../core/files/read-limited.ts';
import {
  englishLexicon,
  type Lexicon,
  lexiconTooLarge,
  MAX_LEXICON_BYTES,
  parseLexicon,
} from '../core/text/lexicon.ts';

/**
 * The lexicon that an option names: `english`, `none`, which is null, or a file with a word on each line. Throws
 * `lexicon-invalid` or a file error.
 */
export async function readLexicon(nameOrFile: string): Promise<Lexicon | null> {
  if (nameOrFile === 'none') return null;
  if (nameOrFile === 'english') return englishLexicon();
  const text = await readLimited(nameOrFile, MAX_LEXICON_BYTES);
  if (text === null) throw lexiconTooLarge(nameOrFile);
  return parseLexicon(text, nameOrFile);
}
