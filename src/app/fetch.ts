import { fetchDatasets as fetchSplits } from '../core/dataset/fetch.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { takeOver } from '../core/dataset/own/take-over.ts';
import { isOwnSource, resolveSource } from '../core/dataset/source.ts';
import { SPLITS } from '../core/dataset/splits.ts';
import { EmnistError, invalidOption, optionWords } from '../core/errors.ts';
import { tryDataOrientation } from '../core/evaluation/try-data-orientation.ts';
import { absolutePath } from '../core/paths.ts';
import { type FetchOptions, fetchOptions } from './options/fetch.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/** The options that only data of one's own has. */
const OWN_OPTIONS = ['test', 'orientation', 'overwrite'] as const;

/**
 * Fetches one split, several, or all; or takes over data of one's own, if there is a name for it.
 *
 * @throws EmnistError `usage` for invalid options, and those of `fetchDatasets` and `takeOver` in core
 */
export async function* fetchDatasets(options: FetchOptions, context: WorkContext): AsyncGenerator<FetchEvent> {
  const parsed = parseOptions(fetchOptions, options);
  const { split, splits = split === 'all' ? SPLITS : [split], from, whole, name } = parsed;
  if (name !== undefined) {
    yield* takeOverData(name, parsed, context);
    return;
  }
  const useless = OWN_OPTIONS.find((option) => parsed[option]);
  if (useless || (from !== undefined && (await isOwnSource(from)))) {
    const message = useless ? `${optionWords(useless)} is for your own data` : `${from} is your own data`;
    throw new EmnistError('usage', `${message}, which needs a name`, { option: 'name', expected: 'a name for it' });
  }
  yield* fetchSplits({ splits, from, whole, ...context });
}

async function* takeOverData(
  name: string,
  { from, test, orientation, overwrite }: Pick<FetchOptions, 'from' | 'test' | 'orientation' | 'overwrite'>,
  { paths, signal }: WorkContext,
): AsyncGenerator<FetchEvent> {
  if (from === undefined) {
    const expected = 'a folder or file with the data';
    throw new EmnistError('usage', 'a name is for your own data, which needs a source', {
      option: 'from',
      expected,
    });
  }
  const source = resolveSource(from, {});
  if (source.type === 'url') {
    throw invalidOption('from', from, 'a folder or file', { reason: 'your own data must be on this machine' });
  }
  yield* takeOver({
    ...{ from: source.file, name, orientation, overwrite, paths, signal },
    test: test === undefined ? undefined : absolutePath(test),
    tryOrientation: tryDataOrientation(paths),
  });
}
