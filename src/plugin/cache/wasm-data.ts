import { ENV_BASE, ENV_STRIDE, ENV_TLB, PAGE_BITS, PAGE_MASK, TLB_WORDS } from '../../tcg/layout';
import { LINE_ENTRY_BYTES, LINE_INVALID, MIN_LINE_BITS, type LineTable } from '../../tcg/line-table';
import { FunctionBuilder, type FunctionBody } from '../../tcg/wasm/function';
import { Op, Type } from '../../tcg/wasm/opcodes';
import { ADDEND, emitTlbEntry, PHYSICAL_PAGE, READ_TAG, WRITE_TAG } from '../../tcg/wasm/tlb';
import type { CoreCaches } from './core';
import { MissLevel } from './records';
import { Access } from './set-associative';
import { increment, shift } from './wasm-counts';
import { emitLookUp } from './wasm-look-up';
import { emitSecond, type SecondLevel } from './wasm-second';

/** What a function for data accesses is made for. */
export interface DataFunction {
  readonly core: Pick<CoreCaches, 'l1d' | 'l1dEntries'>;
  readonly second: SecondLevel | undefined;
  readonly table: LineTable;
  readonly isStore: boolean;
  readonly mmuIndex: number;
  /** Physical addresses [start, end) whose accesses are none for the model. */
  readonly leftOut: { readonly start: number; readonly end: number } | undefined;
  /** Byte offset of a word that is not 0 while someone listens to misses: then the function does nothing. */
  readonly listening: number;
}

const PARAMETERS = { record: 0, vaddr: 1, masked: 2, time: 3 } as const;
export const DATA_TYPE = { parameters: [Type.i32, Type.i32, Type.i32, Type.i64], results: [Type.i32] } as const;

/**
 * The body of a function for plugin_mem_filtered_cb: see FilteredFunction. Misses are what it is mostly called for, so it
 * calls nothing, but at its end.
 */
export function dataBody(made: DataFunction): FunctionBody {
  const f = new FunctionBuilder(DATA_TYPE.parameters.length);
  new DataEmitter(f, made).emit();
  return f.finish();
}

class DataEmitter {
  /** Byte offset of the TLB's entry from the first. */
  private readonly tlb: number;
  private readonly host: number;
  private readonly physical: number;
  /** Byte offset of the first entry in the TLB. */
  private readonly entries: number;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly made: DataFunction,
  ) {
    [this.tlb, this.host, this.physical] = [f.local(), f.local(), f.local()];
    const { table, mmuIndex } = made;
    this.entries = ENV_BASE + table.vcpu * ENV_STRIDE + 4 * (ENV_TLB + mmuIndex * TLB_WORDS);
  }

  emit(): void {
    const { f, made, host, physical } = this;
    const { isStore, leftOut, second } = made;
    const { l1d } = made.core;
    const kind = isStore ? Access.Store : Access.Load;
    this.refuse();
    this.locate();
    if (leftOut) {
      this.inRange(leftOut);
      f.if(false);
      f.i32Const(0);
      increment(f, l1d.layout.corrections + 8 * kind, -1);
      f.get(host);
      f.op(Op.return);
      f.end();
    }
    const line = f.local();
    f.get(physical);
    shift(f, -l1d.lineBits);
    f.set(line);
    emitLookUp(f, l1d, line, {
      time: PARAMETERS.time,
      misses: true,
      hit: (way) => {
        this.settle(way);
        f.get(host);
        f.op(Op.return);
      },
      missed: (way) => {
        this.settle(way);
        f.get(PARAMETERS.record);
        increment(f, 8 * MissLevel.L1d);
        f.i32Const(0);
        increment(f, l1d.layout.misses + 8 * kind);
        if (second) emitSecond(f, second, { record: PARAMETERS.record, address: physical, kind, result: host });
        else f.get(host);
      },
    });
  }

  /** Returns 0 where someone listens to misses, or the TLB lacks the page or a right to it. */
  private refuse(): void {
    const { f, made, tlb, entries } = this;
    const refused = (likely?: boolean): void => {
      f.if(likely);
      f.i32Const(0);
      f.op(Op.return);
      f.end();
    };
    f.i32Const(0);
    f.memory(Op.i32_load, 2, made.listening);
    refused(false);
    f.get(PARAMETERS.vaddr);
    emitTlbEntry(f);
    f.tee(tlb);
    f.memory(Op.i32_load, 2, entries + (made.isStore ? WRITE_TAG : READ_TAG));
    // Of the bits below a line's only those are left that the access's alignment wants to be 0.
    f.get(PARAMETERS.masked);
    f.i32Const(PAGE_MASK | ((1 << (MIN_LINE_BITS - 1)) - 1));
    f.op(Op.i32_and);
    f.op(Op.i32_ne);
    refused(false);
  }

  /** Sets where the access lies, in host memory and in the guest's. */
  private locate(): void {
    const { f, tlb, host, physical, entries } = this;
    f.get(PARAMETERS.vaddr);
    f.get(tlb);
    f.memory(Op.i32_load, 2, entries + ADDEND);
    f.op(Op.i32_add);
    f.set(host);
    f.get(tlb);
    f.memory(Op.i32_load, 2, entries + PHYSICAL_PAGE);
    shift(f, PAGE_BITS);
    f.get(PARAMETERS.vaddr);
    f.i32Const(~PAGE_MASK);
    f.op(Op.i32_and);
    f.op(Op.i32_or);
    f.set(physical);
  }

  private inRange({ start, end }: { readonly start: number; readonly end: number }): void {
    const { f, physical } = this;
    f.get(physical);
    f.i32Const(start | 0);
    f.op(Op.i32_sub);
    f.i32Const((end - start) | 0);
    f.op(Op.i32_lt_u);
  }

  /** Emits what {@link LineEntries.settle} does. */
  private settle(way: number): void {
    const { f, made } = this;
    const { leftOut } = made;
    const { l1d, l1dEntries } = made.core;
    f.get(way);
    f.memory(Op.i32_load, 2, l1dEntries.offset);
    f.i64Const(BigInt(LINE_INVALID));
    f.memory(Op.i64_store, 3, 0);
    if (!leftOut) {
      this.note(way);
      return;
    }
    // A line that lies partly in what is left out does not go into the table.
    const { lineSize } = l1d.geometry;
    const start = Math.max(0, leftOut.start - (leftOut.start % lineSize));
    this.inRange({ start, end: Math.ceil(leftOut.end / lineSize) * lineSize });
    f.if(false);
    f.get(way);
    f.i32Const(l1dEntries.nowhere);
    f.memory(Op.i32_store, 2, l1dEntries.offset);
    f.else();
    this.note(way);
    f.end();
  }

  /** Emits what {@link LineTable.note} does. Each word is stored by itself, so that one does not wait for another. */
  private note(way: number): void {
    const { f, made, tlb, entries } = this;
    const { table, mmuIndex } = made;
    const { l1d, l1dEntries } = made.core;
    const [entry, distance] = [f.local(), f.local(Type.i64)];
    const part = table.offset + mmuIndex * table.stride;
    f.get(PARAMETERS.vaddr);
    shift(f, Math.log2(LINE_ENTRY_BYTES) - table.lineBits);
    f.i32Const(table.mask * LINE_ENTRY_BYTES);
    f.op(Op.i32_and);
    f.set(entry);
    // The TLB's tags and the line's distance from the page's start; an invalid one stays invalid.
    f.get(PARAMETERS.vaddr);
    f.i32Const(~PAGE_MASK & (-1 << table.lineBits));
    f.op(Op.i32_and);
    f.op(Op.i64_extend_i32_u);
    f.set(distance);
    f.get(entry);
    f.get(tlb);
    f.memory(Op.i64_load, 3, entries);
    f.get(distance);
    f.op(Op.i64_or);
    f.get(distance);
    f.i64Const(32n);
    f.op(Op.i64_shl);
    f.op(Op.i64_or);
    f.memory(Op.i64_store, 3, part);
    f.get(entry);
    f.get(tlb);
    f.memory(Op.i32_load, 2, entries + ADDEND);
    f.memory(Op.i32_store, 2, part + 8);
    const { clock, times } = l1d.layout;
    if (clock !== undefined) {
      f.get(entry);
      f.get(way);
      shift(f, 1);
      f.i32Const(times);
      f.op(Op.i32_add);
      f.memory(Op.i32_store, 2, part + 12);
    }
    f.get(way);
    f.get(entry);
    f.i32Const(part);
    f.op(Op.i32_add);
    f.memory(Op.i32_store, 2, l1dEntries.offset);
  }
}
