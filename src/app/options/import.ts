import * as v from 'valibot';
import { flag, option, path, required, text } from './option.ts';

export const importOptions = v.object({
  file: required(path('the name of a file'), {
    help: 'Model file, or folder with a model.json',
    placeholder: 'file',
    completes: 'file',
    positional: true,
  }),
  name: option(text(), { help: 'Name of the model', placeholder: 'name', defaultText: 'the name of the file' }),
  overwrite: flag({ help: 'Replace an existing model of the same name' }),
  transposed: flag({
    help: 'The model was trained on transposed images, as EMNIST stores them',
    conflicts: ['upright'],
  }),
  upright: flag({ help: 'The model was trained on upright images' }),
  network: option(path(), {
    help: 'Layers that weights belong to: a JSON file, or a model with the same layers',
    placeholder: 'file|model',
    defaultText: 'as in the file',
    completes: 'file',
  }),
  labels: option(text(), {
    help: "Characters of the model's outputs in order, or a list of labels with commas",
    placeholder: 'labels',
    defaultText: 'as in the file, or as in EMNIST for 10, 26, 27, 37, 47, or 62 outputs',
  }),
});

export type ImportOptions = v.InferInput<typeof importOptions>;
