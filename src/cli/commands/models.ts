import { printable } from '../../app/text-layout.ts';
import { confirmed } from '../ask.ts';
import type { Handler } from '../context.ts';
import { ModelsView } from '../render/models.ts';
import { usageError } from '../usage-error.ts';

export const runModels: Handler<'models'> = async (options, context) => {
  const { models } = await import('../../app/models.ts');
  const { output, paths, signal } = context;
  if (options.delete !== undefined && !options.yes && !output.interactive) {
    throw usageError('cannot ask for confirmation without a terminal', 'add --yes to delete');
  }
  const view = new ModelsView();
  const confirm = (model: string) => confirmed(`Delete the model ${printable(model)}?`, context);
  for await (const event of models(options, { paths, signal, ...(!options.yes && { confirm }) })) {
    output.event(event, (shown) => view.describe(shown, output.style));
    if (event.event === 'end' && event.problem) output.warn(`${event.problem}; choose a model again with --use`);
  }
};
