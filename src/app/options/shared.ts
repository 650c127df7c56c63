import * as v from 'valibot';
import type { DatasetName } from '../../core/dataset/dataset-name.ts';
import { SPLITS } from '../../core/dataset/splits.ts';
import { CHARACTER_SETS } from '../../core/labels.ts';
import { nameProblem } from '../../core/portable-name.ts';
import { RECOGNIZE_DEFAULTS } from '../../core/recognizer/recognize-options.ts';
import { option, path, text, wholeNumber } from './option.ts';

/** Options that several commands have. */

/** The name of a split or of a data set of one's own. Whether there is such a data set turns out when it is read. */
function datasetName(): v.GenericSchema<DatasetName> {
  const expected = `one of ${SPLITS.join(', ')}, or the name of a data set of your own`;
  return v.pipe(
    v.string(expected),
    v.check((name) => nameProblem(name) === null && name !== 'all', expected),
  );
}

export function splitOption<const D extends DatasetName | undefined = undefined>(
  help: string,
  info: { default?: D; defaultText?: string },
) {
  return option(datasetName(), { help, placeholder: 'split', suggestions: SPLITS, ...info });
}

export const modelOption = option(path(), {
  help: 'Model, by name or folder',
  placeholder: 'model',
  short: 'm',
  defaultText: 'the one trained or chosen last',
  completes: 'model',
});

export function limitOption(help: string) {
  return option(wholeNumber(1), { help, placeholder: 'n', defaultText: 'all' });
}

export function charactersOption(help: string, schema: v.GenericSchema<string> = text()) {
  return option(schema, {
    help,
    placeholder: 'set',
    suggestions: CHARACTER_SETS,
    others: 'the characters themselves, or a list of labels with commas',
    default: RECOGNIZE_DEFAULTS.characters,
  });
}

/** The lexicons that have a name. */
export const LEXICONS = ['english', 'none'] as const;
export const LEXICON = {
  help: 'Words that are preferred; other words can still be read',
  placeholder: 'lexicon',
  suggestions: LEXICONS,
  default: LEXICONS[0],
} as const;

export function lexiconOption(info: { requires?: string } = {}) {
  return option(path('the name of a lexicon or of a file'), {
    ...LEXICON,
    others: 'or a file with a word on each line, and its count if it is known',
    completes: 'file',
    ...info,
  });
}

/** Relative frequencies by character. */
export const frequencies = v.pipe(
  // To a record, a list is an object with the keys 0, 1, 2.
  v.custom<Record<string, number>>((input) => !Array.isArray(input)),
  v.record(v.string(), v.pipe(v.number(), v.finite(), v.minValue(0))),
);
