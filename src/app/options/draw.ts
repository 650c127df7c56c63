import * as v from 'valibot';
import { option, text, wholeNumber } from './option.ts';
import { modelOption } from './shared.ts';

export const drawOptions = v.object({
  port: option(wholeNumber(0, 65_535), { help: 'Port to listen on; 0 picks a free one', placeholder: 'n', default: 0 }),
  host: option(text(), {
    help: 'Address to listen on; 0.0.0.0 lets other devices on the network draw',
    placeholder: 'address',
    default: '127.0.0.1',
  }),
  open: option(v.boolean(), {
    help: 'Open the page in the browser',
    negatedHelp: 'Do not open the browser',
    default: true,
  }),
  model: modelOption,
});

export type DrawOptions = v.InferInput<typeof drawOptions>;
