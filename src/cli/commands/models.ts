import type { Handler } from '../context.ts';
import { ModelsView } from '../render/models.ts';

export const runModels: Handler<'models'> = async (options, { paths, output }) => {
  const { models } = await import('../../app/models.ts');
  const view = new ModelsView();
  for await (const event of models(options, { paths })) {
    output.event(event, (shown) => view.describe(shown, output.style));
    if (event.event === 'end' && event.problem) output.warn(`${event.problem}; choose a model again with --use`);
  }
};
