import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { EVENT_SCHEMAS, errorEvent } from './event-schemas.ts';
import { COMMANDS } from './options/commands.ts';
import { describeOptions, type OptionsSchema } from './options/describe.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The JSON Schema of every event. Each command's events, and `error`, are under their name in `$defs`, so that they can be
 * used separately. `errorCodes`: the possible codes of errors.
 */
export function eventsJsonSchema(errorCodes: readonly string[]): JsonSchema {
  const commands = Object.entries(EVENT_SCHEMAS).map(([name, schema]) => [name, convert(schema)]);
  const error = convert(errorEvent);
  const properties = { ...error.properties, code: { enum: [...errorCodes] } };
  const $defs: Record<string, JsonSchema> = Object.fromEntries([...commands, ['error', { ...error, properties }]]);
  return {
    $schema: DRAFT,
    title: 'An event of emnist-tui',
    anyOf: Object.keys($defs).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs,
  };
}

/** The JSON Schema of the options of all commands: one property for each command. */
export function optionsJsonSchema(): JsonSchema {
  const properties = Object.entries(COMMANDS).map(([name, { description, options }]) => {
    const schema = { ...convert(options), ...conflictsOf(options), additionalProperties: false };
    return [name, { description, ...schema, properties: described(options, schema.properties) }];
  });
  return {
    $schema: DRAFT,
    title: 'Options of the commands of emnist-tui',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

/** The conversion leaves out what follows a transformation, and so the description of an option that is a path. */
function described(options: OptionsSchema, properties: JsonSchema['properties']): JsonSchema['properties'] {
  const entries = describeOptions(options).map(({ name, help }) => {
    return [name, { ...(properties?.[name] as JsonSchema), description: help }] as const;
  });
  return Object.fromEntries(entries);
}

function convert(schema: v.GenericSchema): JsonSchema {
  const { $schema, ...converted } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // Metadata holds more about an option than JSON Schema has keywords for; its description is a separate action. Checks
    // by functions have no keyword either.
    ignoreActions: ['metadata', 'check'],
  });
  return converted;
}

/** Forbids options that conflict with each other, and options without one that they need, unless they have the default. */
function conflictsOf(options: OptionsSchema): JsonSchema {
  const described = describeOptions(options);
  const isSet = (name: string): JsonSchema => {
    const isFlag = described.find((option) => option.name === name)?.type === 'boolean';
    return { required: [name], ...(isFlag && { properties: { [name]: { const: true } } }) };
  };
  const pairs = described.flatMap(({ name, conflicts = [] }) => conflicts.map((other) => [name, other]));
  const forbidden = [
    ...pairs.map((pair) => ({ allOf: pair.map(isSet) })),
    ...described.flatMap(({ name, requires, default: fallback }) => {
      if (requires === undefined) return [];
      const isDefault = { properties: { [name]: { const: fallback } } };
      return [
        { allOf: [isSet(name), ...(fallback === undefined ? [] : [{ not: isDefault }]), { not: isSet(requires) }] },
      ];
    }),
  ];
  return forbidden.length > 0 ? { allOf: forbidden.map((given) => ({ not: given })) } : {};
}
