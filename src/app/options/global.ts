import * as v from 'valibot';
import { flag, option, path } from './option.ts';

/** Options of every command. */
export const globalOptions = v.object({
  dataDir: option(path(), {
    help: 'Folder for data sets, models, and samples',
    placeholder: 'dir',
    defaultText: "EMNIST_TUI_HOME, or the system's cache and data folders",
    completes: 'folder',
  }),
  json: flag({ help: 'Print events as JSON, one object per line' }),
  quiet: flag({ help: 'Print only results and errors', short: 'q' }),
  verbose: flag({ help: 'Show details of errors' }),
  color: option(v.boolean(), { help: 'Use colors', negatedHelp: 'Disable colors', default: true }),
});

export type GlobalOptions = v.InferInput<typeof globalOptions>;
