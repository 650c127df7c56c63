import type { ModelsEvent } from '../../app/events.ts';
import type { Handler } from '../context.ts';
import { ModelsView } from '../render/models.ts';

export const runModels: Handler<'models'> = async (_, { paths, output }) => {
  const { describeModels } = await import('../../app/models.ts');
  const models = await describeModels(paths);
  const view = new ModelsView();
  const show = (event: ModelsEvent) => output.event(event, (shown) => view.describe(shown, output.style));
  for (const model of models) show({ event: 'model', ...model });
  show({ event: 'end', models: models.length });
};
