import type { FetchEvent } from '../../core/dataset/fetch-event.ts';
import type { Handler } from '../context.ts';
import { describeEvaluation } from '../render/evaluate.ts';
import { describeFetch } from '../render/fetch.ts';
import { warnOfUnusable } from '../render/unusable.ts';

export const runEvaluate: Handler<'evaluate'> = async (options, { paths, output, signal }) => {
  const { evaluate } = await import('../../app/evaluate.ts');
  const context = {
    paths,
    signal,
    onUnusable: warnOfUnusable(output),
    // The shipped model can be evaluated on a fresh machine.
    onFetch: (event: FetchEvent) => output.aside(describeFetch(event, output.style)),
  };
  for await (const event of evaluate(options, context)) {
    output.event(event, (shown) => describeEvaluation(shown, output.style));
    if (event.event === 'end' && event.notKept !== undefined) {
      output.warn(`the result was not kept with the model: ${event.notKept}`);
    }
  }
};
