import type { WorkContext } from '../../app/work.ts';
import type { Output } from './output.ts';

/** Warns of models that cannot be read, and that another one is used instead of. */
export function warnOfUnusable(output: Output): NonNullable<WorkContext['onUnusable']> {
  return (model, { message }) => output.warn(`the model "${model}" cannot be used: ${message}`);
}
