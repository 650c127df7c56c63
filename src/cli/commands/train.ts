import { Command, Option } from 'commander';
import { DEFAULT_SPLIT } from '../../core/dataset/splits.ts';
import { TRAIN_LIMITS } from '../../core/training/train-limits.ts';
import type { TrainOptions } from '../../core/training/training-run.ts';
import { DEFAULT_ARCHITECTURE } from '../../core/training/training-run.ts';
import { integer, oneOf, text } from '../arguments.ts';
import type { Run } from '../context.ts';
import { limitOption, splitOption } from '../options.ts';
import { recipeOptions } from '../recipe-options.ts';
import { TrainView } from '../render/train.ts';

export function trainCommand(run: Run): Command {
  const whole = (flags: string, description: string, [min, max]: readonly [number, number]) =>
    new Option(flags, description).argParser(integer(flags.split(' ')[0]!, min, max));
  const command = new Command('train')
    .summary('train a network on a data set')
    .description(
      'Trains a network and keeps it as a model. Ctrl-C ends it after the current batch; --resume then goes on from ' +
        'the last finished epoch, to the same weights as if it had never stopped.',
    )
    .addOption(splitOption('the data set', { fallback: DEFAULT_SPLIT }))
    .addOption(whole('--epochs <n>', 'passes over the images (default: 10)', TRAIN_LIMITS.epochs))
    .addOption(whole('--batch-size <n>', 'images a step (default: 128)', TRAIN_LIMITS.batchSize))
    .addOption(
      new Option(
        '--architecture <name>',
        `cnn, a plain network, or vgg, a better and slower one (default: ${DEFAULT_ARCHITECTURE})`,
      ).argParser(oneOf('--architecture', ['cnn', 'vgg'])),
    )
    .addOption(
      new Option('--engine <engine>', 'auto, wasm or tensorflow (default: auto)').argParser(
        oneOf('--engine', ['auto', 'wasm', 'tensorflow']),
      ),
    )
    .addOption(whole('--threads <n>', 'threads to work with (default: one a core)', TRAIN_LIMITS.threads))
    .addOption(whole('--seed <n>', 'what all randomness comes from (default: 1)', TRAIN_LIMITS.seed))
    .addOption(limitOption('train with this many images only'))
    .addOption(new Option('--name <name>', "the model's name (default: split-architecture)").argParser(text('--name')))
    .addOption(
      new Option('--strokes <file>', 'train on the labeled characters of a stroke file too').argParser(
        text('--strokes'),
      ),
    )
    .option('--resume', 'go on from the last checkpoint');
  for (const option of recipeOptions()) command.addOption(option);
  return command.action((options: TrainOptions) =>
    run(async ({ paths, output, signal }) => {
      const { startTraining } = await import('../../core/training/start-training.ts');
      // It may have come meanwhile; a listener added now would not hear of it.
      signal.throwIfAborted();
      const training = startTraining(options, paths);
      const stop = () => training.stop('batch', 'interrupted');
      signal.addEventListener('abort', stop);
      const view = new TrainView();
      for await (const event of training) output.event(event, (shown) => view.describe(shown, output.style));
    }),
  );
}
