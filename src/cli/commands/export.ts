import { Command, Option } from 'commander';
import type { ModelFormat } from '../../core/model/formats/model-formats.ts';
import { MODEL_FORMATS } from '../../core/model/formats/model-formats.ts';
import { oneOf, text } from '../arguments.ts';
import type { Run } from '../context.ts';
import { modelOption } from '../options.ts';
import { describeExport } from '../render/formats.ts';

interface ExportCommandOptions {
  format: ModelFormat;
  model?: string;
  out?: string;
  force?: boolean;
}

export function exportCommand(run: Run): Command {
  return new Command('export')
    .summary('write a model for Keras, TensorFlow.js, ONNX Runtime or others')
    .description('Writes a model in a format that other programs open, with its labels and how it was trained.')
    .addOption(
      new Option('-f, --format <format>', `what to write: ${MODEL_FORMATS.join(', ')}`)
        .argParser(oneOf('--format', MODEL_FORMATS))
        .makeOptionMandatory(),
    )
    .addOption(modelOption())
    .addOption(
      new Option('-o, --out <path>', "where to, of tfjs a folder (default: the model's name, here)").argParser(
        text('--out'),
      ),
    )
    .option('--force', 'replace what is there')
    .action((options: ExportCommandOptions) =>
      run(async ({ paths, output }) => {
        const { exportModel } = await import('../../app/export-model.ts');
        output.event(await exportModel({ ...options, paths }), describeExport);
      }),
    );
}
