import type { Handler } from '../context.ts';
import { describeExport } from '../render/formats.ts';
import { warnOfUnusable } from '../render/unusable.ts';

export const runExport: Handler<'export'> = async (options, { paths, output }) => {
  const { exportModel } = await import('../../app/export-model.ts');
  output.event(await exportModel(options, { paths, onUnusable: warnOfUnusable(output) }), describeExport);
};
