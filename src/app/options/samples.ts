import * as v from 'valibot';
import { flag, option, path, text } from './option.ts';

/** Stands for the label of every sample. */
export const ALL_SAMPLES = 'all';

export const samplesOptions = v.object({
  export: option(path(), {
    help: 'Write the samples to a stroke file, compressed if its name ends with .gz',
    placeholder: 'file',
    completes: 'file',
    conflicts: ['import', 'delete'],
  }),
  import: option(path(), {
    help: 'Add the labeled drawings of a stroke file, except those that are there already',
    placeholder: 'file',
    completes: 'file',
    conflicts: ['export', 'delete'],
  }),
  delete: option(text(), {
    help: 'Delete samples, which cannot be restored',
    placeholder: 'label',
    suggestions: [ALL_SAMPLES],
    others: 'those with this label',
    conflicts: ['export', 'import'],
  }),
  force: flag({ help: 'Overwrite an existing file when exporting' }),
  yes: flag({ help: 'Delete without asking', short: 'y' }),
});

export type SamplesOptions = v.InferInput<typeof samplesOptions>;
