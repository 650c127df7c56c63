import * as v from 'valibot';
import { option, path } from './option.ts';

export const modelsOptions = v.object({
  // A name; what looks like a path is treated as with other options for a model, and is then unknown.
  use: option(path(), {
    help: 'Use this model by default, until a later one is trained',
    placeholder: 'model',
    completes: 'model',
  }),
});

export type ModelsOptions = v.InferInput<typeof modelsOptions>;
