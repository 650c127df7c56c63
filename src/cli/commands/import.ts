import { Command, Option } from 'commander';
import { text } from '../arguments.ts';
import type { Run } from '../context.ts';
import { describeImport } from '../render/formats.ts';

interface ImportCommandOptions {
  name?: string;
  labels?: string;
  transposed?: boolean;
  upright?: boolean;
}

export function importCommand(run: Run): Command {
  return new Command('import')
    .summary('take over a model of Keras, TensorFlow.js or another emnist-tui')
    .description(
      'Takes over a model.json of TensorFlow.js, an .h5 or .keras of Keras, or an .onnx or .safetensors that "export" ' +
        'wrote: a Sequential network of 28x28 images with 3x3 convolutions, 2x2 pooling and dense layers. ' +
        'Where a data set is fetched, test images tell how the model was trained to have its images.',
    )
    .argument('<file>', 'what to take over')
    .addOption(new Option('--name <name>', "the model's name (default: the file's)").argParser(text('--name')))
    .addOption(
      new Option('--transposed', "it was trained on images as EMNIST's files have them, rows for columns").conflicts(
        'upright',
      ),
    )
    .option('--upright', 'it was trained on upright images')
    .addOption(
      new Option(
        '--labels <characters>',
        "the characters of its outputs, in their order (default: the file's, or EMNIST's for 10, 26, 27, 37, 47, 62)",
      ).argParser(text('--labels')),
    )
    .action((file: string, { transposed, upright, ...options }: ImportCommandOptions) =>
      run(async ({ paths, output, signal }) => {
        const { importModel } = await import('../../app/import-model.ts');
        const orientation = transposed ? 'transposed' : upright ? 'upright' : undefined;
        const end = await importModel({ file, orientation, ...options, paths }, signal);
        output.event(end, describeImport);
      }),
    );
}
