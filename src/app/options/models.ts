import * as v from 'valibot';
import { option, text } from './option.ts';

export const modelsOptions = v.object({
  use: option(text(), {
    help: 'Use this model by default, until a later one is trained',
    placeholder: 'model',
    completes: 'model',
  }),
});

export type ModelsOptions = v.InferInput<typeof modelsOptions>;
