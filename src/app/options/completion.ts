import * as v from 'valibot';
import { oneOf, required } from './option.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const completionOptions = v.object({
  shell: required(oneOf(SHELLS), { help: 'Shell to complete in', placeholder: 'shell', positional: true }),
});

export type CompletionOptions = v.InferInput<typeof completionOptions>;
