import type { Handler } from '../context.ts';
import { TrainView } from '../render/train.ts';

export const runTrain: Handler<'train'> = async (options, { paths, output, signal }) => {
  const { train } = await import('../../app/train.ts');
  // The signal may have aborted during the import, which a listener added now would miss.
  signal.throwIfAborted();
  const training = train(options, { paths });
  signal.addEventListener('abort', () => training.stop('batch', 'interrupted'));
  const view = new TrainView();
  for await (const event of training) output.event(event, (shown) => view.describe(shown, output.style));
};
