import * as v from 'valibot';
import { flag } from './option.ts';

export const schemaOptions = v.object({
  options: flag({ help: 'Describe the options of all commands instead of the events' }),
});

export type SchemaOptions = v.InferInput<typeof schemaOptions>;
