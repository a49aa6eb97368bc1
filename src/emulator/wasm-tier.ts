import type { InterpreterExit } from '../tcg/interp-state';
import type { TranslationBlock } from '../tcg/tb';
import type { GuestFacts } from '../tcg/wasm/block-nodes';
import { compileBatch, exportName, keyOf } from '../tcg/wasm/batch';
import { LinkCheck } from '../tcg/wasm/direct-callback';
import type { WasmHost, WasmValue } from '../tcg/wasm/host';
import type { Status } from '../tcg/wasm/linkage';
import { collectRegion, isCompilable, type Region } from '../tcg/wasm/region';
import { createRuntime } from '../tcg/wasm/runtime';
import { CompiledCallouts } from './compiled-callouts';
import { CompiledRun } from './compiled-run';
import { CompiledTails } from './compiled-tails';
import { CompiledUnits, makeUnit, type Head } from './compiled-units';
import { FunctionSlots } from './function-slots';
import { HandOverSites } from './hand-over-sites';
import { noStatistics, type TierPolicy, type TierStatistics } from './tier-policy';
import { guestFacts, type TierServices } from './tier-services';

/** How much more often than others a block must be entered to have a function that begins with it, when others contain it. */
const INNER_PATIENCE = 16;
/** The same of a rare block for which functions that lead to it would have to be compiled anew. */
const RARE_PATIENCE = 16;
/** A block is rare that is entered less than once in so many instructions: calling its function costs nothing that shows. */
const RARE = 20_000;
/** After so many changes the wait is not doubled any more. */
const MAX_CHANGES = 16;
const MAX_CHANGING_BLOCKS = 4096;
/** For each function that may be kept: blocks that have a number in the function table, most of them without a function. */
const SLOTS = 16;

/**
 * Tier 1 of one vCPU: compiles hot blocks to WebAssembly and runs them. Compiled code does exactly what the interpreter
 * does; where it meets what it cannot do, it hands over to the interpreter in the middle of a block.
 */
export class WasmTier {
  readonly statistics: TierStatistics = noStatistics();
  private readonly facts: GuestFacts;
  private readonly imports: Record<string, WasmValue>;
  private readonly slots: FunctionSlots;
  private readonly units: CompiledUnits;
  private readonly tails: CompiledTails;
  private readonly compiled: CompiledRun;
  private queue: TranslationBlock[] = [];
  /** Blocks that functions which are being compiled begin with. */
  private readonly heads = new Set<TranslationBlock>();
  /** When {@link compileHot} first saw the queue, in milliseconds; undefined: not yet. */
  private queuedSince: number | undefined;
  /** Blocks in the middle of functions, or rare ones, that were entered often and had to wait. */
  private readonly patient = new WeakSet<TranslationBlock>();
  /** Blocks of the queue that are rare. */
  private readonly rare = new WeakSet<TranslationBlock>();
  /** How often compiled code of a block was dropped because the block was. */
  private readonly changes = new Map<number, number>();
  private readonly sites = new HandOverSites();
  /** How many are kept. */
  private functions = 0;
  /** Whether what is compiled takes addresses for physical ones. */
  private isFlat = false;

  constructor(
    private readonly services: TierServices,
    private readonly host: WasmHost,
    private readonly policy: TierPolicy,
  ) {
    const { cpu } = services;
    this.facts = guestFacts(
      services,
      new LinkCheck(host),
      (tb) => this.heads.has(tb) || this.units.headedBy(tb) !== undefined,
    );
    const runtime = createRuntime(host, this.facts);
    const callouts = new CompiledCallouts(services, this.sites.list);
    const { callSlot, callState } = runtime;
    this.imports = { memory: host.memory, ...callouts.imports(), callSlot, callState };
    this.slots = new FunctionSlots(cpu.env, runtime);
    this.units = new CompiledUnits(cpu, this.slots, this.sites, (tb, heat) => this.setHeat(tb, heat));
    this.tails = new CompiledTails(this.facts, this.sites, policy.threshold, (region) => {
      const { functions, sites } = this.instantiate([region]);
      return { run: functions[0] as (depth: number) => Status, sites };
    });
    this.compiled = new CompiledRun(services, callouts, runtime, this.sites.list, this.tails);
    this.slots.clearJumpCache();
    this.isFlat = this.wantsFlat();
  }

  /** Sees a freshly translated block. Where code keeps changing, it must be executed more often to be compiled. */
  added(tb: TranslationBlock): void {
    const changes = this.changes.get(keyOf(tb)) ?? 0;
    this.setHeat(tb, this.policy.threshold + 2 ** Math.min(changes, MAX_CHANGES) - 1);
  }

  private setHeat(tb: TranslationBlock, heat = this.policy.threshold): void {
    tb.heat = heat;
    tb.heatSince = this.services.instructions();
  }

  /** Compiles what has become hot and has waited for a while; call where no compiled code runs. */
  compileHot(): void {
    this.sites.takeBack();
    if (!this.queue.length) return;
    const now = this.host.now();
    this.queuedSince ??= now;
    if (now - this.queuedSince >= this.policy.wait) this.compile();
  }

  /**
   * Runs compiled code from the start of `tb`, which is the block for the state. Undefined when there is none, or the
   * budget ends within the block: then the interpreter is to run it.
   */
  run(tb: TranslationBlock): InterpreterExit | undefined {
    if (tb.heat > 0 && --tb.heat > 0) return undefined;
    const head = this.units.headedBy(tb) ?? this.request(tb);
    if (!head) return undefined;
    tb.heat = 0;
    if (this.services.interpreter.left < head.budget) return undefined;
    if (!head.unit.linked && !this.units.link(head.unit)) {
      this.setHeat(tb);
      return undefined;
    }
    return this.compiled.enter(head.slot);
  }

  /** A callback may ask how many instructions have run while compiled code is counting them. */
  publishLeft(): void {
    this.compiled.publishLeft();
  }

  // Compilation. ------------------------------------------------------------------------------------------------------

  private request(tb: TranslationBlock): Head | undefined {
    const isRare = this.isRare(tb);
    this.setHeat(tb);
    if (!isCompilable(tb)) return undefined;
    if (this.waits(tb, isRare)) return undefined;
    // Queued: it is not to ask again.
    tb.heat = Infinity;
    this.queue.push(tb);
    if (isRare) this.rare.add(tb);
    else {
      this.rare.delete(tb);
      this.units.complete(tb);
    }
    if (this.queue.length < this.policy.batch) return undefined;
    this.compile();
    return this.units.headedBy(tb);
  }

  /** Whether the block was entered so seldom that how its function is reached does not show. */
  private isRare({ heatSince }: TranslationBlock): boolean {
    const { threshold } = this.policy;
    return threshold > 0 && this.services.instructions() - heatSince > threshold * RARE;
  }

  /** Lets a block wait once more whose function would be compiled beside others that do without. */
  private waits(tb: TranslationBlock, isRare: boolean): boolean {
    const patience = this.units.containing(tb) ? INNER_PATIENCE : isRare && this.units.isLacked(tb) ? RARE_PATIENCE : 0;
    if (patience === 0 || this.patient.has(tb)) return false;
    this.patient.add(tb);
    tb.heat = this.policy.threshold * patience;
    return tb.heat > 0;
  }

  private takeQueue(): readonly TranslationBlock[] {
    const { queue } = this;
    this.queue = [];
    this.queuedSince = undefined;
    for (const tb of queue) this.setHeat(tb);
    return queue;
  }

  private compile(): void {
    const began = this.host.now();
    this.compileQueue();
    this.statistics.milliseconds += this.host.now() - began;
  }

  private compileQueue(): void {
    if (this.isFull()) this.flush();
    const queue = this.takeQueue().filter((tb) => isCompilable(tb) && !this.units.headedBy(tb));
    const covered = new Set<TranslationBlock>();
    const regions: Region[] = [];
    for (const tb of queue) {
      // Compiled with another one: only if it is entered from outside often does it get a function of its own.
      if (covered.has(tb) || this.services.find(tb) !== tb) continue;
      this.heads.add(tb);
      const region = collectRegion(tb, this.facts, this.services.find, !this.rare.has(tb));
      regions.push(region);
      for (const block of region.blocks) covered.add(block);
    }
    if (regions.length) this.build(regions, covered);
    this.heads.clear();
  }

  /** More is kept than is to be kept. What is left of code that changed are the numbers of its functions. */
  private isFull(): boolean {
    const { maxFunctions, maxSites } = this.policy;
    return this.functions > maxFunctions || this.sites.size > maxSites || this.slots.size > SLOTS * maxFunctions;
  }

  private wantsFlat(): boolean {
    return this.services.flat !== undefined && this.services.cpu.isIdentityMapped();
  }

  private build(regions: readonly Region[], blocks: ReadonlySet<TranslationBlock>): void {
    const { functions, budgets, sites } = this.instantiate(regions);
    this.drop(this.units.add(makeUnit(regions, blocks, functions, sites), budgets));
  }

  private instantiate(regions: readonly Region[]): {
    readonly functions: readonly WasmValue[];
    readonly budgets: readonly number[];
    readonly sites: readonly number[];
  } {
    const { services, host, statistics } = this;
    const sites: number[] = [];
    const batch = compileBatch(regions, this.facts, {
      memoryPages: host.memoryPages,
      flat: this.isFlat ? services.flat : undefined,
      slot: (key) => this.slots.of(key),
      site: (handOver) => {
        const number = this.sites.add(handOver);
        sites.push(number);
        return number;
      },
    });
    const helper = Object.fromEntries(batch.helpers.map((index) => [String(index), services.cpu.helpers[index]]));
    const filtered = Object.fromEntries(batch.filtered.map((value, i) => [String(i), value]));
    const callback = Object.fromEntries(batch.callbacks.map((value, i) => [String(i), value]));
    const exports = host.instantiate(batch.bytes, { env: this.imports, helper, filtered, callback });
    this.functions += regions.length;
    statistics.compilations++;
    statistics.functions += regions.length;
    statistics.bytes += batch.bytes.length;
    for (const { blocks: parts } of regions) for (const tb of parts) statistics.instructions += tb.insnStarts.length;
    return { functions: regions.map((_, i) => exports[exportName(i)]), budgets: batch.budgets, sites };
  }

  // What makes compiled code stale. -----------------------------------------------------------------------------------

  /** The block is gone, or its lowered code has changed: functions that contain it are dropped. */
  changed(tb: TranslationBlock): void {
    this.functions -= this.tails.changed(tb);
    if (!this.units.containing(tb)) return;
    if (!tb.valid) this.noteChange(keyOf(tb));
    this.drop(this.units.dropContaining(tb));
  }

  /** So many functions were dropped. */
  private drop(functions: number): void {
    this.statistics.invalidated += functions;
    this.functions -= functions;
  }

  private noteChange(key: number): void {
    if (this.changes.size >= MAX_CHANGING_BLOCKS) this.changes.clear();
    this.changes.set(key, (this.changes.get(key) ?? 0) + 1);
  }

  /** Addresses may lead elsewhere: every function is looked at again before it is next entered. */
  mappingChanged(): void {
    if (this.wantsFlat() !== this.isFlat) this.flush();
    this.isFlat = this.wantsFlat();
    this.units.unlinkAll();
  }

  /** Drops everything compiled. */
  flush(): void {
    this.statistics.invalidated += this.units.dropAll();
    this.takeQueue();
    this.tails.clear();
    this.sites.clear();
    this.functions = 0;
    this.statistics.generations++;
    this.isFlat = this.wantsFlat();
  }
}
