import type { onnx as Onnx } from 'onnx-proto';
import { type Constant, isIntegerType } from './onnx-tensor.ts';
import type { Value } from './onnx-value.ts';

/** Why a node is not supported, in words that follow its name. */
export class Blocker extends Error {
  /** The node, if it is an earlier one. */
  readonly node: { readonly op: string; readonly name: string } | undefined;

  constructor(message: string, node?: Blocker['node']) {
    super(message);
    this.node = node;
  }
}

/** A node of an ONNX graph with its inputs. */
export class OnnxNode {
  readonly op: string;
  /** Its name, or that of its output. */
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly (Value | null)[];
  /** Number of outputs that are used. */
  readonly outputs: number;
  readonly #attributes: ReadonlyMap<string, Onnx.IAttributeProto>;
  readonly #tensors: ReadonlyMap<string, Constant>;

  /** `tensors`: the tensors among the attributes. */
  constructor(
    node: Onnx.INodeProto,
    opset: number,
    inputs: readonly (Value | null)[],
    tensors: ReadonlyMap<string, Constant>,
  ) {
    this.op = node.opType ?? '';
    this.name = node.name || node.output?.[0] || '';
    this.opset = opset;
    this.inputs = inputs;
    this.outputs = node.output?.length ?? 0;
    this.#attributes = new Map(node.attribute?.map((one) => [one.name ?? '', one]));
    this.#tensors = tensors;
  }

  has(attribute: string): boolean {
    return this.#attributes.has(attribute);
  }

  number(attribute: string, fallback: number): number {
    const found = this.#attributes.get(attribute);
    if (!found) return fallback;
    // Protobuf leaves zeros out; the type says which field is meant.
    return Number((found.type === FLOAT ? found.f : found.i) ?? 0);
  }

  numbers(attribute: string): number[] | null {
    const found = this.#attributes.get(attribute);
    if (!found) return null;
    return (found.type === FLOATS ? (found.floats ?? []) : (found.ints ?? [])).map(Number);
  }

  text(attribute: string, fallback: string): string {
    const found = this.#attributes.get(attribute);
    return found?.s ? new TextDecoder().decode(found.s) : fallback;
  }

  tensor(attribute: string): Constant | null {
    return this.#tensors.get(attribute) ?? null;
  }

  /** Whether an attribute with the number of an element type is that of an integer type. */
  isInteger(attribute: string): boolean {
    return isIntegerType(this.number(attribute, 1));
  }

  /** An input that must be known without an image. */
  constant(index: number, what: string): Constant {
    const found = this.inputs[index];
    if (found?.kind !== 'constant') throw new Blocker(`has ${what} that are not constant`);
    return found;
  }

  optionalConstant(index: number, what: string): Constant | null {
    return this.inputs[index] ? this.constant(index, what) : null;
  }

  /** A list of integers that older opsets have as an attribute and newer ones as an input. */
  list(attribute: string, input: number): number[] | null {
    const given = this.numbers(attribute);
    if (given) return given;
    const found = this.optionalConstant(input, attribute);
    return found && [...found.data];
  }
}

/** Values of `AttributeProto.AttributeType`. */
const FLOAT = 1;
const FLOATS = 6;
