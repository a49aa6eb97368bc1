import { ByteReader, ElfError, hex } from '../bytes';
import type { Location, Piece } from '../location';
import { OPTIMIZED_OUT } from '../location';
import { bytesOf, unsignedOf } from '../memory';
import type { ReadMemory } from '../memory';

/**
 * DWARF expressions and single location descriptions.
 * Source: DWARF 5, sections 2.5 and 2.6. The stack holds addresses of the target, 32 bits unsigned.
 */

export interface ExpressionContext {
  /** The value of a DWARF register in this frame; undefined when it is not known. */
  readonly register: (index: number) => number | undefined;
  readonly readMemory: ReadMemory;
  readonly littleEndian: boolean;
  /** Bytes of an address. */
  readonly addressSize: number;
  /** The frame base of the function, for DW_OP_fbreg. */
  readonly frameBase?: () => number | undefined;
  /** The canonical frame address, for DW_OP_call_frame_cfa. */
  readonly cfa?: () => number | undefined;
  /** An entry of .debug_addr, for DW_OP_addrx. */
  readonly address?: (index: number) => number;
  /** What the stack holds at the start: the CFA for a register rule's expression. */
  readonly initial?: readonly number[];
}

/** The value cannot be had here: a register or memory it needs is unknown, or the compiler removed it. */
class Unavailable extends Error {}

const STEP_LIMIT = 10_000;
const MASK = 0xffffffff;

/**
 * Evaluates an expression as a location description: an address, a register, a value or pieces.
 * @throws ElfError when the expression is malformed
 */
export function evaluateLocationExpression(bytes: Uint8Array, where: string, context: ExpressionContext): Location {
  if (bytes.length === 0) return OPTIMIZED_OUT;
  try {
    return new Machine(bytes, where, context).location();
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'unavailable', reason: error.message };
    throw error;
  }
}

/**
 * Evaluates an expression whose top of stack is the result, as in call frame information.
 * @returns undefined when a register or memory it needs is not known
 * @throws ElfError when the expression is malformed
 */
export function evaluateValueExpression(
  bytes: Uint8Array,
  where: string,
  context: ExpressionContext,
): number | undefined {
  try {
    return new Machine(bytes, where, context).value();
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

class Machine {
  private readonly reader: ByteReader;
  private readonly stack: number[];
  private readonly pieces: Piece[] = [];
  /** A register or value description that the last operation made; memory at the top of stack otherwise. */
  private described: Location | undefined;

  constructor(
    bytes: Uint8Array,
    private readonly where: string,
    private readonly context: ExpressionContext,
  ) {
    this.reader = new ByteReader(bytes, where, context.littleEndian);
    this.stack = [...(context.initial ?? [])];
  }

  value(): number {
    this.run();
    if (this.described?.kind === 'value') return unsignedOf(this.described.bytes) >>> 0;
    if (this.described) throw this.malformed('is a location where a value is needed');
    return this.pop();
  }

  location(): Location {
    this.run();
    if (this.pieces.length) return { kind: 'pieces', pieces: this.pieces };
    return this.current();
  }

  /** The simple location description that ends here. */
  private current(): Location {
    if (this.described) return this.described;
    if (!this.stack.length) return OPTIMIZED_OUT;
    return { kind: 'memory', address: this.pop() };
  }

  private malformed(problem: string): ElfError {
    return new ElfError(`the expression of ${this.where} ${problem} (offset ${hex(this.reader.pos)} in it)`);
  }

  private push(value: number): void {
    if (this.stack.length >= 1024) throw this.malformed('overflows its stack');
    this.stack.push(value >>> 0);
  }

  private pop(): number {
    const value = this.stack.pop();
    if (value === undefined) throw this.malformed('takes from an empty stack');
    return value;
  }

  private pick(index: number): number {
    const value = this.stack[this.stack.length - 1 - index];
    if (value === undefined) throw this.malformed('takes from an empty stack');
    return value;
  }

  private register(index: number): number {
    const value = this.context.register(index);
    if (value === undefined) throw new Unavailable(`register ${index} is not known in this frame`);
    return value;
  }

  private load(address: number, size: number): number {
    if (size < 1 || size > 8) throw this.malformed(`reads ${size} bytes`);
    const bytes = this.context.readMemory(address, size);
    if (!bytes) throw new Unavailable(`memory at ${hex(address)} cannot be read`);
    return unsignedOf(bytes) >>> 0;
  }

  private binary(operate: (left: number, right: number) => number): void {
    const right = this.pop();
    const left = this.pop();
    this.push(operate(left, right));
  }

  private run(): void {
    for (let steps = 0; !this.reader.done; steps++) {
      if (steps > STEP_LIMIT) throw this.malformed('does not end');
      this.step(this.reader.u8());
    }
  }

  private step(op: number): void {
    const { reader } = this;
    if (this.described && op !== 0x93 && op !== 0x9d && op !== 0x96) {
      throw this.malformed('goes on after a register or value');
    }
    if (op >= 0x30 && op <= 0x4f) return this.push(op - 0x30);
    if (op >= 0x50 && op <= 0x6f) {
      this.described = { kind: 'register', register: op - 0x50 };
      return;
    }
    if (op >= 0x70 && op <= 0x8f) {
      const offset = reader.sleb();
      return this.push(this.register(op - 0x70) + offset);
    }
    switch (op) {
      case 0x03: // addr
        return this.push(reader.unsigned(this.context.addressSize));
      case 0x06: // deref
        return this.push(this.load(this.pop(), this.context.addressSize));
      case 0x08: // const1u … consts
        return this.push(reader.u8());
      case 0x09:
        return this.push(reader.s8());
      case 0x0a:
        return this.push(reader.u16());
      case 0x0b:
        return this.push(reader.s16());
      case 0x0c:
        return this.push(reader.u32());
      case 0x0d:
        return this.push(reader.s32());
      case 0x0e:
        return this.push(Number(BigInt.asUintN(32, reader.u64())));
      case 0x0f:
        return this.push(Number(BigInt.asUintN(32, reader.s64())));
      case 0x10:
        return this.push(reader.uleb());
      case 0x11:
        return this.push(reader.sleb());
      case 0x12: // dup
        return this.push(this.pick(0));
      case 0x13: // drop
        this.pop();
        return;
      case 0x14: // over
        return this.push(this.pick(1));
      case 0x15: // pick
        return this.push(this.pick(reader.u8()));
      case 0x16: {
        // swap
        const [top, next] = [this.pop(), this.pop()];
        this.push(top);
        return this.push(next);
      }
      case 0x17: {
        // rot
        const [top, second, third] = [this.pop(), this.pop(), this.pop()];
        this.push(top);
        this.push(third);
        return this.push(second);
      }
      case 0x19: // abs
        return this.push(Math.abs(this.pop() | 0));
      case 0x1a:
        return this.binary((left, right) => left & right);
      case 0x1b: // div, signed
        return this.binary((left, right) => {
          if ((right | 0) === 0) throw this.malformed('divides by zero');
          return (left | 0) / (right | 0);
        });
      case 0x1c:
        return this.binary((left, right) => left - right);
      case 0x1d: // mod, unsigned
        return this.binary((left, right) => {
          if (right === 0) throw this.malformed('divides by zero');
          return left % right;
        });
      case 0x1e:
        return this.binary((left, right) => Math.imul(left, right));
      case 0x1f: // neg
        return this.push(-this.pop());
      case 0x20: // not
        return this.push(~this.pop());
      case 0x21:
        return this.binary((left, right) => left | right);
      case 0x22:
        return this.binary((left, right) => left + right);
      case 0x23: {
        // plus_uconst
        const value = this.pop();
        return this.push((value + reader.uleb()) % (MASK + 1));
      }
      case 0x24:
        return this.binary((left, right) => (right > 31 ? 0 : left << right));
      case 0x25:
        return this.binary((left, right) => (right > 31 ? 0 : left >>> right));
      case 0x26:
        return this.binary((left, right) => (left | 0) >> Math.min(right, 31));
      case 0x27:
        return this.binary((left, right) => left ^ right);
      case 0x28: {
        // bra
        const distance = reader.s16();
        if (this.pop() !== 0) reader.seek(reader.pos + distance);
        return;
      }
      case 0x29:
        return this.binary((left, right) => Number((left | 0) === (right | 0)));
      case 0x2a:
        return this.binary((left, right) => Number((left | 0) >= (right | 0)));
      case 0x2b:
        return this.binary((left, right) => Number((left | 0) > (right | 0)));
      case 0x2c:
        return this.binary((left, right) => Number((left | 0) <= (right | 0)));
      case 0x2d:
        return this.binary((left, right) => Number((left | 0) < (right | 0)));
      case 0x2e:
        return this.binary((left, right) => Number((left | 0) !== (right | 0)));
      case 0x2f: {
        // skip
        const distance = reader.s16();
        reader.seek(reader.pos + distance);
        return;
      }
      case 0x90: // regx
        this.described = { kind: 'register', register: reader.uleb() };
        return;
      case 0x91: {
        // fbreg
        const offset = reader.sleb();
        const base = this.context.frameBase?.();
        if (base === undefined) throw new Unavailable('the frame base is not known here');
        return this.push(base + offset);
      }
      case 0x92: {
        // bregx
        const index = reader.uleb();
        const offset = reader.sleb();
        return this.push(this.register(index) + offset);
      }
      case 0x93: // piece
        return this.piece(reader.uleb() * 8, 0);
      case 0x94: // deref_size
        return this.push(this.load(this.pop(), reader.u8()));
      case 0x96: // nop
        return;
      case 0x9c: {
        // call_frame_cfa
        const cfa = this.context.cfa?.();
        if (cfa === undefined) throw new Unavailable('the frame address is not known here');
        return this.push(cfa);
      }
      case 0x9d: {
        // bit_piece
        const bits = reader.uleb();
        return this.piece(bits, reader.uleb());
      }
      case 0x9e: // implicit_value
        this.described = { kind: 'value', bytes: reader.block(reader.uleb()) };
        return;
      case 0x9f: // stack_value
        this.described = { kind: 'value', bytes: bytesOf(this.pop(), 4) };
        return;
      case 0xa1: // addrx
      case 0xfb: // GNU_addr_index
        return this.push(this.indexed(reader.uleb()));
      case 0xa2: // constx
      case 0xfc:
        return this.push(this.indexed(reader.uleb()));
      case 0xa5: // regval_type
      case 0xf5: {
        const index = reader.uleb();
        reader.uleb();
        return this.push(this.register(index));
      }
      case 0xa6: // deref_type
      case 0xf6: {
        const size = reader.u8();
        reader.uleb();
        return this.push(this.load(this.pop(), size));
      }
      case 0xa3: // entry_value
      case 0xf3: // GNU_entry_value
        reader.skip(reader.uleb());
        throw new Unavailable('optimized out');
      case 0xa0: // implicit_pointer
      case 0xf2: // GNU_implicit_pointer
      case 0xa4: // const_type
      case 0xf4:
      case 0xa8: // convert
      case 0xf7:
      case 0xa9: // reinterpret
      case 0xf9:
      case 0xf0: // GNU_uninit
      case 0xfa: // GNU_parameter_ref
      case 0xfd: // GNU_variable_value
        throw new Unavailable('optimized out');
      case 0x97: // push_object_address
      case 0x9b: // form_tls_address
      case 0xe0: // GNU_push_tls_address
      case 0x98: // call2
      case 0x99: // call4
      case 0x9a: // call_ref
        throw new Unavailable(`its location uses operation ${hex(op)}, which is not supported`);
      default:
        throw this.malformed(`has the unknown operation ${hex(op)}`);
    }
  }

  private indexed(index: number): number {
    if (!this.context.address) throw this.malformed('uses an address index where there is no table');
    return this.context.address(index);
  }

  private piece(bits: number, offset: number): void {
    this.pieces.push({ bits, offset, location: this.current() });
    this.described = undefined;
  }
}
