import * as v from 'valibot';
import { oneOf, required } from './option.ts';
import { SHELLS } from './shells.ts';

export const completionOptions = v.object({
  shell: required(oneOf(SHELLS), { help: 'Shell to complete in', placeholder: 'shell', positional: true }),
});

export type CompletionOptions = v.InferInput<typeof completionOptions>;
