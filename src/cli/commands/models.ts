import { Command } from 'commander';
import type { ModelsEvent } from '../../core/events.ts';
import type { Run } from '../context.ts';
import { ModelsView } from '../render/models.ts';

export function modelsCommand(run: Run): Command {
  return new Command('models')
    .summary('list the models there are')
    .description('Lists the models, the one trained last first, with split, validation accuracy and date.')
    .action(() =>
      run(async ({ paths, output }) => {
        const { listModels } = await import('../../core/model/store.ts');
        const models = await listModels(paths);
        const view = new ModelsView();
        const show = (event: ModelsEvent) => output.event(event, (shown) => view.describe(shown, output.style));
        // What `loadModel` takes when no name is given.
        const latest = models.find(({ model }) => model !== null);
        for (const summary of models) {
          const { name, shipped, folder, model, resumable, problem } = summary;
          const training = model?.training ?? null;
          show({
            event: 'model',
            name,
            shipped,
            default: summary === latest,
            path: folder,
            split: training?.split ?? null,
            architecture: training?.architecture ?? null,
            classes: model?.labels.length ?? null,
            epochs: training?.epochs ?? null,
            validationAccuracy: training?.validationAccuracy ?? null,
            validationImages: training?.validationImages ?? null,
            date: training?.date ?? null,
            resumable,
            problem,
          });
        }
        show({ event: 'end', models: models.length });
      }),
    );
}
