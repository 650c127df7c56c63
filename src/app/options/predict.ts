import * as v from 'valibot';
import { NAMED_PRIORS } from '../../core/recognizer/character-prior.ts';
import { RECOGNIZE_DEFAULTS } from '../../core/recognizer/recognize-options.ts';
import { TEXT_DEFAULTS } from '../../core/text/text-options.ts';
import { flag, list, oneOf, option, path, required, wholeNumber } from './option.ts';
import { charactersOption, frequencies, LEXICON, LEXICONS, lexiconOption, modelOption } from './shared.ts';

const PRIOR = {
  help: 'How frequent characters are assumed to be: equally, or as on the forms that EMNIST is from',
  placeholder: 'prior',
  default: RECOGNIZE_DEFAULTS.prior,
} as const;
const FREQUENCIES = 'frequencies by character, such as {"Y": 3, "N": 1}; those left out do not occur';

/** What to return for each character. */
export const recognizeOptions = v.object({
  top: option(wholeNumber(1), {
    help: 'Predictions for each character',
    placeholder: 'n',
    default: RECOGNIZE_DEFAULTS.top,
  }),
  characters: charactersOption('Restrict predictions to these characters'),
  prior: option(
    v.union(
      [v.picklist(NAMED_PRIORS), frequencies],
      `${NAMED_PRIORS.join(', ')}, or an object of frequencies by character, which are numbers of at least 0`,
    ),
    { ...PRIOR, suggestions: NAMED_PRIORS, others: `or an object of ${FREQUENCIES}` },
  ),
  adapt: option(v.boolean('true or false'), {
    help: 'Adapt readings to the samples that the recognizer has learned',
    default: RECOGNIZE_DEFAULTS.adapt,
  }),
});

export type RecognizeOptions = v.InferInput<typeof recognizeOptions>;

/** Options that apply only to reading single characters. */
const OF_CHARACTERS = ['model', 'characters', 'prior', 'adapt', 'orientation', 'debug'];

/** How the library reads text. */
export const recognizeTextOptions = v.object({
  top: option(wholeNumber(1), { help: 'Candidates for the text', placeholder: 'n', default: TEXT_DEFAULTS.top }),
  lexicon: option(
    v.union(
      [path(), v.custom<Iterable<string> | ReadonlyMap<string, number>>(isIterable)],
      `${LEXICONS.join(', ')}, the name of a file, words, or a Map of words with counts`,
    ),
    LEXICON,
  ),
});

export const predictOptions = v.object({
  files: required(list(path('the name of a file'), 'a list of files'), {
    help: 'Picture (PNG, JPEG, WebP, GIF, BMP, TIFF, or AVIF), IDX image file, or stroke file; "-" reads strokes from standard input',
    placeholder: 'file',
    completes: 'file',
    positional: true,
  }),
  text: flag({ help: 'Read words and lines instead of single characters', conflicts: OF_CHARACTERS }),
  lexicon: lexiconOption({ requires: 'text' }),
  model: modelOption,
  ...recognizeOptions.entries,
  top: option(wholeNumber(1), {
    help: 'Predictions for each character, or candidates for each text',
    placeholder: 'n',
    default: RECOGNIZE_DEFAULTS.top,
  }),
  prior: option(path('the name of a prior or of a file'), {
    ...PRIOR,
    suggestions: NAMED_PRIORS,
    others: `or a JSON file with ${FREQUENCIES}`,
    completes: 'file',
  }),
  // Off, so that results do not depend on what happens to be stored.
  adapt: flag({ help: 'Adapt readings to the drawings that you have labeled' }),
  debug: option(path('the name of a folder'), {
    help: 'Folder for pictures that show how each picture was read: boxes, ink, and what the network sees',
    placeholder: 'dir',
    completes: 'folder',
  }),
  orientation: option(oneOf(['upright', 'transposed']), {
    help: 'How IDX files store their images',
    placeholder: 'orientation',
    defaultText: 'detected',
  }),
});

export type PredictOptions = v.InferInput<typeof predictOptions>;

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
