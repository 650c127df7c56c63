import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { EVENT_SCHEMAS } from '../../src/app/event-schemas.ts';
import { eventsJsonSchema } from '../../src/app/json-schema.ts';
import { ERROR_CODES } from '../../src/cli/hints.ts';

const ajv = new Ajv2020({ allErrors: true }).addSchema(eventsJsonSchema(ERROR_CODES), 'events');
const commands = Object.keys(EVENT_SCHEMAS);

/** Throws for an event that the JSON Schema does not allow a command to print. `args`: its command line. */
export function checkEvent(event: unknown, args: readonly string[]): void {
  const command = args.find((arg) => commands.includes(arg));
  const isError = typeof event === 'object' && event !== null && 'event' in event && event.event === 'error';
  const validate: ValidateFunction = ajv.getSchema(`events#/$defs/${isError ? 'error' : command}`)!;
  if (validate(event)) return;
  throw new Error(`${JSON.stringify(event)} does not match the schema: ${ajv.errorsText(validate.errors)}`);
}
