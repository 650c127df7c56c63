import { setFloat16 } from '@petamoriken/float16';
import type { onnx as Onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** A tensor of an ONNX graph: its shape and data. */
export interface OnnxTensor {
  dims: readonly number[];
  data: ArrayLike<number>;
  type?: 'float' | 'double' | 'float16' | 'int64';
  /** In the field of its type instead of as raw bytes. */
  isTyped?: boolean;
}

/** A node of an ONNX graph. Outputs are named `<op>_<index>`, so that `inputs` may name those of earlier nodes. */
export interface OnnxNodeSpec {
  op: string;
  inputs: readonly string[];
  output: string;
  attributes?: Readonly<Record<string, number | readonly number[] | string | OnnxTensor | { float: number }>>;
}

export interface OnnxGraphSpec {
  /** Without the batch dimension. */
  input: readonly number[];
  nodes: readonly OnnxNodeSpec[];
  weights?: Readonly<Record<string, OnnxTensor>>;
  opset?: number;
  outputs?: readonly string[];
  /** The element type of the graph's input and output. */
  type?: 'float' | 'double' | 'float16';
  batch?: number | string;
}

/** A shape or another list of integers. */
export function integers(...values: number[]): OnnxTensor {
  return { dims: [values.length], data: values, type: 'int64' };
}

/** The bytes of an ONNX file, written independently of the product's own export. The input is named `input`. */
export function onnxFile(spec: OnnxGraphSpec): Buffer {
  const {
    input,
    nodes,
    weights = {},
    opset = 17,
    outputs = [nodes.at(-1)!.output],
    type = 'float',
    batch = 'N',
  } = spec;
  const elemType = { float: DataType.FLOAT, double: DataType.DOUBLE, float16: DataType.FLOAT16 }[type];
  const first = typeof batch === 'number' ? { dimValue: batch } : { dimParam: batch };
  const value = (name: string, sizes: readonly number[] | null) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: sizes && { dim: [first, ...sizes.map((size) => ({ dimValue: size }))] },
      },
    },
  });
  return Buffer.from(
    onnx.ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ domain: '', version: opset }],
      graph: {
        name: 'graph',
        node: nodes.map(({ op, inputs, output, attributes = {} }) => ({
          opType: op,
          name: `node_${output}`,
          input: [...inputs],
          output: [output],
          attribute: Object.entries(attributes).map(([name, of]) => attribute(name, of)),
        })),
        input: [value('input', input)],
        output: outputs.map((name) => value(name, null)),
        initializer: Object.entries(weights).map(([name, of]) => ({ name, ...tensor(of) })),
      },
    }).finish(),
  );
}

type AttributeValue = NonNullable<OnnxNodeSpec['attributes']>[string];

function attribute(name: string, value: AttributeValue): Onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('data' in value) return { name, type: AttributeType.TENSOR, t: tensor(value) };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function tensor({ dims, data, type = 'float', isTyped = false }: OnnxTensor): Onnx.ITensorProto {
  const values = Array.from(data);
  switch (type) {
    case 'float': {
      const raw = isTyped ? { floatData: values } : { rawData: new Uint8Array(Float32Array.from(values).buffer) };
      return { dims: [...dims], dataType: DataType.FLOAT, ...raw };
    }
    case 'double': {
      const raw = isTyped ? { doubleData: values } : { rawData: new Uint8Array(Float64Array.from(values).buffer) };
      return { dims: [...dims], dataType: DataType.DOUBLE, ...raw };
    }
    case 'int64': {
      const raw = isTyped
        ? { int64Data: values }
        : { rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
      return { dims: [...dims], dataType: DataType.INT64, ...raw };
    }
    case 'float16': {
      const bytes = new DataView(new ArrayBuffer(values.length * 2));
      values.forEach((number, index) => {
        setFloat16(bytes, index * 2, number, true);
      });
      const bits = values.map((_, index) => bytes.getUint16(index * 2, true));
      const raw = isTyped ? { int32Data: bits } : { rawData: new Uint8Array(bytes.buffer) };
      return { dims: [...dims], dataType: DataType.FLOAT16, ...raw };
    }
  }
}
