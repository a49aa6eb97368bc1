import { AccessType, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { PluginRuntime } from '../tcg/instrument';
import { InterpreterExit, type HostMemory, type Interpreter } from '../tcg/interp';
import {
  CONTROL_BASE,
  Control,
  ENV_JUMP_CACHE,
  JUMP_CACHE_BITS,
  JUMP_CACHE_ENTRY_WORDS,
  PAGE_BITS,
  TierWord,
} from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { MemOp } from '../tcg/memop';
import type { CounterAdd } from '../tcg/wasm/counters';
import type { GuestFacts } from '../tcg/wasm/block-nodes';
import { compileBatch, exportName, keyOf } from '../tcg/wasm/batch';
import { LinkCheck } from '../tcg/wasm/direct-callback';
import type { WasmHost, WasmValue } from '../tcg/wasm/host';
import { SlowAccess, Status, type HandOver } from '../tcg/wasm/linkage';
import type { BlockKey } from '../tcg/wasm/node';
import { collectRegion, isCompilable, type FindBlock, type Region } from '../tcg/wasm/region';
import { createRuntime, jumpCacheEntry, type Runtime } from '../tcg/wasm/runtime';
import type { FlatRam } from './flat-ram';
import type { VcpuSoftMmu } from './softmmu';

/** How the tier decides what to compile. */
export interface TierPolicy {
  /** How often a block is executed without being translated. */
  readonly direct: number;
  /** How often the interpreter enters a block before it is compiled. */
  readonly threshold: number;
  /** Hot blocks that are compiled together; fewer when a run begins. */
  readonly batch: number;
  /** Functions and sites that are kept; beyond, all are dropped and what is hot is compiled anew. */
  readonly maxFunctions: number;
  readonly maxSites: number;
}

export const TIER_POLICIES: Readonly<Record<'auto' | 'wasm', TierPolicy>> = {
  auto: { direct: 2, threshold: 60, batch: 16, maxFunctions: 6_000, maxSites: 1_000_000 },
  wasm: { direct: 0, threshold: 0, batch: 1, maxFunctions: 6_000, maxSites: 1_000_000 },
};

/** What a unit of compilation made: the functions of one module. They call each other, so they are dropped together. */
interface Unit {
  readonly regions: readonly Region[];
  readonly blocks: ReadonlySet<TranslationBlock>;
  readonly functions: readonly WasmValue[];
  /** The pages that the code was read from: virtual to physical page number. */
  readonly pages: ReadonlyMap<number, number>;
  valid: boolean;
  /** Its functions are in the table. */
  linked: boolean;
}

/** What the tier has done since it was made. */
export interface TierStatistics {
  compilations: number;
  functions: number;
  instructions: number;
  bytes: number;
  /** What emitting them and the host's part took. */
  milliseconds: number;
  generations: number;
  invalidated: number;
}

export interface TierServices {
  readonly cpu: GuestCpu;
  readonly memory: HostMemory;
  readonly interpreter: Interpreter;
  readonly softmmu: VcpuSoftMmu;
  readonly runtime: PluginRuntime;
  /** The block for pc and flags under the current mapping, if it has been translated. */
  readonly find: FindBlock;
  /** The little-endian value of 1, 2 or 4 bytes of memory at an unsigned virtual address; undefined where there is none. */
  readonly read: (address: number, size: 1 | 2 | 4) => number | undefined;
  /** RAM that compiled code reaches directly while addresses are physical ones. */
  readonly flat: FlatRam | undefined;
}

type Wish = 'none' | 'stop' | 'stopAfterInstruction' | 'interrupt' | 'exit' | 'device' | 'endWithBlock';

const PLUGIN_WORD = CONTROL_BASE / 4 + Control.PluginInCallback;
const STOP_WORD = CONTROL_BASE / 4 + Control.StopRequest;
const MAX_LEFT = 0x7fffffff;
const NO_SLOT = -1;
/** How much more often than others a block must be entered to have a function that begins with it, when others contain it. */
const INNER_PATIENCE = 32;
/** After so many changes the wait is not doubled any more. */
const MAX_CHANGES = 16;
const MAX_CHANGING_BLOCKS = 4096;

/**
 * Tier 1 of one vCPU: compiles hot blocks to WebAssembly and runs them. Compiled code does exactly what the interpreter
 * does; where it meets what it cannot do, it hands over to the interpreter in the middle of a block.
 */
export class WasmTier {
  readonly statistics: TierStatistics = {
    compilations: 0,
    functions: 0,
    instructions: 0,
    bytes: 0,
    milliseconds: 0,
    generations: 0,
    invalidated: 0,
  };
  private readonly facts: GuestFacts;
  /** The shared memory as plugins' counters. */
  private readonly counters: BigUint64Array;
  /** Byte offset of TierWord.Value in the shared memory. */
  private readonly valueOffset: number;
  private readonly runtime: Runtime;
  private readonly imports: Record<string, WasmValue>;
  private queue: TranslationBlock[] = [];
  private readonly units = new Map<TranslationBlock, Set<Unit>>();
  private readonly heads = new Map<TranslationBlock, Unit>();
  /** Blocks in the middle of functions that were entered there often. */
  private readonly entered = new WeakSet<TranslationBlock>();
  /** How many instructions must be left for a head's function to be entered. */
  private readonly budgets = new Map<TranslationBlock, number>();
  /** Units that lead to blocks that they do not have, by what names the block. */
  private readonly lacking = new Map<number, Set<Unit>>();
  private linked = new Set<Unit>();
  /** How often compiled code of a block was dropped because the block was. */
  private readonly changes = new Map<number, number>();
  private readonly slots = new Map<number, number>();
  private handOvers: HandOver[] = [];
  private functions = 0;
  /** Whether what is compiled takes addresses for physical ones. */
  private isFlat = false;
  /** What a callback asked for while compiled code ran. */
  private wish: Wish = 'none';
  /** Behind the call of a helper that has thrown. */
  private thrownBy: HandOver | undefined;
  /** The part of the budget that does not fit TierWord.Left. */
  private beyond = 0;
  /** Compiled code runs. */
  private isInside = false;

  constructor(
    private readonly services: TierServices,
    private readonly host: WasmHost,
    private readonly policy: TierPolicy,
  ) {
    this.facts = {
      ...factsOf(services, new LinkCheck(host)),
      jumpTable: (tb) => services.cpu.jumpTable(tb, services.read),
      hasFunction: (tb) => this.heads.has(tb),
    };
    const { buffer } = services.memory;
    this.counters = new BigUint64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
    this.valueOffset = services.cpu.env.byteOffset + 4 * TierWord.Value;
    this.runtime = createRuntime(host, this.facts);
    this.imports = {
      memory: host.memory,
      load: (address: number, memop: number) => this.load(address, memop),
      store: (address: number, memop: number, low: number, high: number) => this.store(address, memop, low, high),
      execCallback: this.execCallback.bind(this),
      afterCallback: this.afterCallback.bind(this),
      memCallback: this.memCallback.bind(this),
      systemCall: this.systemCall.bind(this),
      callSlot: this.runtime.callSlot,
      callState: this.runtime.callState,
    };
    this.clearJumpCache();
    this.isFlat = this.wantsFlat();
  }

  /** Sees a freshly translated block. Where code keeps changing, it must be executed more often to be compiled. */
  added(tb: TranslationBlock): void {
    const changes = this.changes.get(keyOf(tb)) ?? 0;
    tb.heat = this.policy.threshold + 2 ** Math.min(changes, MAX_CHANGES) - 1;
  }

  /** Compiles what has become hot; call where no compiled code runs. */
  compileHot(): void {
    if (this.queue.length) this.compile();
  }

  /**
   * Runs compiled code from the start of `tb`, which is the block for the state. Undefined when there is none, or the
   * budget ends within the block: then the interpreter is to run it.
   */
  run(tb: TranslationBlock): InterpreterExit | undefined {
    if (tb.heat > 0 && --tb.heat > 0) return undefined;
    const unit = this.heads.get(tb) ?? this.request(tb);
    if (!unit) return undefined;
    tb.heat = 0;
    const { interpreter } = this.services;
    if (interpreter.left < (this.budgets.get(tb) ?? 0)) return undefined;
    if (!unit.linked && !this.link(unit)) {
      tb.heat = this.policy.threshold;
      return undefined;
    }
    return this.enter(this.slotOf(tb));
  }

  private enter(slot: number): InterpreterExit {
    const { interpreter, cpu } = this.services;
    const { env } = cpu;
    this.wish = 'none';
    this.beyond = Math.max(0, interpreter.left - MAX_LEFT);
    env[TierWord.Left] = interpreter.left - this.beyond;
    const status = this.call(slot);
    const wish = this.takeWish(status);
    if (status === Status.Interpret && (wish === 'device' || wish === 'endWithBlock')) {
      // The budget is what the device's access has made of it.
      const { tb, at, ahead } = this.handOvers[env[TierWord.Site]];
      this.takeBack(ahead);
      if (wish === 'endWithBlock') interpreter.endWithBlock(tb, at);
      return interpreter.execute(tb, at, false);
    }
    interpreter.left = env[TierWord.Left] + this.beyond;
    if (status === Status.Lookup) {
      interpreter.link = -1;
      return InterpreterExit.Lookup;
    }
    if (status === Status.MainLoop) return InterpreterExit.MainLoop;
    const { tb, at, refund, ahead } = this.thrownBy ?? this.handOvers[env[TierWord.Site]];
    this.thrownBy = undefined;
    this.takeBack(ahead);
    interpreter.left += refund;
    switch (wish) {
      case 'stop':
        return interpreter.stopBehindCallback(tb, at);
      case 'exit':
        return interpreter.leftByException(tb, at);
      case 'stopAfterInstruction':
        interpreter.stopAfterInstruction = true;
        interpreter.withholdAll();
        break;
      case 'interrupt':
        interpreter.interrupted = true;
        interpreter.withholdAll();
        break;
    }
    return interpreter.execute(tb, at, false);
  }

  /** Counters were added to for operations that the interpreter executes now. */
  private takeBack(ahead: readonly CounterAdd[]): void {
    for (const { offset, value } of ahead) this.counters[offset >>> 3] -= value;
  }

  private call(slot: number): Status {
    this.isInside = true;
    try {
      return this.runtime.enter(slot);
    } catch (thrown) {
      return this.unwound(thrown);
    } finally {
      this.isInside = false;
    }
  }

  /** A plugin's function in WebAssembly has thrown: all that compiled code had in locals was written before. */
  private unwound(thrown: unknown): Status {
    const { cpu, memory, runtime } = this.services;
    const { env, pcSlot, auxSlot } = cpu;
    const { behind, refund } = this.handOvers[env[TierWord.Site]] ?? {};
    if (!behind || memory.i32[PLUGIN_WORD] === 0) throw thrown;
    memory.i32[PLUGIN_WORD] = 0;
    env[TierWord.Left] -= refund;
    if (behind.flags !== 0 && behind.place !== 'after') {
      env[pcSlot] = env[TierWord.SavedPc];
      env[auxSlot] = env[TierWord.SavedAux];
    }
    runtime.callbackThrew(behind.kind, behind.index, thrown);
    return Status.Interpret;
  }

  /** What the callback asked for that compiled code was left behind. */
  private takeWish(status: Status): Wish {
    const { cpu, runtime, interpreter, memory } = this.services;
    if (this.wish !== 'none' || status !== Status.Interpret) return this.wish;
    const { behind } = this.handOvers[cpu.env[TierWord.Site]];
    if (!behind) return 'none';
    if (runtime.wantsStop) return behind.place === 'before' ? 'stop' : 'stopAfterInstruction';
    return interpreter.interrupted || memory.i32[STOP_WORD] !== 0 ? 'interrupt' : 'none';
  }

  /** A callback may ask how many instructions have run while compiled code is counting them. */
  publishLeft(): void {
    if (this.isInside && this.services.memory.i32[PLUGIN_WORD] !== 0) this.showLeft();
  }

  // What compiled code calls. -----------------------------------------------------------------------------------------

  private load(address: number, memop: number): SlowAccess {
    const { softmmu } = this.services;
    if (softmmu.tryLoad(address, memop, this.valueOffset)) return SlowAccess.Done;
    const left = this.showLeft();
    return softmmu.tryDeviceLoad(address, memop, this.valueOffset) ? this.behindDevice(left) : SlowAccess.Refused;
  }

  private store(address: number, memop: number, low: number, high: number): SlowAccess {
    const { softmmu, cpu, interpreter } = this.services;
    cpu.env[TierWord.Value] = low;
    if ((memop & MemOp.SIZE) === MemOp.UQ) cpu.env[TierWord.ValueHigh] = high;
    if (softmmu.tryStore(address, memop, this.valueOffset)) return SlowAccess.Done;
    const left = this.showLeft();
    if (!softmmu.tryDeviceStore(address, memop, low)) return SlowAccess.Refused;
    if (!interpreter.interrupted) return this.behindDevice(left);
    this.wish = 'endWithBlock';
    return SlowAccess.DoneAndLeave;
  }

  /** A device was accessed, when `left` instructions were left: that may have cut the budget. */
  private behindDevice(left: number): SlowAccess {
    if (this.services.interpreter.left === left) return SlowAccess.Done;
    this.wish = 'device';
    return SlowAccess.DoneAndLeave;
  }

  /** A helper may throw, and drop everything compiled: where it was called from is taken before. */
  private systemCall(site: number, helper: number, a: number, b: number, c: number, d: number): number {
    const { cpu } = this.services;
    const from = this.handOvers[site];
    this.showLeft();
    try {
      cpu.env[TierWord.Value] = cpu.helpers[helper](a, b, c, d);
      return 0;
    } catch (thrown) {
      this.thrownBy = from;
      return this.caught(thrown);
    }
  }

  private execCallback(index: number, flags: number, pc: number, aux: number): number {
    const { cpu, runtime } = this.services;
    if (flags !== 0) return this.callback(flags, pc, aux, 'stop', () => runtime.execCallback(cpu.index, index));
    this.showLeft();
    try {
      if (runtime.execCallback(cpu.index, index)) return this.leaveFor('stop');
    } catch (thrown) {
      return this.caught(thrown);
    }
    return this.checkInterrupt();
  }

  /** pc and aux are those of the next instruction already. */
  private afterCallback(index: number): number {
    const { cpu, runtime } = this.services;
    return this.callback(0, 0, 0, 'stopAfterInstruction', () => runtime.execCallback(cpu.index, index));
  }

  private memCallback(
    index: number,
    flags: number,
    pc: number,
    aux: number,
    address: number,
    memop: number,
    rw: number,
  ): number {
    const { cpu, runtime } = this.services;
    if (flags !== 0) {
      return this.callback(flags, pc, aux, 'stopAfterInstruction', () =>
        runtime.memCallback(cpu.index, index, address, memop, rw),
      );
    }
    this.showLeft();
    try {
      if (runtime.memCallback(cpu.index, index, address, memop, rw)) return this.leaveFor('stopAfterInstruction');
    } catch (thrown) {
      return this.caught(thrown);
    }
    return this.checkInterrupt();
  }

  /** Callbacks and devices may ask how many instructions have run, which says how many are left. */
  private showLeft(): number {
    const { interpreter, cpu } = this.services;
    return (interpreter.left = cpu.env[TierWord.Left] + this.beyond);
  }

  private caught(thrown: unknown): number {
    if (!(thrown instanceof CpuLoopExit)) throw thrown;
    this.services.interpreter.exit = thrown;
    return this.leaveFor('exit');
  }

  /** Runs a callback that sees the instruction's pc, if it wants to. */
  private callback(flags: number, pc: number, aux: number, stop: Wish, call: () => boolean): number {
    const { env, pcSlot, auxSlot } = this.services.cpu;
    this.showLeft();
    const before = { pc: env[pcSlot], aux: env[auxSlot] };
    if (flags) {
      env[pcSlot] = pc;
      env[auxSlot] = aux;
    }
    try {
      if (call()) return this.leaveFor(stop);
    } catch (thrown) {
      return this.caught(thrown);
    } finally {
      if (flags) {
        env[pcSlot] = before.pc;
        env[auxSlot] = before.aux;
      }
    }
    return this.checkInterrupt();
  }

  private checkInterrupt(): number {
    const { interpreter, memory } = this.services;
    return interpreter.interrupted || memory.i32[STOP_WORD] !== 0 ? this.leaveFor('interrupt') : 0;
  }

  private leaveFor(wish: Wish): number {
    this.wish = wish;
    return 1;
  }

  // Compilation. ------------------------------------------------------------------------------------------------------

  private request(tb: TranslationBlock): Unit | undefined {
    tb.heat = this.policy.threshold;
    if (!isCompilable(tb)) return undefined;
    if (this.units.has(tb) && !this.entered.has(tb)) {
      this.entered.add(tb);
      tb.heat = this.policy.threshold * INNER_PATIENCE;
      if (tb.heat > 0) return undefined;
    }
    // Queued: it is not to ask again.
    tb.heat = Infinity;
    this.queue.push(tb);
    this.complete(tb);
    if (this.queue.length < this.policy.batch) return undefined;
    this.compile();
    return this.heads.get(tb);
  }

  private takeQueue(): readonly TranslationBlock[] {
    const { queue } = this;
    this.queue = [];
    for (const tb of queue) tb.heat = this.policy.threshold;
    return queue;
  }

  /**
   * Functions that lead to `tb` and were compiled before it was translated are compiled anew, with it. Until then, and where
   * functions of their module call them, they do what they did.
   */
  private complete(tb: TranslationBlock): void {
    const key = keyOf(tb);
    for (const unit of this.lacking.get(key) ?? []) {
      for (const { head, missing } of unit.regions) {
        if (this.heads.get(head) !== unit || !missing.some((lacking) => keyOf(lacking) === key)) continue;
        this.heads.delete(head);
        this.budgets.delete(head);
        head.heat = Math.min(head.heat, 0);
      }
    }
    this.lacking.delete(key);
  }

  /** Whether another unit has a newer function for the head. */
  private isReplaced(unit: Unit, head: TranslationBlock): boolean {
    const owner = this.heads.get(head);
    return owner !== undefined && owner !== unit;
  }

  private compile(): void {
    const began = this.host.now();
    this.compileQueue();
    this.statistics.milliseconds += this.host.now() - began;
  }

  private compileQueue(): void {
    if (this.functions > this.policy.maxFunctions || this.handOvers.length > this.policy.maxSites) this.flush();
    const queue = this.takeQueue().filter((tb) => isCompilable(tb) && !this.heads.has(tb));
    const covered = new Set<TranslationBlock>();
    const regions: Region[] = [];
    for (const tb of queue) {
      // Compiled with another one: only if it is entered from outside often does it get a function of its own.
      if (covered.has(tb) || this.services.find(tb) !== tb) continue;
      const region = collectRegion(tb, this.facts, this.services.find);
      regions.push(region);
      for (const block of region.blocks) covered.add(block);
    }
    if (regions.length) this.build(regions, covered);
  }

  private wantsFlat(): boolean {
    return this.services.flat !== undefined && this.services.cpu.isIdentityMapped();
  }

  private build(regions: readonly Region[], blocks: ReadonlySet<TranslationBlock>): void {
    const { services, host, statistics } = this;
    const batch = compileBatch(regions, this.facts, {
      memoryPages: host.memoryPages,
      flat: this.isFlat ? services.flat : undefined,
      slot: (key) => this.slotOf(key),
      site: (handOver) => this.handOvers.push(handOver) - 1,
    });
    const helper = Object.fromEntries(batch.helpers.map((index) => [String(index), services.cpu.helpers[index]]));
    const filtered = Object.fromEntries(batch.filtered.map((value, i) => [String(i), value]));
    const callback = Object.fromEntries(batch.callbacks.map((value, i) => [String(i), value]));
    const exports = host.instantiate(batch.bytes, { env: this.imports, helper, filtered, callback });
    const pages = new Map<number, number>();
    for (const tb of blocks) {
      const first = tb.pc >>> PAGE_BITS;
      tb.pages.forEach((page, i) => pages.set((first + i) & (0xffffffff >>> PAGE_BITS), page));
    }
    const unit: Unit = {
      regions,
      blocks,
      functions: regions.map((_, i) => exports[exportName(i)]),
      pages,
      valid: true,
      linked: false,
    };
    for (const tb of blocks) {
      add(this.units, tb, unit);
    }
    for (const [i, { head, missing }] of regions.entries()) {
      this.heads.set(head, unit);
      this.budgets.set(head, batch.budgets[i]);
      head.heat = 0;
      for (const key of missing) add(this.lacking, keyOf(key), unit);
    }
    this.insert(unit);
    this.functions += regions.length;
    statistics.compilations++;
    statistics.functions += regions.length;
    statistics.bytes += batch.bytes.length;
    for (const { blocks: parts } of regions) for (const tb of parts) statistics.instructions += tb.insnStarts.length;
  }

  private slotOf(key: BlockKey): number {
    const number = keyOf(key);
    let slot = this.slots.get(number);
    if (slot === undefined) {
      slot = this.slots.size;
      this.slots.set(number, slot);
      const { table, stub } = this.runtime;
      if (slot >= table.length) {
        const before = table.grow(table.length);
        for (let i = before; i < table.length; i++) table.set(i, stub);
      }
    }
    return slot;
  }

  /** Puts a unit's functions into the table. */
  private insert(unit: Unit): void {
    const { env } = this.services.cpu;
    unit.regions.forEach(({ head }, i) => {
      if (this.isReplaced(unit, head)) return;
      const slot = this.slotOf(head);
      this.runtime.table.set(slot, unit.functions[i]);
      const entry = jumpCacheEntry(head.pc);
      env[entry] = head.pc;
      env[entry + 1] = head.flags;
      env[entry + 2] = slot;
    });
    unit.linked = true;
    this.linked.add(unit);
  }

  /** As {@link insert}, if the unit's code is still what its addresses lead to. */
  private link(unit: Unit): boolean {
    const { cpu } = this.services;
    for (const [virtual, physical] of unit.pages) {
      try {
        const address = (virtual << PAGE_BITS) >>> 0;
        if (cpu.translate(address, AccessType.Fetch, cpu.mmuIndex()).physical >>> PAGE_BITS !== physical) return false;
      } catch (thrown) {
        if (!(thrown instanceof CpuLoopExit)) throw thrown;
        return false;
      }
    }
    this.insert(unit);
    return true;
  }

  private remove(unit: Unit): void {
    const { env } = this.services.cpu;
    unit.regions.forEach(({ head }) => {
      if (this.isReplaced(unit, head)) return;
      const slot = this.slotOf(head);
      this.runtime.table.set(slot, this.runtime.stub);
      const entry = jumpCacheEntry(head.pc);
      if (env[entry + 2] === slot) env[entry + 2] = NO_SLOT;
    });
    unit.linked = false;
    this.linked.delete(unit);
  }

  private clearJumpCache(): void {
    const words = JUMP_CACHE_ENTRY_WORDS << JUMP_CACHE_BITS;
    this.services.cpu.env.fill(NO_SLOT, ENV_JUMP_CACHE, ENV_JUMP_CACHE + words);
  }

  // What makes compiled code stale. -----------------------------------------------------------------------------------

  /** The block is gone, or its lowered code has changed: functions that contain it are dropped. */
  changed(tb: TranslationBlock): void {
    const units = this.units.get(tb);
    if (!units) return;
    if (!tb.valid) this.noteChange(keyOf(tb));
    for (const unit of units) this.drop(unit);
  }

  private noteChange(key: number): void {
    if (this.changes.size >= MAX_CHANGING_BLOCKS) this.changes.clear();
    this.changes.set(key, (this.changes.get(key) ?? 0) + 1);
  }

  private drop(unit: Unit): void {
    if (!unit.valid) return;
    unit.valid = false;
    if (unit.linked) this.remove(unit);
    this.statistics.invalidated += unit.regions.length;
    for (const tb of unit.blocks) remove(this.units, tb, unit);
    for (const { head, missing } of unit.regions) {
      for (const key of missing) remove(this.lacking, keyOf(key), unit);
      if (this.heads.get(head) !== unit) continue;
      this.heads.delete(head);
      this.budgets.delete(head);
      head.heat = this.policy.threshold;
    }
  }

  /** Addresses may lead elsewhere: every function is looked at again before it is next entered. */
  mappingChanged(): void {
    if (this.wantsFlat() !== this.isFlat) this.flush();
    this.isFlat = this.wantsFlat();
    for (const unit of [...this.linked]) this.remove(unit);
    this.clearJumpCache();
  }

  /** Drops everything compiled. */
  flush(): void {
    for (const unit of new Set([...this.units.values()].flatMap((units) => [...units]))) this.drop(unit);
    this.clearJumpCache();
    this.takeQueue();
    this.slots.clear();
    this.lacking.clear();
    this.handOvers = [];
    this.functions = 0;
    this.statistics.generations++;
    this.isFlat = this.wantsFlat();
  }
}

function factsOf({ cpu, runtime }: TierServices, links: LinkCheck): Omit<GuestFacts, 'jumpTable' | 'hasFunction'> {
  const { index, env, inlineHelpers, helperDefs, pcSlot, auxSlot, flagWords, linkSlot, memoryWords } = cpu;
  return {
    ...{ index, env, inlineHelpers, helperDefs, pcSlot, auxSlot, flagWords, linkSlot, memoryWords },
    returnFlags: (flags) => cpu.returnFlags(flags),
    filteredFunction: (kind, number) => runtime.filteredFunction(kind, number),
    directCallback(kind, number) {
      const direct = runtime.directCallback(kind, number, index);
      return direct && links.accepts(kind, direct) ? direct : undefined;
    },
  };
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}

function remove<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  values?.delete(value);
  if (values?.size === 0) map.delete(key);
}
