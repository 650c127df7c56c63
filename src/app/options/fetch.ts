import * as v from 'valibot';
import { DEFAULT_SPLIT, SPLITS } from '../../core/dataset/splits.ts';
import { flag, list, oneOf, option, path } from './option.ts';

export const fetchOptions = v.object({
  split: option(oneOf([...SPLITS, 'all']), { help: 'Split to fetch', placeholder: 'split', default: DEFAULT_SPLIT }),
  splits: option(list(oneOf(SPLITS), 'a list of splits'), {
    help: 'Splits to fetch, one after the other',
    conflicts: ['split'],
    commandLine: false,
  }),
  from: option(path(), {
    help: "URL or file of a zip archive with the same layout as NIST's",
    placeholder: 'source',
    defaultText: "EMNIST_TUI_ARCHIVE, or NIST's archive",
    completes: 'file',
  }),
  whole: flag({ help: 'Download the whole archive, not only the files of the split' }),
});

export type FetchOptions = v.InferInput<typeof fetchOptions>;
