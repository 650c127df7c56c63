import type { Handler } from '../context.ts';
import { describeFetch } from '../render/fetch.ts';

export const runFetch: Handler<'fetch'> = async (options, { paths, output, signal }) => {
  const { fetchDatasets } = await import('../../app/fetch.ts');
  const { estimateFetch, fetchEstimateText } = await import('../../app/estimate-fetch.ts');
  const estimate = fetchEstimateText(await estimateFetch(options, { paths, signal, ask: false }));
  if (estimate !== null) output.note(`fetch ${options.splits?.join(', ') ?? options.split}: ${estimate}`);
  for await (const event of fetchDatasets(options, { paths, signal })) {
    output.event(event, (shown) => describeFetch(shown, output.style));
  }
  signal.throwIfAborted();
};
