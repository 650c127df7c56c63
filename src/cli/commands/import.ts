import type { Handler } from '../context.ts';
import { describeImport } from '../render/formats.ts';
import { describeWaiting } from '../render/waiting.ts';

export const runImport: Handler<'import'> = async (options, { paths, output, signal }) => {
  const { importModel } = await import('../../app/import-model.ts');
  output.event(
    await importModel(options, { paths, signal, onWait: (event) => output.event(event, describeWaiting) }),
    describeImport,
  );
};
