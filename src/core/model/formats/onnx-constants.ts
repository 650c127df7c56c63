import { lookupTable } from '../../lookup-table.ts';
import { elements } from '../network.ts';
import { erf } from './onnx-expression.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import { type Constant, MAX_ELEMENTS } from './onnx-tensor.ts';
import { broadcast, transpose } from './onnx-value.ts';

/** Functions of one number. */
export const UNARY = lookupTable<(x: number) => number>({
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Abs: Math.abs,
  Reciprocal: (x) => 1 / x,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Erf: erf,
  // Not in ONNX, but tf2onnx writes it.
  Erfc: (x) => 1 - erf(x),
  Relu: (x) => Math.max(x, 0),
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
});

/** Functions of two numbers. */
export const BINARY = lookupTable<(a: number, b: number) => number>({
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
});

/** Evaluates a node whose inputs are all constant, such as those that compute a shape. Null if it is not known how. */
export function evaluateConstant(node: OnnxNode): Constant | null {
  const inputs = node.inputs.filter((input) => input?.kind === 'constant');
  const [first, second] = inputs;
  const { op } = node;
  if (op === 'Constant') return constantOf(node);
  if (!first) return null;
  const { dims, data, isInteger } = first;
  const likeFirst = (shape: readonly number[], values: Constant['data']): Constant => {
    return { kind: 'constant', dims: shape, data: values, isInteger };
  };
  const [unary, combine] = [UNARY.get(op), BINARY.get(op)];
  if (unary) return likeFirst(dims, Float64Array.from(data, unary));
  if (combine && second && inputs.length === 2) return binary(combine, op, first, second);
  switch (op) {
    case 'Identity':
    case 'Dropout':
      return first;
    case 'Cast': {
      const toInteger = node.isInteger('to');
      return { ...first, data: toInteger ? Float64Array.from(data, Math.trunc) : data, isInteger: toInteger };
    }
    case 'Shape':
      return shapeOf(node, dims);
    case 'Size':
      return integers([elements(dims)], []);
    case 'Reshape': {
      const target = second ? [...second.data] : (node.numbers('shape') ?? []);
      return likeFirst(reshapedDims(dims, target), data);
    }
    case 'Flatten': {
      const axis = axisOf(node.number('axis', 1), dims.length);
      return likeFirst([elements(dims.slice(0, axis)), elements(dims.slice(axis))], data);
    }
    case 'Squeeze': {
      const axes = node.list('axes', 1)?.map((axis) => axisOf(axis, dims.length));
      return likeFirst(
        dims.filter((size, axis) => !(axes ? axes.includes(axis) : size === 1)),
        data,
      );
    }
    case 'Unsqueeze':
      return likeFirst(unsqueezedDims(dims, node.list('axes', 1) ?? []), data);
    case 'Transpose': {
      const permutation = node.numbers('perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
      checkPermutation(permutation, dims.length);
      return likeFirst(
        permutation.map((axis) => dims[axis]!),
        transpose(Float64Array.from(data), dims, permutation),
      );
    }
    case 'Concat': {
      if (inputs.some((input) => input.dims.length !== 1)) return null;
      const joined = inputs.flatMap((input) => [...input.data]);
      return likeFirst([joined.length], joined);
    }
    case 'Gather':
      return second ? gather(node, first, second) : null;
    case 'Slice':
      return slice(node, first);
    case 'ReduceProd':
      return likeFirst(node.number('keepdims', 1) ? dims.map(() => 1) : [], [
        [...data].reduce((product, value) => product * value, 1),
      ]);
    case 'ConstantOfShape': {
      const shape = [...data];
      checkSize(shape);
      const fill = node.tensor('value');
      const value = fill?.data[0] ?? 0;
      return {
        kind: 'constant',
        dims: shape,
        data: new Float64Array(elements(shape)).fill(value),
        isInteger: fill?.isInteger ?? false,
      };
    }
    default:
      return null;
  }
}

function integers(data: number[], dims: readonly number[] = [data.length]): Constant {
  return { kind: 'constant', dims, data, isInteger: true };
}

/** The result of a Shape node. */
export function shapeOf(node: OnnxNode, dims: readonly number[]): Constant {
  return integers(dims.slice(node.number('start', 0), node.has('end') ? node.number('end', 0) : undefined));
}

function constantOf(node: OnnxNode): Constant | null {
  const tensor = node.tensor('value');
  if (tensor) return tensor;
  for (const [name, isInteger] of [
    ['value_float', false],
    ['value_int', true],
  ] as const) {
    if (node.has(name)) return { kind: 'constant', dims: [], data: [node.number(name, 0)], isInteger };
  }
  for (const [name, isInteger] of [
    ['value_floats', false],
    ['value_ints', true],
  ] as const) {
    const data = node.numbers(name);
    if (data) return { kind: 'constant', dims: [data.length], data, isInteger };
  }
  return null;
}

function binary(compute: (a: number, b: number) => number, op: string, a: Constant, b: Constant): Constant {
  const rank = Math.max(a.dims.length, b.dims.length);
  const sizes = [a, b].map(({ dims }) => [...Array<number>(rank - dims.length).fill(1), ...dims]);
  const dims = sizes[0]!.map((size, axis) => (size === 1 ? sizes[1]![axis]! : size));
  checkSize(dims);
  const [ofA, ofB] = [broadcast(a.dims, dims), broadcast(b.dims, dims)];
  if (!ofA || !ofB) throw new Blocker(`has inputs of the shapes [${a.dims}] and [${b.dims}]`);
  const isInteger = a.isInteger && b.isInteger;
  const data = Float64Array.from({ length: elements(dims) }, (_, index) => {
    const value = compute(a.data[ofA(index)]!, b.data[ofB(index)]!);
    return isInteger && op === 'Div' ? Math.trunc(value) : value;
  });
  return { kind: 'constant', dims, data, isInteger };
}

function gather(node: OnnxNode, { dims, data, isInteger }: Constant, indices: Constant): Constant | null {
  if (dims.length !== 1 || axisOf(node.number('axis', 0), 1) !== 0) return null;
  const values = [...data];
  return {
    kind: 'constant',
    dims: indices.dims,
    data: [...indices.data].map((index) => values[index < 0 ? index + values.length : index] ?? Number.NaN),
    isInteger,
  };
}

function slice(node: OnnxNode, { dims, data, isInteger }: Constant): Constant | null {
  const [starts, ends] = [node.list('starts', 1), node.list('ends', 2)];
  const axes = node.list('axes', 3) ?? starts?.map((_, axis) => axis);
  const steps = node.list('steps', 4);
  if (!starts || !ends || !axes) return null;
  const places = dims.map((size, axis) => {
    const index = axes.findIndex((one) => axisOf(one, dims.length) === axis);
    if (index < 0) return Array.from({ length: size }, (_, place) => place);
    const step = steps?.[index] ?? 1;
    const inside = (place: number, low: number, high: number) => {
      return Math.min(Math.max(place < 0 ? place + size : place, low), high);
    };
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const first = inside(starts[index]!, Math.max(low, 0), high);
    const end = ends[index]! < -size ? low : inside(ends[index]!, low, high);
    const count = step === 0 ? 0 : Math.max(0, Math.ceil((end - first) / step));
    return Array.from({ length: count }, (_, place) => first + place * step);
  });
  const shape = places.map((list) => list.length);
  const result = Float64Array.from({ length: elements(shape) }, (_, index) => {
    let from = 0;
    let rest = index;
    let stride = 1;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += places[axis]![rest % shape[axis]!]! * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= dims[axis]!;
    }
    return data[from] ?? Number.NaN;
  });
  return { kind: 'constant', dims: shape, data: result, isInteger };
}

function checkSize(dims: readonly number[]): void {
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || elements(dims) > MAX_ELEMENTS) {
    throw new Blocker(`has a result of the shape [${dims}]`);
  }
}

/** An axis counted from the start. Throws a `Blocker` if there is none. */
export function axisOf(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!(found >= 0 && found <= rank)) throw new Blocker(`has the axis ${axis} of ${rank}`);
  return found;
}

/** Throws a `Blocker` unless each of `rank` axes occurs once. */
export function checkPermutation(permutation: readonly number[], rank: number): void {
  if (permutation.length !== rank || permutation.toSorted((a, b) => a - b).some((axis, index) => axis !== index)) {
    throw new Blocker(`has the permutation [${permutation}] of ${rank} axes`);
  }
}

/** The shape after Unsqueeze. */
export function unsqueezedDims(dims: readonly number[], axes: readonly number[]): number[] {
  const rank = dims.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1)));
}

/** The shape that Reshape's target describes: 0 keeps a size, -1 follows from the others. */
export function reshapedDims(dims: readonly number[], target: readonly number[]): number[] {
  const sizes = target.map((size, axis) => (size === 0 ? (dims[axis] ?? 0) : size));
  const known = elements(sizes.filter((size) => size !== -1));
  const result = sizes.map((size) => (size === -1 ? elements(dims) / known : size));
  if (elements(result) !== elements(dims) || !result.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new Blocker(`reshapes [${dims}] to [${target}]`);
  }
  return result;
}
