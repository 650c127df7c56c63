import * as v from 'valibot';
import { MODEL_FORMATS } from '../../core/model/formats/model-formats.ts';
import { flag, oneOf, option, path, required } from './option.ts';
import { modelOption } from './shared.ts';

export const exportOptions = v.object({
  format: required(oneOf(MODEL_FORMATS), { help: 'Format to write', placeholder: 'format', short: 'f' }),
  model: modelOption,
  out: option(path(), {
    help: 'File to write; for tfjs, a folder',
    placeholder: 'path',
    short: 'o',
    defaultText: 'the name of the model, in the current folder',
    completes: 'file',
  }),
  force: flag({ help: 'Overwrite an existing file or folder' }),
});

export type ExportOptions = v.InferInput<typeof exportOptions>;
