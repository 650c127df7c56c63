import type { Handler } from '../context.ts';
import { LearnView } from '../render/learn.ts';

export const runLearn: Handler<'learn'> = async (options, { paths, output, signal }) => {
  const { learn } = await import('../../app/learn.ts');
  // The signal may have aborted during the import, which a listener added now would miss.
  signal.throwIfAborted();
  const run = learn(options, { paths });
  signal.addEventListener('abort', () => run.stop('interrupted'));
  const view = new LearnView();
  for await (const event of run) output.event(event, (shown) => view.describe(shown, output.style));
};
