import { Command } from 'commander';
import type { Part, Split } from '../../core/dataset/splits.ts';
import type { Run } from '../context.ts';
import { limitOption, modelOption, partOption, splitOption } from '../options.ts';
import { describeEvaluation } from '../render/evaluate.ts';

interface EvaluateOptions {
  split: Split;
  part: Part;
  model?: string;
  limit?: number;
}

export function evaluateCommand(run: Run): Command {
  return new Command('evaluate')
    .summary('measure a model on images it has not seen')
    .description('Lets a model read a data set and compares its answers with the truth.')
    .addOption(splitOption('the data set').default('balanced'))
    .addOption(partOption().default('test'))
    .addOption(modelOption())
    .addOption(limitOption('read this many images only, spread over the part'))
    .action((options: EvaluateOptions) =>
      run(async ({ paths, output, signal }) => {
        const { evaluate } = await import('../../core/evaluation/evaluate.ts');
        for await (const event of evaluate({ ...options, paths }, signal)) {
          output.event(event, (shown) => describeEvaluation(shown, output.style));
        }
      }),
    );
}
