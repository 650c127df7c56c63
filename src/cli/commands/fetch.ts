import { Command, Option } from 'commander';
import { SPLITS, type Split } from '../../core/dataset/splits.ts';
import { text } from '../arguments.ts';
import type { Run } from '../context.ts';
import { splitOption } from '../options.ts';
import { describeFetch } from '../render/fetch.ts';

interface FetchOptions {
  split: Split | 'all';
  from?: string;
  whole?: boolean;
}

export function fetchCommand(run: Run): Command {
  return new Command('fetch')
    .summary('get a data set from NIST')
    .description(
      "Gets a split of EMNIST from NIST's archive, or from another URL or a local zip of the same layout. " +
        'Run it again to go on where it was cut off.',
    )
    .addOption(splitOption('what to get', { all: true }).default('balanced'))
    .addOption(
      new Option('--from <source>', 'URL or zip file to take it from (default: NIST)').argParser(text('--from')),
    )
    .option('--whole', "get the whole archive, not only the split's members")
    .action(({ split, from, whole }: FetchOptions) =>
      run(async ({ paths, output, signal }) => {
        const { fetchDatasets } = await import('../../core/dataset/fetch.ts');
        const splits = split === 'all' ? [...SPLITS] : [split];
        for await (const event of fetchDatasets({ splits, from, whole, paths, signal })) {
          output.event(event, (shown) => describeFetch(shown, output.style));
        }
        signal.throwIfAborted();
      }),
    );
}
