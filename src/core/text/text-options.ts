import type { Lexicon } from './lexicon.ts';

/** How text is read. */
export interface TextOptions {
  /** The maximum number of candidates. */
  top?: number;
  /** Its words are preferred, and other strings can still win; null reads letter by letter. The default is English. */
  lexicon?: Lexicon | null;
  /** Words that were accepted before, in small letters, and how often; they are more likely than the lexicon says. */
  accepted?: ReadonlyMap<string, number>;
}

export const TEXT_DEFAULTS = { top: 5 } as const;
