import type { Handler } from '../context.ts';
import { expandPatterns } from '../expand-patterns.ts';
import { describePrediction } from '../render/predict.ts';

export const runPredict: Handler<'predict'> = async (options, { paths, output, signal }) => {
  const { predict } = await import('../../app/predict.ts');
  const files = await expandPatterns(options.files);
  for await (const event of predict({ ...options, files }, { paths, signal })) {
    output.event(event, (shown) => describePrediction(shown, output.style));
  }
};
