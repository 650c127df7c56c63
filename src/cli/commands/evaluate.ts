import { Command, Option } from 'commander';
import type { Part, Split } from '../../core/dataset/splits.ts';
import { EmnistError } from '../../core/errors.ts';
import { PRIORS, type Prior } from '../../core/evaluation/evaluate-options.ts';
import { oneOf, text } from '../arguments.ts';
import type { Context, Run } from '../context.ts';
import { charactersOption, limitOption, modelOption, partOption, splitOption } from '../options.ts';
import { describeEvaluation } from '../render/evaluate.ts';
import { describeFetch } from '../render/fetch.ts';

interface EvaluateOptions {
  split: Split;
  part: Part;
  strokes?: string;
  model?: string;
  limit?: number;
  characters: string;
  prior: Prior;
}

export function evaluateCommand(run: Run): Command {
  return new Command('evaluate')
    .summary('measure a model on images it has not seen')
    .description('Lets a model read a data set, fetched if need be, and compares its answers with the truth.')
    .addOption(splitOption('the data set').default('balanced'))
    .addOption(partOption().default('test'))
    .addOption(
      new Option('--strokes <file>', "a stroke file's labeled characters instead of a data set")
        .argParser(text('--strokes'))
        .conflicts(['split', 'part', 'prior']),
    )
    .addOption(modelOption())
    .addOption(limitOption('read this many images only, spread over the part'))
    .addOption(charactersOption('images of these characters only, and no other answers'))
    .addOption(
      new Option('--prior <prior>', "classes are taken to be as frequent as in the split's training part, or uniform")
        .argParser(oneOf('--prior', PRIORS))
        .default('split'),
    )
    .action((options: EvaluateOptions) =>
      run(async (context) => {
        const { paths, output, signal } = context;
        if (options.strokes === undefined) await fetchIfMissing(options.split, context);
        const { evaluate } = await import('../../core/evaluation/evaluate.ts');
        for await (const event of evaluate({ ...options, paths }, signal)) {
          output.event(event, (shown) => describeEvaluation(shown, output.style));
        }
      }),
    );
}

/** Fetches a split that is not there at all, so that the shipped model can be measured on a fresh machine. */
async function fetchIfMissing(split: Split, { paths, output, signal }: Context): Promise<void> {
  const { datasetStatus } = await import('../../core/dataset/dataset-store.ts');
  const status = (await datasetStatus(paths)).find((one) => one.split === split);
  if (status?.trainImages !== null || status.bytes > 0) return;
  const { fetchDatasets } = await import('../../core/dataset/fetch.ts');
  output.note(`The data set "${split}" is not there yet.`);
  try {
    for await (const event of fetchDatasets({ splits: [split], paths, signal })) {
      output.aside(describeFetch(event, output.style));
    }
  } catch (error) {
    if (!(error instanceof EmnistError)) throw error;
    const message = `the data set "${split}" has not been fetched, and that failed now: ${error.message}`;
    const hint = `see to it with "emnist-tui fetch --split ${split}": ${error.hint}`;
    throw new EmnistError('dataset-missing', message, hint, { cause: error });
  }
  signal.throwIfAborted();
}
