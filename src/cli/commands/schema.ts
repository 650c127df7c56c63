import type { SchemaEvent } from '../../app/events.ts';
import type { Handler } from '../context.ts';

export const runSchema: Handler<'schema'> = async ({ options }, { output }) => {
  const { eventsJsonSchema, optionsJsonSchema } = await import('../../app/json-schema.ts');
  const event: SchemaEvent = { event: 'end', schema: { ...(options ? optionsJsonSchema() : eventsJsonSchema()) } };
  output.event(event, ({ schema }) => ({ result: JSON.stringify(schema, null, 2) }));
};
