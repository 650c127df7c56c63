import * as v from 'valibot';
import { DRAW_DEFAULTS } from '../../core/server/draw-options.ts';
import { option, text, wholeNumber } from './option.ts';
import { modelOption } from './shared.ts';

export const drawOptions = v.object({
  port: option(wholeNumber(0, 65_535), {
    help: 'Port to listen on; 0 picks a free one',
    placeholder: 'n',
    default: DRAW_DEFAULTS.port,
  }),
  host: option(text(), {
    help: 'Address to listen on; 0.0.0.0 lets other devices on the network draw',
    placeholder: 'address',
    default: DRAW_DEFAULTS.host,
  }),
  open: option(v.boolean(), {
    help: 'Open the page in the browser',
    negatedHelp: 'Do not open the browser',
    default: true,
  }),
  model: modelOption,
});

export type DrawOptions = v.InferInput<typeof drawOptions>;
