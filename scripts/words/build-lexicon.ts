import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { writeFileAtomically } from '../../src/core/files/atomic-write.ts';
import { foldedClasses } from '../../src/core/text/folded-characters.ts';
import { encodeLexicon } from '../../src/core/text/lexicon-bytes.ts';
import { SPELLING } from '../../src/core/text/word-tree.ts';
import { englishWords } from './english-words.ts';

/** Writes the lexicon that ships. To be run again after the list of words or the encoding has changed. */
const file = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../models/words/english.br');

/** "I" and its contractions; what else the list capitalizes often only begins sentences. */
const isCapitalized = (word: string) => /^i('|$)/.test(word);

const words = englishWords().map(([word, count]) => ({
  word: foldedClasses(word)!,
  count: Math.max(1, count),
  spelling: isCapitalized(word) ? SPELLING.capitalized : SPELLING.small,
}));
const bytes = brotliCompressSync(encodeLexicon(words));
await writeFileAtomically(file, bytes);
console.log(`${words.length} words, ${bytes.length} bytes`);
