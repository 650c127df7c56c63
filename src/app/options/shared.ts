import { SPLITS, type Split } from '../../core/dataset/splits.ts';
import { RECOGNIZE_DEFAULTS } from '../../core/recognizer/recognize-options.ts';
import { oneOf, option, path, text, wholeNumber } from './option.ts';

/** Options that several commands have. */

export function splitOption<const D extends Split | undefined = undefined>(
  help: string,
  info: { default?: D; defaultText?: string },
) {
  return option(oneOf(SPLITS), { help, placeholder: 'split', ...info });
}

export const modelOption = option(path(), {
  help: 'Model, by name or folder',
  placeholder: 'model',
  short: 'm',
  defaultText: 'the latest finished one',
  completes: 'model',
});

export function limitOption(help: string) {
  return option(wholeNumber(1), { help, placeholder: 'n', defaultText: 'all' });
}

export function charactersOption(help: string) {
  return option(text(), {
    help: `${help}: all, digits, letters, or the characters themselves`,
    placeholder: 'set',
    default: RECOGNIZE_DEFAULTS.characters,
  });
}
