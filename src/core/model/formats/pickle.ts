/**
 * Reads Python's pickles as data. Pickles are programs that may call any function; here nothing is called: objects of the few
 * types that `makers` allows are made of plain values, and any other type is an error.
 * https://github.com/python/cpython/blob/v3.13.0/Lib/pickletools.py describes the format.
 */

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  /** What a maker returned. */
  | object;

/** A function or class, by name. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A type that is not allowed. */
export class PickleTypeError extends Error {
  /** `module.name` */
  readonly type: string;

  constructor(type: string) {
    super(`it refers to ${type}`);
    this.type = type;
  }
}

export interface PickleOptions {
  /** Allowed functions and classes by `module.name`, and what each makes of its arguments. */
  makers: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>>;
  /** What a persistent id stands for. */
  persistent: (id: PickleValue) => PickleValue;
}

/** Limit on the number of opcodes, which bounds time and memory. */
const MAX_OPCODES = 2e6;

const MARK = Symbol('mark');

/**
 * Returns the value that a pickle of protocol 2 to 5 describes. Throws a `PickleTypeError` for a type that is not allowed, and
 * a `RangeError` for what is not a pickle.
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions): PickleValue {
  return new Unpickler(bytes, options).read();
}

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: PickleOptions;
  readonly #stack: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
  }

  read(): PickleValue {
    for (let count = 0; count < MAX_OPCODES; count++) {
      const opcode = String.fromCharCode(this.#byte());
      if (opcode === '.') return this.#pop();
      this.#step(opcode);
    }
    throw new RangeError('it has too many opcodes');
  }

  #step(opcode: string): void {
    const stack = this.#stack;
    switch (opcode) {
      case '\x80': // PROTO
        this.#byte();
        break;
      case '\x95': // FRAME
        this.#skip(8);
        break;
      case '(':
        stack.push(MARK);
        break;
      case '0':
        this.#pop();
        break;
      case '1':
        this.#popMark();
        break;
      case '2':
        stack.push(this.#top());
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'K':
        stack.push(this.#byte());
        break;
      case 'M':
        stack.push(this.#view.getUint16(this.#skip(2), true));
        break;
      case 'J':
        stack.push(this.#view.getInt32(this.#skip(4), true));
        break;
      case 'G':
        stack.push(this.#view.getFloat64(this.#skip(8)));
        break;
      case 'I': {
        const text = this.#line();
        stack.push(text === '00' ? false : text === '01' ? true : Number(text));
        break;
      }
      case 'F':
        stack.push(Number(this.#line()));
        break;
      case 'L':
        stack.push(Number(this.#line().replace(/L$/, '')));
        break;
      case '\x8a':
        stack.push(this.#long(this.#byte()));
        break;
      case '\x8b':
        stack.push(this.#long(this.#length(4)));
        break;
      case '\x8c':
        stack.push(this.#text(this.#byte()));
        break;
      case 'X':
        stack.push(this.#text(this.#length(4)));
        break;
      case '\x8d':
        stack.push(this.#text(this.#length(8)));
        break;
      case 'S':
      case 'V':
        stack.push(this.#line());
        break;
      case 'U':
        stack.push(this.#latin(this.#byte()));
        break;
      case 'T':
        stack.push(this.#latin(this.#length(4)));
        break;
      case 'C':
        stack.push(this.#data(this.#byte()));
        break;
      case 'B':
        stack.push(this.#data(this.#length(4)));
        break;
      case '\x8e':
      case '\x96':
        stack.push(this.#data(this.#length(8)));
        break;
      case ')':
      case ']':
        stack.push([]);
        break;
      case '}':
        stack.push(new Map());
        break;
      case '\x8f': // EMPTY_SET
        stack.push([]);
        break;
      case 't':
      case 'l':
      case '\x91': // FROZENSET
        stack.push(this.#popMark());
        break;
      case '\x85':
      case '\x86':
      case '\x87': {
        const count = opcode.charCodeAt(0) - 0x84;
        stack.push(Array.from({ length: count }, () => this.#pop()).reverse());
        break;
      }
      case 'd': {
        const items = this.#popMark();
        stack.push(this.#setItems(new Map(), items));
        break;
      }
      case 'a': {
        const value = this.#pop();
        this.#list().push(value);
        break;
      }
      case 'e':
      case '\x90': {
        // ADDITEMS, of a set
        const items = this.#popMark();
        const list = this.#list();
        for (const item of items) list.push(item);
        break;
      }
      case 's': {
        const value = this.#pop();
        const key = this.#pop();
        this.#setItems(this.#dict(), [key, value]);
        break;
      }
      case 'u': {
        const items = this.#popMark();
        this.#setItems(this.#dict(), items);
        break;
      }
      case 'q':
        this.#memo.set(this.#byte(), this.#top());
        break;
      case 'r':
        this.#memo.set(this.#length(4), this.#top());
        break;
      case 'p':
        this.#memo.set(Number(this.#line()), this.#top());
        break;
      case '\x94':
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case 'h':
        stack.push(this.#remembered(this.#byte()));
        break;
      case 'j':
        stack.push(this.#remembered(this.#length(4)));
        break;
      case 'g':
        stack.push(this.#remembered(Number(this.#line())));
        break;
      case 'c': {
        const module = this.#line();
        stack.push(this.#global(`${module}.${this.#line()}`));
        break;
      }
      case 'i': {
        // INST: makes an object with the arguments since the mark.
        const module = this.#line();
        const type = this.#global(`${module}.${this.#line()}`);
        stack.push(this.#make(type, this.#popMark()));
        break;
      }
      case '\x93': {
        const name = this.#pop();
        stack.push(this.#global(`${this.#pop()}.${name}`));
        break;
      }
      case 'R':
      case '\x81': {
        // REDUCE and NEWOBJ
        const args = this.#pop();
        stack.push(this.#make(this.#pop(), args));
        break;
      }
      case 'b': // BUILD: attributes of an object, such as the versions of a state dict's modules.
        this.#pop();
        break;
      case 'Q':
        stack.push(this.#options.persistent(this.#pop()));
        break;
      default:
        throw new RangeError(`it has the opcode 0x${opcode.charCodeAt(0).toString(16).padStart(2, '0')}`);
    }
  }

  #global(name: string): PickleGlobal {
    if (!Object.hasOwn(this.#options.makers, name)) throw new PickleTypeError(name);
    return new PickleGlobal(name);
  }

  #make(type: PickleValue, args: PickleValue): PickleValue {
    if (!(type instanceof PickleGlobal) || !Array.isArray(args)) throw new RangeError('it makes an object of a value');
    return this.#options.makers[type.name]!(args);
  }

  #setItems(map: Map<PickleValue, PickleValue>, items: readonly PickleValue[]): Map<PickleValue, PickleValue> {
    for (let index = 0; index + 1 < items.length; index += 2) map.set(items[index]!, items[index + 1]!);
    return map;
  }

  #list(): PickleValue[] {
    const top = this.#top();
    if (!Array.isArray(top)) throw new RangeError('it appends to something that is not a list');
    return top;
  }

  #dict(): Map<PickleValue, PickleValue> {
    const top = this.#top();
    if (!(top instanceof Map)) throw new RangeError('it sets items of something that is not a dictionary');
    return top;
  }

  #top(): PickleValue {
    const top = this.#stack.at(-1);
    if (top === undefined || top === MARK) throw new RangeError('its stack is empty');
    return top as PickleValue;
  }

  #pop(): PickleValue {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #popMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new RangeError('it has no mark');
    const items = this.#stack.splice(mark).slice(1);
    return items as PickleValue[];
  }

  #remembered(index: number): PickleValue {
    if (!this.#memo.has(index)) throw new RangeError('it refers to nothing');
    return this.#memo.get(index)!;
  }

  #skip(count: number): number {
    const at = this.#at;
    if (!(count >= 0 && at + count <= this.#bytes.length)) throw new RangeError('it is truncated');
    this.#at += count;
    return at;
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  #length(size: 4 | 8): number {
    const at = this.#skip(size);
    return size === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  #data(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#data(length));
  }

  #latin(length: number): string {
    return Buffer.from(this.#data(length)).toString('latin1');
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) throw new RangeError('it is truncated');
    const text = this.#latin(end - this.#at);
    this.#skip(1);
    return text;
  }

  /** A signed number of any size, little-endian. */
  #long(length: number): number | bigint {
    const data = this.#data(length);
    if (length > 64) throw new RangeError('it has a number of more than 64 bytes');
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) value = (value << 8n) | BigInt(data[index]!);
    const signed = length > 0 ? BigInt.asIntN(length * 8, value) : 0n;
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }
}
