import * as v from 'valibot';
import { RECOGNIZE_DEFAULTS } from '../../core/recognizer/recognize-options.ts';
import { list, oneOf, option, path, required, wholeNumber } from './option.ts';
import { charactersOption, modelOption } from './shared.ts';

/** What to return for each character. */
export const recognizeOptions = v.object({
  top: option(wholeNumber(1), {
    help: 'Predictions for each character',
    placeholder: 'n',
    default: RECOGNIZE_DEFAULTS.top,
  }),
  characters: charactersOption('Restrict predictions to these characters'),
});

export type RecognizeOptions = v.InferInput<typeof recognizeOptions>;

export const predictOptions = v.object({
  files: required(list(path('the name of a file'), 'a list of files'), {
    help: 'Picture (PNG, JPEG, WebP, GIF, BMP, TIFF, or AVIF), IDX image file, or stroke file; "-" reads strokes from standard input',
    placeholder: 'file',
    completes: 'file',
    positional: true,
  }),
  model: modelOption,
  ...recognizeOptions.entries,
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
