import { Command } from 'commander';
import type { ModelsEvent } from '../../app/events.ts';
import type { Run } from '../context.ts';
import { ModelsView } from '../render/models.ts';

export function modelsCommand(run: Run): Command {
  return new Command('models')
    .summary('list the models there are')
    .description('Lists the models, the one trained last first, with split, validation accuracy and date.')
    .action(() =>
      run(async ({ paths, output }) => {
        const { describeModels } = await import('../../app/models.ts');
        const models = await describeModels(paths);
        const view = new ModelsView();
        const show = (event: ModelsEvent) => output.event(event, (shown) => view.describe(shown, output.style));
        for (const model of models) show({ event: 'model', ...model });
        show({ event: 'end', models: models.length });
      }),
    );
}
