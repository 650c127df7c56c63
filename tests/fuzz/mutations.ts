import fc from 'fast-check';

/** One change to a file's bytes. `at`: the position, see `offset`. */
interface ByteMutation {
  kind: 'flip' | 'set' | 'truncate' | 'remove' | 'copy' | 'insert' | 'integer';
  at: number;
  /** How many bytes are removed, copied or inserted. */
  length: number;
  /** A bit, a byte, the source of a copy or a choice among extremes, by `kind`. */
  value: number;
}

/** Values that tend to break length, count and offset fields. */
const EXTREMES = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 0x7fffffffffffffffn, -1n];

const mutation: fc.Arbitrary<ByteMutation> = fc.record({
  kind: fc.constantFrom<ByteMutation['kind']>(
    'flip',
    'set',
    'truncate',
    'remove',
    'copy',
    'insert',
    'integer',
    'integer',
  ),
  at: fc.oneof(
    fc.nat(600),
    fc.nat(600).map((fromEnd) => -1 - fromEnd),
    fc.nat(2 ** 31 - 1),
  ),
  length: fc.integer({ min: 1, max: 64 }),
  value: fc.nat(2 ** 31 - 1),
});

/** One to four changes to a file's bytes: flipped bits, cut, copied or inserted pieces, and fields set to extremes. */
export const byteMutations: fc.Arbitrary<readonly ByteMutation[]> = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** The changed copy of a file. */
export function mutateBytes(bytes: Uint8Array, mutations: readonly ByteMutation[]): Buffer {
  return mutations.reduce<Buffer>(applyMutation, Buffer.from(bytes));
}

/** Headers are at either end of most formats, so a position counts from there; larger ones are anywhere. */
function offset(bytes: Buffer, at: number): number {
  if (bytes.length === 0) return 0;
  return at < 0 ? Math.max(0, bytes.length + at) : at % bytes.length;
}

function applyMutation(bytes: Buffer, { kind, at, length, value }: ByteMutation): Buffer {
  const position = offset(bytes, at);
  const [before, after] = [bytes.subarray(0, position), bytes.subarray(position)];
  switch (kind) {
    case 'flip':
      if (position < bytes.length) bytes[position]! ^= 1 << (value % 8);
      return bytes;
    case 'set':
      if (position < bytes.length) bytes[position] = value % 256;
      return bytes;
    case 'truncate':
      return before;
    case 'remove':
      return Buffer.concat([before, after.subarray(length)]);
    case 'copy': {
      const from = offset(bytes, value);
      return Buffer.concat([before, bytes.subarray(from, from + length), after]);
    }
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, value % 256), after]);
    case 'integer':
      return writeExtreme(bytes, position, value);
  }
}

function writeExtreme(bytes: Buffer, position: number, value: number): Buffer {
  const size = [1, 2, 4, 8][value % 4]!;
  const extreme = Buffer.alloc(8);
  extreme.writeBigInt64LE(BigInt.asIntN(64, EXTREMES[(value >>> 3) % EXTREMES.length]!));
  const field = extreme.subarray(0, size);
  if (((value >>> 2) & 1) === 1) field.reverse();
  field.copy(bytes, position);
  return bytes;
}

/** One change to a JSON document. `at` chooses one of its values, or of its numbers. */
interface JsonMutation {
  at: number;
  change: 'number' | 'replace' | 'delete' | 'duplicate' | 'rename';
  /** What a number is replaced by. */
  number: number;
  /** What any value is replaced by; as a text, what a key is renamed to. */
  value: unknown;
}

const extremes = fc.constantFrom(0, -1, 1, 2, 0.5, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, -1e300, 1e300);
const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'x', '__proto__', '../x', [], {}, [[]]),
  fc.string({ maxLength: 20 }),
);

const jsonMutation: fc.Arbitrary<JsonMutation> = fc.record({
  at: fc.nat(2 ** 31 - 1),
  change: fc.constantFrom<JsonMutation['change']>('number', 'number', 'replace', 'delete', 'duplicate', 'rename'),
  number: extremes,
  value: fc.oneof(oddities, extremes),
});

/** One to three changes to a JSON document: values replaced by others, and keys or items removed, renamed or doubled. */
export const jsonMutations: fc.Arbitrary<readonly JsonMutation[]> = fc.array(jsonMutation, {
  minLength: 1,
  maxLength: 3,
});

/** The changed copy of a JSON value. */
export function mutateJson(json: unknown, mutations: readonly JsonMutation[]): unknown {
  return mutations.reduce((document, mutation) => {
    const copy = structuredClone(document);
    const all = placesIn(copy);
    const places = mutation.change === 'number' ? all.filter(isNumber) : all;
    if (places.length > 0) changeAt(places[mutation.at % places.length]!, mutation);
    return copy;
  }, json);
}

interface Place {
  parent: Record<string, unknown> | unknown[];
  key: string;
}

function placesIn(json: unknown): Place[] {
  if (typeof json !== 'object' || json === null) return [];
  const parent = json as Place['parent'];
  return Object.entries(parent).flatMap(([key, value]) => [{ parent, key }, ...placesIn(value)]);
}

function isNumber({ parent, key }: Place): boolean {
  return typeof Reflect.get(parent, key) === 'number';
}

function changeAt({ parent, key }: Place, { change, number, value }: JsonMutation): void {
  const old: unknown = Reflect.get(parent, key);
  const isList = Array.isArray(parent);
  switch (change) {
    case 'number':
      Reflect.set(parent, key, number);
      break;
    case 'replace':
      Reflect.set(parent, key, value);
      break;
    case 'duplicate':
      if (isList) parent.splice(Number(key), 0, structuredClone(old));
      else parent[`${key}2`] = structuredClone(old);
      break;
    case 'rename':
      if (isList) parent.reverse();
      else {
        delete parent[key];
        parent[String(value)] = old;
      }
      break;
    case 'delete':
      if (isList) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
  }
}
