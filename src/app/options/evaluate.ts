import * as v from 'valibot';
import { DEFAULT_SPLIT, PARTS } from '../../core/dataset/splits.ts';
import { MAX_THREADS } from '../../core/engine/engine.ts';
import { PRIORS } from '../../core/evaluation/evaluate-options.ts';
import { flag, oneOf, option, path, wholeNumber } from './option.ts';
import { charactersOption, limitOption, modelOption, splitOption } from './shared.ts';

export const evaluateOptions = v.object({
  split: splitOption('Split to evaluate on', {
    defaultText: `the one the model was trained on if fetched, else ${DEFAULT_SPLIT}`,
  }),
  part: option(oneOf(PARTS), { help: 'Part of the split', placeholder: 'part', default: 'test' }),
  strokes: option(path(), {
    help: 'Stroke file with labeled drawings to evaluate on instead of a split',
    placeholder: 'file',
    conflicts: ['split', 'part', 'prior'],
    completes: 'file',
  }),
  model: modelOption,
  limit: limitOption('Evaluate only this many images, spread evenly over the part'),
  characters: charactersOption('Evaluate only images of these characters, and restrict predictions to them'),
  prior: option(oneOf(PRIORS), {
    help: 'Assumed frequency of the classes: as in the training part of the split, or uniform',
    placeholder: 'prior',
    default: 'split',
  }),
  mistakes: option(path('the name of a folder'), {
    help: 'Folder for the misread images, as PNG files with their class and the answer in their names',
    placeholder: 'dir',
    completes: 'folder',
  }),
  force: flag({
    help: 'Write into a folder that is not empty, and replace the images of an earlier evaluation',
    requires: 'mistakes',
  }),
  threads: option(wholeNumber(1, MAX_THREADS), {
    help: 'Threads to evaluate with',
    placeholder: 'n',
    defaultText: 'one per core',
  }),
});

export type EvaluateOptions = v.InferInput<typeof evaluateOptions>;
