import * as v from 'valibot';
import { DEFAULT_SPLIT, SPLITS } from '../../core/dataset/splits.ts';
import { flag, list, oneOf, option, path, text } from './option.ts';

export const fetchOptions = v.object({
  split: option(oneOf([...SPLITS, 'all']), { help: 'Split to fetch', placeholder: 'split', default: DEFAULT_SPLIT }),
  splits: option(list(oneOf(SPLITS), 'a list of splits'), {
    help: 'Splits to fetch, one after the other',
    conflicts: ['split'],
    commandLine: false,
  }),
  from: option(path(), {
    help: "URL or file of a zip archive with the same layout as NIST's; with a name, a folder or file of your own data",
    placeholder: 'source',
    defaultText: "EMNIST_TUI_ARCHIVE, or NIST's archive",
    completes: 'file',
  }),
  whole: flag({ help: 'Download the whole archive, not only the files of the split' }),
  name: option(text(), {
    help: 'Take over your own data under this name',
    placeholder: 'name',
    conflicts: ['split', 'splits', 'whole'],
  }),
  test: option(path(), {
    help: 'File with the test part of your own data',
    placeholder: 'file',
    defaultText: 'the one in or beside the source, else a sixth of it',
    completes: 'file',
  }),
  orientation: option(oneOf(['upright', 'transposed']), {
    help: 'How the source of your own data stores images',
    placeholder: 'orientation',
    defaultText: 'detected',
  }),
  overwrite: flag({ help: 'Replace your own data of the same name' }),
});

export type FetchOptions = v.InferInput<typeof fetchOptions>;
