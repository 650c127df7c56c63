import * as v from 'valibot';
import type { OptionInfo } from './option.ts';

/** The options of a command, by name. */
export type OptionsSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** An option as plain data, to be shown in a help text, a form, or a table. */
export interface OptionDescription extends OptionInfo {
  name: string;
  type: 'boolean' | 'integer' | 'number' | 'string' | 'list';
  required: boolean;
  /** A list may also be given as its only item. */
  orOne?: true;
  /** An object of numbers may be given instead. */
  orNumbers?: true;
  /** Absent if there is none, or only one in words (`defaultText`). */
  default?: string | number | boolean;
  /** The words it accepts, or accepts as items of a list. */
  choices?: readonly string[];
  /** Inclusive bounds, if any. */
  min?: number;
  max?: number;
}

/** A command's options in the order of its schema. */
export function describeOptions(schema: OptionsSchema): OptionDescription[] {
  return Object.entries(schema.entries).map(([name, entry]) => describeOption(name, entry));
}

function describeOption(name: string, entry: v.ObjectEntries[string]): OptionDescription {
  const optional = isOptional(entry) ? entry : null;
  const schema = optional?.wrapped ?? (entry as v.GenericSchema);
  const fallback = optional ? v.getDefault(optional) : undefined;
  return {
    ...(v.getMetadata(schema) as unknown as OptionInfo),
    name,
    required: optional === null,
    ...(fallback !== undefined && { default: fallback as string | number | boolean }),
    ...describeValue(schema),
  };
}

function isOptional(entry: v.ObjectEntries[string]): entry is v.OptionalSchema<v.GenericSchema, unknown> {
  return entry.type === 'optional';
}

function describeValue(
  schema: v.GenericSchema,
): Pick<OptionDescription, 'type' | 'orOne' | 'orNumbers' | 'choices' | 'min' | 'max'> {
  const items = actions(schema);
  const requirement = (type: string) => items.find((item) => item.type === type)?.requirement as number | undefined;
  switch (schema.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return { ...describeValue((schema as v.ArraySchema<v.GenericSchema, undefined>).item), type: 'list' };
    case 'union': {
      const [first] = (schema as v.UnionSchema<v.GenericSchema[], undefined>).options;
      return { ...describeValue(first!), ...(first!.type === 'array' ? { orOne: true } : { orNumbers: true }) };
    }
    case 'picklist':
      return { type: 'string', choices: (schema as v.PicklistSchema<readonly string[], undefined>).options };
    case 'number': {
      const [min, max] = [requirement('min_value'), requirement('max_value')];
      const type = items.some((item) => item.type === 'integer') ? 'integer' : 'number';
      return { type, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    }
    default:
      return { type: 'string' };
  }
}

/** The steps of a schema's pipe and of the pipes within. */
function actions(schema: v.GenericSchema): { type: string; requirement?: unknown }[] {
  if (!('pipe' in schema)) return [];
  const pipe = schema.pipe as readonly (v.GenericSchema | { type: string; requirement?: unknown })[];
  return pipe.flatMap((item) => ('pipe' in item ? actions(item as v.GenericSchema) : [item]));
}
