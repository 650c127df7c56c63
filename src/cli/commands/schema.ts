import type { SchemaEvent } from '../../app/events.ts';
import type { Handler } from '../context.ts';
import { ERROR_CODES } from '../hints.ts';

export const runSchema: Handler<'schema'> = async ({ options }, { output }) => {
  const { eventsJsonSchema, optionsJsonSchema } = await import('../../app/json-schema.ts');
  const schema = options ? optionsJsonSchema() : eventsJsonSchema(ERROR_CODES);
  const event: SchemaEvent = { event: 'end', schema: { ...schema } };
  output.event(event, ({ schema }) => ({ result: JSON.stringify(schema, null, 2) }));
};
