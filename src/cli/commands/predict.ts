import { Command, Option } from 'commander';
import type { PredictEvent } from '../../app/events.ts';
import { expandPatterns, integer } from '../arguments.ts';
import type { Run } from '../context.ts';
import { charactersOption, modelOption } from '../options.ts';
import { describePrediction } from '../render/predict.ts';

interface PredictOptions {
  model?: string;
  top: number;
  characters: string;
}

export function predictCommand(run: Run): Command {
  return new Command('predict')
    .summary('recognize characters in pictures, IDX and stroke files')
    .description(
      'Recognizes characters in PNG and JPEG pictures, IDX image files and stroke files (.jsonl); "-" reads strokes ' +
        'from stdin. One line for each character, in order.',
    )
    .argument('<file...>', 'what to read')
    .addOption(modelOption())
    .addOption(new Option('--top <n>', 'how many guesses for each').argParser(integer('--top', 1, 1000)).default(5))
    .addOption(charactersOption('answer only with these'))
    .action((named: string[], { model, top, characters }: PredictOptions) =>
      run(async ({ paths, output, signal }) => {
        const { predict } = await import('../../app/predict.ts');
        const files = await expandPatterns(named);
        for await (const event of predict({ files, model, top, characters, paths }, signal)) {
          output.event(event, (shown: PredictEvent) => describePrediction(shown, output.style));
        }
      }),
    );
}
