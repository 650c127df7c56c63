import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

/** A tensor of a state dict. `strides` and `offset` are in elements. */
export interface TorchTensorSpec {
  dims: readonly number[];
  data: ArrayLike<number>;
  strides?: readonly number[];
  offset?: number;
  type?: 'Float' | 'Half' | 'Double' | 'Long';
}

/** A value in a pickle: a tensor, a dictionary, an object of a Python type, or something plain. */
export type PickleSpec =
  | { tensor: TorchTensorSpec }
  | { dict: readonly (readonly [string, PickleSpec])[] }
  | { object: readonly [module: string, name: string] }
  | string
  | number
  | boolean
  | null;

/** The bytes of a file of `torch.save`, written as PyTorch does: a zip archive with a pickle of protocol 2. */
export async function torchFile(value: PickleSpec, members: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const storages: Buffer[] = [];
  const pickle = Buffer.concat([Buffer.from([0x80, 2]), ...encode(value, storages), Buffer.from('.')]);
  return pickleFile(pickle, storages, members);
}

/** An archive of PyTorch with this pickle. */
export async function pickleFile(
  pickle: Uint8Array,
  storages: readonly Uint8Array[] = [],
  members: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  const add = (name: string, bytes: Uint8Array) =>
    zip.addBuffer(Buffer.from(bytes), `model/${name}`, { compress: false });
  add('data.pkl', pickle);
  add('byteorder', Buffer.from('little'));
  for (const [index, bytes] of storages.entries()) add(`data/${index}`, bytes);
  for (const [name, text] of Object.entries(members)) add(name, Buffer.from(text));
  zip.end();
  return buffer(zip.outputStream);
}

/** The tensors of a state dict, in order. */
export function stateDict(tensors: Readonly<Record<string, TorchTensorSpec>>): PickleSpec {
  return { dict: Object.entries(tensors).map(([name, tensor]) => [name, { tensor }]) };
}

function encode(value: PickleSpec, storages: Buffer[]): Buffer[] {
  if (value === null) return [Buffer.from('N')];
  if (typeof value === 'boolean') return [Buffer.from([value ? 0x88 : 0x89])];
  if (typeof value === 'string') return [text(value)];
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(Number.isInteger(value) ? 5 : 9);
    bytes.write(Number.isInteger(value) ? 'J' : 'G', 'latin1');
    if (Number.isInteger(value)) bytes.writeInt32LE(value, 1);
    else bytes.writeDoubleBE(value, 1);
    return [bytes];
  }
  if ('object' in value) return [global(...value.object), Buffer.from(')R')];
  if ('dict' in value) {
    const items = value.dict.flatMap(([key, item]) => [text(key), ...encode(item, storages)]);
    return [global('collections', 'OrderedDict'), Buffer.from(')R('), ...items, Buffer.from('u')];
  }
  return encodeTensor(value.tensor, storages);
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
function encodeTensor(
  { dims, data, offset = 0, type = 'Float', strides }: TorchTensorSpec,
  storages: Buffer[],
): Buffer[] {
  const key = String(storages.length);
  storages.push(numbers(data, type));
  const contiguous = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = (list: readonly number[]) => [
    Buffer.from('('),
    ...list.flatMap((size) => encode(size, [])),
    Buffer.from('t'),
  ];
  return [
    global('torch._utils', '_rebuild_tensor_v2'),
    Buffer.from('(('),
    text('storage'),
    global('torch', `${type}Storage`),
    text(key),
    text('cpu'),
    ...encode(data.length, []),
    Buffer.from('tQ'),
    ...encode(offset, []),
    ...sizes(dims),
    ...sizes(strides ?? contiguous),
    Buffer.from([0x89]),
    global('collections', 'OrderedDict'),
    Buffer.from(')RtR'),
  ];
}

function numbers(data: ArrayLike<number>, type: NonNullable<TorchTensorSpec['type']>): Buffer {
  const values = Array.from(data);
  switch (type) {
    case 'Float':
      return Buffer.from(Float32Array.from(values).buffer);
    case 'Double':
      return Buffer.from(Float64Array.from(values).buffer);
    case 'Long':
      return Buffer.from(BigInt64Array.from(values, BigInt).buffer);
    case 'Half':
      // The bits of the numbers, which have to be small powers of two.
      return Buffer.from(
        Uint16Array.from(values, (value) =>
          value === 0 ? 0 : (value < 0 ? 0x8000 : 0) | ((Math.log2(Math.abs(value)) + 15) << 10),
        ).buffer,
      );
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(5);
  head.write('X');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function global(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}
