import type { BlockFilter } from '../tcg/instrument';
import type { TranslatedBlock } from '../tcg/translator';
import type { CallbackTable, ExecEntry, MemEntry } from './callback-table';
import type { ContributedKind } from './contributions';
import type { InsnSource } from './host';
import type { DebugPlan } from './inject';
import { MEM_R, MEM_W, memIsStore, memSizeShift } from './meminfo';
import type { TcgCacheMiss } from 'qemu-plugin';

export type CallbackKind =
  | 'tb_trans'
  | 'tb_exec'
  | 'insn_exec'
  | 'mem_read'
  | 'mem_write'
  | 'l1i_miss'
  | 'l1d_miss'
  | 'l2_miss'
  | 'syscall'
  | 'exit'
  | ContributedKind;

/** Unsigned addresses, end exclusive. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** A place in the stream of plugin callbacks that someone wants to be told of. */
export interface CallbackBreakpoint {
  readonly id: number;
  readonly kind: CallbackKind;
  /**
   * Where it applies; everywhere if absent. For `insn_exec` and `syscall` the instruction's address, for the `tb_` kinds any
   * byte of the block, for `mem_` kinds any byte of the access, for misses the address that missed.
   */
  readonly ranges?: readonly AddressRange[];
}

/** Kinds whose operations stand in the blocks that their ranges lie in. */
const PLACED_KINDS: readonly CallbackKind[] = ['tb_exec', 'insn_exec', 'syscall'];
const EVERYWHERE: AddressRange = { start: 0, end: 2 ** 32 };

/** What happened. */
export interface CallbackHit {
  /** The breakpoint's. */
  readonly id: number;
  readonly kind: CallbackKind;
  readonly vcpu: number;
  /** Virtual address of the instruction, or of the block for the `tb_` kinds; 0 for `exit`. */
  readonly pc: number;
  /** For accesses the virtual address; for misses the address that missed. */
  readonly address?: number;
  /** Bytes of the block or the access. */
  readonly size?: number;
  /** For misses: what missed. */
  readonly access?: 'load' | 'store' | 'fetch';
  /** For kinds that plugins contribute: what happened, in their words. */
  readonly text?: string;
}

/** Told of each hit; true stops the machine. Conditions, hit counts and log messages are the listener's affair. */
export type CallbackListener = (hit: CallbackHit) => boolean;

/** A hit before it is known whose it is. */
type Event = Omit<CallbackHit, 'id'>;

/** The debugger's own use of the callbacks. Where no breakpoint of a kind is set nothing is inserted for it. */
export class CallbackBreakpoints {
  private armed = new Map<CallbackKind, readonly CallbackBreakpoint[]>();
  private readonly execNumbers = new Map<string, number>();
  private readonly memNumbers = new Map<number, number>();

  constructor(
    private readonly exec: CallbackTable<ExecEntry>,
    private readonly mem: CallbackTable<MemEntry>,
    private readonly isSyscall: (insn: InsnSource) => boolean,
    private readonly listener: () => CallbackListener | undefined,
    /** The machine is to stop at the next chance. */
    private readonly stop: (hit: CallbackHit) => void,
  ) {}

  /** Replaces all breakpoints. Returns which blocks need other operations now, undefined if none does. */
  set(breakpoints: readonly CallbackBreakpoint[]): BlockFilter | undefined {
    const before = { everywhere: this.everywhere, placed: this.placed() };
    const kinds = new Set(breakpoints.map(({ kind }) => kind));
    this.armed = new Map([...kinds].map((kind) => [kind, breakpoints.filter((b) => b.kind === kind)]));
    const { everywhere } = this;
    const placed = this.placed();
    if (everywhere !== before.everywhere) return () => true;
    const changed = [...before.placed, ...placed]
      .filter(([spec]) => before.placed.has(spec) !== placed.has(spec))
      .flatMap(([, ranges]) => ranges);
    if (!changed.length) return undefined;
    return ({ pc, size }) => changed.some(({ start, end }) => pc < end && pc + size > start);
  }

  /** What has operations in all blocks. */
  private get everywhere(): string {
    return [this.has('mem_read'), this.has('mem_write'), this.wantsMisses].join();
  }

  /** The ranges of code in which breakpoints have operations, by what says the same of another breakpoint. */
  private placed(): Map<string, readonly AddressRange[]> {
    const armed = PLACED_KINDS.flatMap((kind) => this.armed.get(kind) ?? []);
    return new Map(armed.map(({ kind, ranges = [EVERYWHERE] }) => [JSON.stringify([kind, ranges]), ranges]));
  }

  get areSet(): boolean {
    return this.armed.size > 0;
  }

  has(kind: CallbackKind): boolean {
    return this.armed.has(kind);
  }

  get wantsMisses(): boolean {
    return this.has('l1i_miss') || this.has('l1d_miss') || this.has('l2_miss');
  }

  /** Tells the listener of an event, once for each breakpoint that it hits. */
  report(event: Event): void {
    const from = event.address ?? event.pc;
    const to = from + (event.size ?? 1);
    for (const breakpoint of this.armed.get(event.kind) ?? []) {
      if (!within(breakpoint, from, to)) continue;
      const hit: CallbackHit = { ...event, id: breakpoint.id };
      if (this.listener()?.(hit)) this.stop(hit);
    }
  }

  reportMiss(miss: TcgCacheMiss): void {
    const { vcpu, pc, address } = miss;
    this.report({ kind: `${miss.level}_miss`, vcpu, pc, address, size: 1, access: miss.kind });
  }

  reportTranslation(block: TranslatedBlock, vcpu: number): void {
    if (this.has('tb_trans')) this.report({ kind: 'tb_trans', vcpu, pc: block.pc, size: block.size });
  }

  /** The operations that the breakpoints need in the block, or undefined if none. */
  plan(block: TranslatedBlock): DebugPlan | undefined {
    const { tb_exec, insn_exec, syscall, mem_read, mem_write } = Object.fromEntries(this.armed) as Partial<
      Record<CallbackKind, readonly CallbackBreakpoint[]>
    >;
    const { wantsMisses } = this;
    if (!tb_exec && !insn_exec && !syscall && !mem_read && !mem_write && !wantsMisses) return undefined;
    const exec = new Map<number, number[]>();
    const mem = new Map<number, { index: number; rw: number }[]>();
    const rw = (mem_read ? MEM_R : 0) | (mem_write ? MEM_W : 0);
    const covers = (armed: readonly CallbackBreakpoint[] | undefined, from: number, size: number): boolean =>
      armed?.some((breakpoint) => within(breakpoint, from, from + size)) ?? false;
    block.insns.forEach((insn, i) => {
      const numbers: number[] = [];
      if (i === 0 && covers(tb_exec, block.pc, block.size))
        numbers.push(this.execNumber('tb_exec', block.pc, block.size));
      if (covers(insn_exec, insn.vaddr, 1)) numbers.push(this.execNumber('insn_exec', insn.vaddr));
      if (covers(syscall, insn.vaddr, 1) && this.isSyscall(insn)) {
        numbers.push(this.execNumber('syscall', insn.vaddr));
      }
      if (numbers.length) exec.set(i, numbers);
      if (rw) mem.set(i, [{ index: this.memNumber(insn.vaddr), rw }]);
    });
    return exec.size || mem.size || wantsMisses ? { exec, mem, wantsMisses } : undefined;
  }

  /** Numbers are kept for good: a block that still runs may hold one after the breakpoint is gone, when it reports nothing. */
  private execNumber(kind: CallbackKind, pc: number, size?: number): number {
    const key = `${kind} ${pc} ${size}`;
    let number = this.execNumbers.get(key);
    if (number === undefined) {
      const callback = (vcpu: number): void => this.report({ kind, vcpu, pc, ...(size === undefined ? {} : { size }) });
      number = this.exec.add({ plugin: null, name: kind, callback, flags: 1, userdata: undefined });
      this.execNumbers.set(key, number);
    }
    return number;
  }

  private memNumber(pc: number): number {
    let number = this.memNumbers.get(pc);
    if (number === undefined) {
      const callback = (vcpu: number, info: number, address: number): void => {
        const kind = memIsStore(info) ? 'mem_write' : 'mem_read';
        if (this.has(kind)) this.report({ kind, vcpu, pc, address, size: 1 << memSizeShift(info) });
      };
      number = this.mem.add({ plugin: null, callback, flags: 1, userdata: undefined });
      this.memNumbers.set(pc, number);
    }
    return number;
  }
}

function within(breakpoint: CallbackBreakpoint, from: number, to: number): boolean {
  return breakpoint.ranges?.some(({ start, end }) => from < end && to > start) ?? true;
}
