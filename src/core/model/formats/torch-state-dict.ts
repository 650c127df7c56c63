import { damagedModel, otherFile } from '../model-errors.ts';
import { elements } from '../network.ts';
import { MAX_ELEMENTS, readNumbers } from './onnx-tensor.ts';
import { PickleGlobal, PickleTypeError, type PickleValue, readPickle } from './pickle.ts';
import { openZipMembers } from './zip-members.ts';

/** A weight of a PyTorch model. */
export interface TorchTensor {
  /** Such as `features.0.weight`. */
  name: string;
  dims: readonly number[];
  /** Row-major. */
  data: Float32Array;
}

/** The storage types of PyTorch, with the numbers that ONNX has for the same types. */
const STORAGES: Readonly<Record<string, number>> = {
  'torch.FloatStorage': 1,
  'torch.ByteStorage': 2,
  'torch.CharStorage': 3,
  'torch.ShortStorage': 5,
  'torch.IntStorage': 6,
  'torch.LongStorage': 7,
  'torch.BoolStorage': 9,
  'torch.HalfStorage': 10,
  'torch.DoubleStorage': 11,
  'torch.BFloat16Storage': 16,
};

/** Where checkpoints keep the state dict among other things. */
const CHECKPOINT_KEYS = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'weights'];

/** The data of tensors, in a member of the archive. */
class Storage {
  readonly type: number;
  readonly key: string;

  constructor(type: number, key: string) {
    this.type = type;
    this.key = key;
  }
}

/** A tensor as a pickle describes it. */
class StoredTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];

  constructor([storage, offset, dims, strides]: readonly PickleValue[]) {
    if (!(storage instanceof Storage) || typeof offset !== 'number' || !isSizes(dims) || !isSizes(strides)) {
      throw new RangeError('it has an invalid tensor');
    }
    this.storage = storage;
    this.offset = offset;
    this.dims = dims;
    this.strides = strides;
  }
}

/** A value that has no use here, such as a device or a measured accuracy. */
class Unused {}

const unused = () => new Unused();
const notCalled = () => {
  throw new RangeError('it makes an object of a storage type');
};
const items = ([list]: readonly PickleValue[]) => (Array.isArray(list) ? list : []);

/** Everything that a file may contain besides plain values. None of it is Python's or PyTorch's own code. */
const MAKERS: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections.OrderedDict': (args) => {
    const map = new Map<PickleValue, PickleValue>();
    for (const pair of items(args)) if (Array.isArray(pair)) map.set(pair[0] ?? null, pair[1] ?? null);
    return map;
  },
  'torch._utils._rebuild_tensor_v2': (args) => new StoredTensor(args),
  'torch._utils._rebuild_parameter': ([tensor]) => tensor ?? null,
  'torch.Size': items,
  'torch.device': unused,
  'builtins.set': items,
  '__builtin__.set': items,
  'numpy.dtype': unused,
  'numpy.core.multiarray.scalar': unused,
  'numpy._core.multiarray.scalar': unused,
  '_codecs.encode': unused,
  ...Object.fromEntries(Object.keys(STORAGES).map((name) => [name, notCalled])),
};

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/**
 * The tensors of a PyTorch state dict (`torch.save(model.state_dict(), …)`, or a checkpoint that contains one), in order. The
 * file is a zip archive with a pickle, which is read as data: nothing in it is executed. Throws `model-unsupported` for whole
 * models and TorchScript, and `model-damaged`; both name `file`.
 */
export async function readStateDict(bytes: Buffer, file: string): Promise<TorchTensor[]> {
  const members = await openZipMembers(bytes, file);
  const pickle = members.names.find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw damagedModel(file, 'data.pkl is missing');
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (members.names.some((name) => name.startsWith(`${folder}code/`))) throw otherFile(file, 'torchscript');
  const order = members.names.includes(`${folder}byteorder`) ? await members.read(`${folder}byteorder`) : null;
  if (order?.toString().trim() === 'big') throw damagedModel(file, 'its numbers are big-endian');
  const root = readRoot(await members.read(pickle), file);
  const stored = findTensors(root);
  if (!stored) throw otherFile(file, 'torch-other');
  const storages = new Map<string, Float32Array | Float64Array>();
  const tensors: TorchTensor[] = [];
  let total = 0;
  for (const [name, { storage, offset, dims, strides }] of stored) {
    const count = elements(dims);
    total += count;
    if (dims.length !== strides.length || total > MAX_ELEMENTS)
      throw damagedModel(file, `${name} has an invalid shape`);
    const key = `${storage.type} ${storage.key}`;
    const data = storages.get(key) ?? readNumbers(await members.read(`${folder}data/${storage.key}`), storage.type);
    storages.set(key, data);
    const last = dims.reduce((place, size, axis) => place + (size - 1) * strides[axis]!, offset);
    if (count > 0 && last >= data.length) throw damagedModel(file, `${name} is incomplete`);
    tensors.push({ name, dims, data: gather(data, offset, dims, strides) });
  }
  return tensors;
}

function readRoot(pickle: Buffer, file: string): PickleValue {
  try {
    return readPickle(pickle, {
      makers: MAKERS,
      persistent: (id) => {
        const [kind, type, key] = Array.isArray(id) ? id : [];
        const number = type instanceof PickleGlobal ? STORAGES[type.name] : undefined;
        if (kind !== 'storage' || number === undefined || typeof key !== 'string') {
          throw new RangeError('it refers to data of an unknown kind');
        }
        return new Storage(number, key);
      },
    });
  } catch (error) {
    if (error instanceof PickleTypeError) throw otherFile(file, 'torch-objects', error.type);
    if (error instanceof RangeError) throw damagedModel(file, `data.pkl is invalid: ${error.message}`, error);
    throw error;
  }
}

/** How deep checkpoints are searched for a state dict. */
const MAX_DEPTH = 8;

/** The tensors of a state dict, or of the one within a checkpoint. Null if there is none. */
function findTensors(root: PickleValue, depth = 0): [name: string, tensor: StoredTensor][] | null {
  if (!(root instanceof Map) || depth > MAX_DEPTH) return null;
  // Beside the state dict, checkpoints may keep tensors too, such as the loss.
  for (const key of CHECKPOINT_KEYS) {
    const found = findTensors(root.get(key) ?? null, depth + 1);
    if (found) return found;
  }
  const own = ownTensors(root);
  if (own.some(([, { dims }]) => dims.length > 1)) return own;
  // Under a name of its author's.
  const others = [...root.values()].filter((value) => value instanceof Map && ownTensors(value).length > 0);
  if (others.length === 1) return findTensors(others[0]!, depth + 1);
  return own.length > 0 ? own : null;
}

function ownTensors(dictionary: Map<PickleValue, PickleValue>): [name: string, tensor: StoredTensor][] {
  return [...dictionary].flatMap(([name, value]): [string, StoredTensor][] => {
    return typeof name === 'string' && value instanceof StoredTensor ? [[name, value]] : [];
  });
}

function gather(
  data: Float32Array | Float64Array,
  offset: number,
  dims: readonly number[],
  strides: readonly number[],
): Float32Array {
  const result = new Float32Array(elements(dims));
  const place = dims.map(() => 0);
  let from = offset;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      from += strides[axis]!;
      if (place[axis]! < dims[axis]!) break;
      from -= strides[axis]! * dims[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}
