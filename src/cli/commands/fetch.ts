import { bytes } from '../../app/format.ts';
import { DEFAULT_SPLIT, SPLITS } from '../../core/dataset/splits.ts';
import type { Handler } from '../context.ts';
import { describeFetch } from '../render/fetch.ts';

export const runFetch: Handler<'fetch'> = async (options, { paths, output, signal }) => {
  const { fetchDatasets } = await import('../../app/fetch.ts');
  const { estimateFetch, fetchEstimateText } = await import('../../app/estimate-fetch.ts');
  const isOwn = options.name !== undefined;
  const estimate = isOwn ? null : fetchEstimateText(await estimateFetch(options, { paths, signal, ask: false }));
  if (estimate !== null) output.note(`${options.split ?? DEFAULT_SPLIT}: ${estimate}`);
  // Another server than NIST's says only at the start of each download how large it is.
  const isSizeKnown = new Set<string>(estimate === null ? [] : SPLITS);
  for await (const event of fetchDatasets(options, { paths, signal })) {
    if (
      event.event === 'progress' &&
      event.total !== null &&
      event.bytes < event.total &&
      !isOwn &&
      !isSizeKnown.has(event.split)
    ) {
      isSizeKnown.add(event.split);
      output.note(`${event.split}: ${bytes(event.total)} to download`);
    }
    output.event(event, (shown) => describeFetch(shown, output.style));
  }
  signal.throwIfAborted();
};
