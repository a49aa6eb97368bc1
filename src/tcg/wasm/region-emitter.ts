import { Bytecode } from '../bytecode';
import { TierWord } from '../layout';
import { emitAccess, emitSureAccess, isAccess, type AccessContext } from './access';
import { findStretches, type Stretch } from './access-groups';
import type { GuestFacts } from './block-nodes';
import { BudgetChecks } from './budget';
import { emitCallback } from './callbacks';
import { NodeCounters, Tallies, type CounterAdd } from './counters';
import { Dataflow, Place, placeOf, usesRegisters, type Site, type SystemCall } from './dataflow';
import {
  emitFilteredExec,
  emitFilteredMem,
  emitLinePlace,
  filterOf,
  type AccessFilter,
  type FilterContext,
} from './filtered-access';
import { LazyFlags } from './flags';
import { FunctionBuilder, type FunctionBody, type LabelDepth } from './function';
import { analyseGraph } from './graph';
import { emitStretchCheck, entriesOf } from './group-checks';
import { redundantFilters } from './known-filters';
import { emitTimes } from './line-groups';
import { MAX_CALL_DEPTH, Status, type HandOver, type Linkage } from './linkage';
import { NO_WORDS, meet, type KnownWords } from './memory-words';
import type { JumpTable, Node } from './node';
import { Op } from './opcodes';
import { emitComparison, emitOperation } from './operations';
import { emitPairMove } from './pair-moves';
import { emitCounterStore } from './plugin-operations';
import type { Region } from './region';
import { callbackOf, type Operation } from './shapes';
import type { SlotSet } from './slot-set';
import { emitStructured } from './structure';
import { Values } from './values';

/** The most places in a br_table. */
const MAX_TABLE = 1024;

/** The parameter of a region's function: how deep calls are nested. */
const DEPTH = 0;

export interface CompiledRegion {
  /** A function of type (depth) -> {@link Status}. */
  readonly body: FunctionBody;
  /** Instructions that must be left for it to do anything. */
  readonly budget: number;
}

/** Compiles a region to a function. */
export function emitRegion(region: Region, facts: GuestFacts, linkage: Linkage): CompiledRegion {
  const nodes = analyseGraph(region.entry);
  return new RegionEmitter(nodes, facts, linkage).emit();
}

function exitKey(dirty: SlotSet, lazy: number): string {
  return `${dirty.key}/${lazy}`;
}

class RegionEmitter {
  private readonly f = new FunctionBuilder(1);
  private readonly flow: Dataflow;
  private readonly v: Values;
  private readonly left: number;
  private readonly site: number;
  private readonly accesses: AccessContext;
  /** Where code leaves for the interpreter, by the set of dirty globals. */
  private readonly exits = new Map<string, { label: LabelDepth; dirty: SlotSet; lazy: number }>();
  private readonly flags: LazyFlags;
  private readonly budget: BudgetChecks;
  private readonly tallies: Tallies;
  /** What counters are ahead of the operation that is being emitted. */
  private ahead: () => readonly CounterAdd[] = () => [];
  /** Filtered callbacks that need no code. */
  private readonly redundant: ReadonlySet<Operation>;
  private readonly filters: FilterContext;
  /** Emits an access of the stretch that is being emitted, where its check holds. */
  private sure: ((operation: Operation) => void) | undefined;
  /** What is known of memory words at the ends of nodes. */
  private readonly wordsAtEnd = new Map<Node, KnownWords>();

  constructor(
    private readonly nodes: readonly Node[],
    private readonly facts: GuestFacts,
    private readonly linkage: Linkage,
  ) {
    const { f } = this;
    this.flow = new Dataflow(nodes, facts);
    this.budget = new BudgetChecks(nodes);
    this.redundant = redundantFilters(nodes);
    this.tallies = new Tallies(f, nodes, facts.index);
    this.left = f.local();
    this.site = f.local();
    this.accesses = {
      locals: { address: f.local(), entry: f.local(), scratch: f.local() },
      imports: linkage.imports,
      flat: linkage.flat,
    };
    const { clocks } = this.tallies;
    this.filters = { f, locals: this.accesses.locals, imports: linkage.filtered, clocks };
    this.flags = new LazyFlags(f, nodes);
    this.v = new Values(f, this.flow, facts, this.flags);
  }

  emit(): CompiledRegion {
    const { f, v, nodes, flow } = this;
    const [entry] = nodes;
    this.openExits();
    v.loadWord(TierWord.Left);
    f.set(this.left);
    this.tallies.clocks.read();
    const live = flow.of(entry).liveIn.members();
    if (entry.startsBlock) v.reload(live);
    else v.reloadAll(live);
    emitStructured(entry, f, {
      node: (node, branch, label) => this.node(node, branch, label),
    });
    f.op(Op.unreachable);
    this.closeExits();
    return { body: f.finish(), budget: this.budget.at(entry) };
  }

  /** Opens a block for each way to leave that the nodes will need. */
  private openExits(): void {
    const { flags } = this;
    for (const node of this.nodes) {
      const { start, sites, behind, end } = this.flow.of(node);
      let mask = flags.startOf(node);
      if (node.startsBlock) this.openExit(start.dirty, mask);
      for (const operation of node.operations) {
        const site = sites.get(operation);
        if (site) this.openExit(usesRegisters(operation) ? this.flow.emptySet() : site.dirty, mask);
        mask = flags.after(mask, operation);
        const after = behind.get(operation);
        if (after) this.openExit(after.dirty, mask);
      }
      if (node.exit.kind === 'interpret') this.openExit(end.dirty, mask);
    }
  }

  private openExit(dirty: SlotSet, mask: number): void {
    const lazy = this.lazyAmong(dirty, mask);
    const key = exitKey(dirty, lazy);
    if (!this.exits.has(key)) this.exits.set(key, { label: this.f.block(), dirty, lazy });
  }

  /** Which flags of the set are expressions. */
  private lazyAmong(dirty: SlotSet, mask: number): number {
    return this.flags.among(
      dirty.members().map((n) => this.flow.slots[n]),
      mask,
    );
  }

  private closeExits(): void {
    const { f, v } = this;
    for (const { dirty, lazy } of [...this.exits.values()].reverse()) {
      f.end();
      this.flags.mask = lazy;
      v.spill(dirty.members());
      this.tallies.tell();
      v.storeWord(TierWord.Left, () => f.get(this.left));
      v.storeWord(TierWord.Site, () => f.get(this.site));
      f.i32Const(Status.Interpret);
      f.op(Op.return);
    }
    f.op(Op.unreachable);
  }

  /** Leaves for the interpreter at a position of the node's block. `insn` is the instruction that position belongs to. */
  private interpret(node: Node, at: number, insn: number, dirty: SlotSet, temporaries: readonly number[]): void {
    this.leaveFor(node, { at, refund: node.tb.insnStarts.length - 1 - insn }, dirty, temporaries);
  }

  private leaveFor(
    { tb }: Node,
    place: Pick<HandOver, 'at' | 'refund' | 'behind'>,
    dirty: SlotSet,
    temporaries: readonly number[],
  ): void {
    this.v.spill(temporaries);
    this.leaveAt(this.linkage.site({ tb, ...place, ahead: this.ahead() }), dirty);
  }

  private leaveAt(site: number, dirty: SlotSet): void {
    const { f } = this;
    f.i32Const(site);
    f.set(this.site);
    const exit = this.exits.get(exitKey(dirty, this.lazyAmong(dirty, this.flags.mask)));
    if (!exit) throw new Error('an exit that was not foreseen');
    f.br(exit.label);
  }

  private node(node: Node, branch: (to: Node) => void, label: (to: Node) => LabelDepth): void {
    this.flags.enter(node);
    this.v.words.known = this.wordsAtStart(node);
    if (node.startsBlock) this.start(node);
    const { operations } = node;
    const counters = new NodeCounters(operations, this.facts.index);
    const stretches = findStretches(operations, {
      constant: (slot) => this.v.constant(slot),
      isRoot: (slot) => placeOf(slot, this.facts) === Place.Local,
      filter: (i) => filterOf(operations, i),
      isRedundant: (operation) => this.redundant.has(operation),
    });
    for (let i = 0; i < operations.length; i++) {
      const stretch = stretches.get(i);
      if (!stretch) {
        i = this.operationAt(node, counters, i);
        continue;
      }
      this.stretch(node, counters, i, stretch);
      i = stretch.last;
    }
    this.ahead = () => [];
    this.wordsAtEnd.set(node, this.v.words.known);
    this.exit(node, branch, label);
  }

  /** Emits the operation at an index, and returns the index of the last one that it took along. */
  private operationAt(node: Node, counters: NodeCounters, i: number): number {
    const { operations } = node;
    this.tallies.add(counters.before(i));
    this.ahead = () => counters.ahead(i);
    if (emitPairMove(this.v, operations[i], operations.at(i + 1))) return i + 1;
    const filter = filterOf(operations, i);
    this.operation(node, operations[i], filter);
    // The access sees to its filtered callback.
    return filter ? i + 1 : i;
  }

  /** A stretch twice: with one check for all of its accesses, and with one for each. */
  private stretch(node: Node, counters: NodeCounters, first: number, stretch: Stretch): void {
    const { f, v, flags } = this;
    const operations = (): void => {
      for (let i = first; i <= stretch.last; i++) i = this.operationAt(node, counters, i);
    };
    const hosts = emitStretchCheck(v, stretch, this.accesses);
    const before = { flags: flags.save(), words: v.words.known };
    f.if(true);
    emitTimes(stretch, this.tallies.clocks, (group) => entriesOf(v, group));
    this.sure = (operation) => {
      const place = stretch.places.get(operation);
      const host = place && hosts.get(place.group);
      if (!host) throw new Error('an access of another stretch');
      emitSureAccess(v, operation, () => f.get(host.local), host.offset + place.offset - place.group.low);
    };
    operations();
    this.sure = undefined;
    const { known } = v.words;
    f.else();
    flags.restore(before.flags);
    v.words.known = before.words;
    operations();
    f.end();
    v.words.known = meet(known, v.words.known);
  }

  /** What all ways to a node know of memory words; nothing where one of them is not emitted yet, or comes from a call. */
  private wordsAtStart(node: Node): KnownWords {
    const ends = node.predecessors.map(
      (from) => (from.exit.kind === 'call' ? undefined : this.wordsAtEnd.get(from)) ?? NO_WORDS,
    );
    return ends.length ? ends.reduce((a, b) => meet(a, b)) : NO_WORDS;
  }

  /** Counts the block's instructions; where it is checked, hands over when the budget may end before the next check. */
  private start(node: Node): void {
    const { f, v, facts, left } = this;
    f.i32Const(node.tb.pc | 0);
    f.set(v.localOf(facts.pcSlot));
    const need = this.budget.at(node);
    if (need > 0) {
      f.get(left);
      f.i32Const(need);
      f.op(Op.i32_lt_s);
      f.if(false);
      const { start } = this.flow.of(node);
      this.leaveFor(node, { at: 0, refund: 0 }, start.dirty, start.temporaries);
      f.end();
    }
    if (!node.isEntry) return;
    f.get(left);
    f.i32Const(node.tb.insnStarts.length);
    f.op(Op.i32_sub);
    f.set(left);
  }

  private operation(node: Node, operation: Operation, filter: AccessFilter | undefined): void {
    const { v, linkage } = this;
    const { filtered } = linkage;
    if (emitOperation(v, operation)) return;
    if (operation.op === Bytecode.plugin_inline_add_u64) return;
    if (operation.op === Bytecode.plugin_inline_store_u64) this.tallies.tell();
    if (emitCounterStore(v.f, operation, this.facts.index)) return;
    if (operation.op === Bytecode.call && !operation.isSystemCall) return this.call(operation);
    const site = this.flow.of(node).sites.get(operation);
    if (!site) throw new Error(`no code for operation ${operation.op}`);
    const handOver = (): void => this.interpret(node, operation.at, operation.insn, site.dirty, site.temporaries);
    const systemCall = this.flow.of(node).systemCalls.get(operation);
    if (systemCall) {
      this.systemCall(node, operation, site, systemCall);
    } else if (isAccess(operation)) {
      if (this.sure) this.sure(operation);
      else this.access(node, operation, site, filter);
    } else if (operation.op === Bytecode.plugin_exec_filtered_cb) {
      if (!this.sure && !this.redundant.has(operation)) emitFilteredExec(v.f, operation, filtered, handOver);
    } else if (operation.op === Bytecode.plugin_mem_filtered_cb) {
      emitFilteredMem(v, operation, this.filters, handOver);
    } else {
      this.callback(node, operation, site);
    }
  }

  private access(
    node: Node,
    operation: Operation,
    { dirty, temporaries }: Site,
    filter: AccessFilter | undefined,
  ): void {
    const { f, v, flow, flags } = this;
    // A callback that looks at registers is left to the interpreter, and the access before it.
    const own = filter && {
      emit: (slowWay: LabelDepth) => emitLinePlace(this.filters, filter, slowWay),
      callback: filter.flags === 0 ? filter.index : undefined,
      called: () => this.filters.clocks.read(),
    };
    const { at, insn } = operation;
    const last = filter?.flags === 0 ? filter.callback : operation;
    const behind = flow.of(node).behind.get(last);
    if (!behind) throw new Error('an access without a site behind it');
    const before = flags.save();
    const publishLeft = (): void => {
      v.storeWord(TierWord.Left, () => {
        f.get(this.left);
        f.i32Const(node.tb.insnStarts.length - 1 - insn);
        f.op(Op.i32_add);
      });
      // The slow way begins where the fast one did.
      flags.restore(before);
    };
    emitAccess(
      v,
      operation,
      this.accesses,
      {
        publishLeft,
        before: () => this.interpret(node, at, insn, dirty, temporaries),
        behind: () => this.interpret(node, last.next, insn, behind.dirty, behind.temporaries),
      },
      own,
    );
  }

  private call(operation: Operation): void {
    const { f, v, facts } = this;
    const { outputs, inputs, immediates } = operation;
    const helper = facts.helperDefs[immediates[0]];
    const inline = facts.inlineHelpers.get(helper.index);
    const emit = (): void => {
      for (const slot of inputs) v.get(slot);
      f.call(this.linkage.helper(helper.index));
      if (!inline && !helper.pure) v.words.forget();
    };
    const called = (): void => {
      if (helper.hasOutput) v.set(outputs[0], emit);
      else emit();
    };
    if (inline) inline(v, operation, called);
    else called();
  }

  /** A helper that uses all state finds it in the environment, and what it left there is read again. */
  private systemCall({ tb }: Node, operation: Operation, { dirty }: Site, { reloads }: SystemCall): void {
    const { f, v, flow, flags, linkage, facts } = this;
    const { outputs, inputs, immediates, next, insn } = operation;
    const refund = tb.insnStarts.length - 1 - insn;
    const behind = linkage.site({ tb, at: next, refund, ahead: this.ahead() });
    this.tallies.tell();
    v.spill(dirty.members());
    v.storeWord(TierWord.Left, () => {
      f.get(this.left);
      f.i32Const(refund);
      f.op(Op.i32_add);
    });
    f.i32Const(behind);
    f.i32Const(immediates[0]);
    for (let i = 0; i < 4; i++) {
      if (i < inputs.length) v.get(inputs[i]);
      else f.i32Const(0);
    }
    f.call(linkage.imports.systemCall);
    f.if(false);
    this.leaveAt(behind, flow.emptySet());
    f.end();
    this.tallies.clocks.read();
    flags.forget();
    v.words.forget();
    v.reload(reloads);
    if (facts.helperDefs[immediates[0]].hasOutput) v.set(outputs[0], () => v.loadWord(TierWord.Value));
  }

  /** The interpreter goes on behind a callback that asks for something. */
  private callback(node: Node, operation: Operation, site: Site): void {
    const { v, facts, linkage, tallies, left } = this;
    const dirty = usesRegisters(operation) ? this.flow.emptySet() : site.dirty;
    emitCallback({ v, facts, linkage, tallies, left }, node, operation, site, () => {
      const { next: at, insn } = operation;
      const refund = node.tb.insnStarts.length - 1 - insn;
      this.leaveFor(node, { at, refund, behind: callbackOf(operation) }, dirty, site.temporaries);
    });
  }

  /** Jumps to a successor, with the flags as it expects them. */
  private go(to: Node, branch: (to: Node) => void): void {
    const before = this.flags.save();
    this.settleFor(to);
    branch(to);
    this.flags.restore(before);
  }

  /** Gives flags values of their own that `to` expects to have some. */
  private settleFor(to: Node): void {
    const { flags, flow, v } = this;
    const { liveIn } = flow.of(to);
    const isLive = (slot: number): boolean => {
      const n = flow.numberOf(slot);
      return n !== undefined && liveIn.has(n);
    };
    for (const slot of flags.slots(flags.mask & ~flags.startOf(to))) if (isLive(slot)) v.settle(slot);
    for (const slot of flags.temporaries) if (isLive(slot)) v.settle(slot);
  }

  private exit(node: Node, branchTo: (to: Node) => void, label: (to: Node) => LabelDepth): void {
    const { f, v, flow } = this;
    const { exit } = node;
    const branch = (to: Node): void => this.go(to, branchTo);
    const { end } = flow.of(node);
    switch (exit.kind) {
      case 'jump':
        return branch(exit.target);
      case 'enter':
        this.settleFor(exit.target);
        return branchTo(exit.dispatcher);
      case 'branch': {
        const { op, inputs } = exit.test;
        emitComparison(v, op - Bytecode.brcond_eq, inputs[0], inputs[1]);
        f.if();
        branch(exit.taken);
        f.else();
        branch(exit.fall);
        f.end();
        return;
      }
      case 'chain':
        if (exit.target) return branch(exit.target);
        this.setPc(exit.pc);
        return this.leaveForState(end.dirty);
      case 'dynamic':
        if (exit.table?.targets.length) this.byTable(exit.table, label);
        // What may be a return has to come back to who called.
        return exit.table ? this.leaveForState(end.dirty) : this.leave(end.dirty, Status.Lookup);
      case 'mainLoop':
        return this.leave(end.dirty, Status.MainLoop);
      case 'dispatch':
        // emitStructured sees to it.
        return;
      case 'interpret':
        return this.interpret(node, exit.at, exit.insn, end.dirty, end.temporaries);
      case 'call':
        return this.guestCall(exit.callee, exit.resume, end.dirty, branch);
    }
  }

  /** Goes to the block of the table that the state names, if it is one of those. */
  private byTable({ targets, checks }: JumpTable, label: (to: Node) => LabelDepth): void {
    const { f, v, facts } = this;
    const pc = v.localOf(facts.pcSlot);
    for (const to of targets) this.settleFor(to);
    const other = f.block();
    for (const { slot, value } of checks) {
      v.get(slot);
      f.i32Const(value);
      f.op(Op.i32_ne);
      f.brIf(other, false);
    }
    const first = targets[0].tb.pc;
    const last = targets[targets.length - 1].tb.pc;
    const distances = targets.reduce((all, { tb }) => all | (tb.pc - first), 0);
    const shift = distances === 0 ? 0 : 31 - Math.clz32(distances & -distances);
    if ((last - first) >>> shift < MAX_TABLE) {
      const places = new Array<LabelDepth>(((last - first) >>> shift) + 1).fill(other);
      for (const to of targets) places[(to.tb.pc - first) >>> shift] = label(to);
      f.get(pc);
      f.i32Const(first | 0);
      f.op(Op.i32_sub);
      // Bits that no target has make the number too large.
      f.i32Const(shift);
      f.op(Op.i32_rotr);
      f.brTable(places, other);
    } else {
      for (const to of targets) {
        f.get(pc);
        f.i32Const(to.tb.pc | 0);
        f.op(Op.i32_eq);
        f.brIf(label(to));
      }
    }
    f.end();
  }

  private setPc(pc: number): void {
    this.f.i32Const(pc | 0);
    this.f.set(this.v.localOf(this.facts.pcSlot));
  }

  /**
   * Goes on with the block that the state names. Its function is called in place of this one, so that what a caller has to go on
   * with is not forgotten.
   */
  private leaveForState(dirty: SlotSet): void {
    const { f, linkage } = this;
    // Behind the rest of a block the main loop has something to do.
    if (!this.nodes[0].startsBlock) return this.leave(dirty, Status.Lookup);
    this.spillAll(dirty);
    f.get(DEPTH);
    f.returnCall(linkage.imports.callState);
  }

  private leave(dirty: SlotSet, status: Status): void {
    const { f } = this;
    this.spillAll(dirty);
    f.i32Const(status);
    f.op(Op.return);
  }

  private spillAll(dirty: SlotSet): void {
    const { f, v } = this;
    v.spill(dirty.members());
    this.tallies.tell();
    v.storeWord(TierWord.Left, () => f.get(this.left));
  }

  /**
   * A guest's call as a call: the callee's function returns when the guest's function does, or for any other reason; where
   * the state is then that of the return address, this region goes on.
   */
  private guestCall(
    callee: { readonly pc: number; readonly flags: number } | null,
    resume: Node,
    dirty: SlotSet,
    branch: (to: Node) => void,
  ): void {
    const { f, v, linkage } = this;
    if (callee) this.setPc(callee.pc);
    this.spillAll(dirty);
    const direct = callee ? linkage.direct(callee) : undefined;
    if (direct !== undefined) {
      f.get(DEPTH);
      f.i32Const(MAX_CALL_DEPTH);
      f.op(Op.i32_ge_s);
      f.if(false);
      f.i32Const(Status.Lookup);
      f.op(Op.return);
      f.end();
    } else if (callee) {
      f.i32Const(linkage.slot(callee));
    }
    f.get(DEPTH);
    f.i32Const(1);
    f.op(Op.i32_add);
    f.call(direct ?? (callee ? linkage.imports.callSlot : linkage.imports.callState));
    f.tee(this.site);
    f.if(false);
    f.get(this.site);
    f.op(Op.return);
    f.end();
    this.compareState(resume.tb.pc, resume.tb.flags);
    f.if(false);
    f.i32Const(Status.Lookup);
    f.op(Op.return);
    f.end();
    v.loadWord(TierWord.Left);
    f.set(this.left);
    this.tallies.clocks.read();
    v.reload(this.flow.of(resume).liveIn.members());
    branch(resume);
  }

  /** Leaves a value on the stack that is 0 when the state is at this block. */
  private compareState(pc: number, flags: number): void {
    const { f, v, facts } = this;
    v.loadWord(facts.pcSlot);
    f.i32Const(pc | 0);
    f.op(Op.i32_xor);
    for (const { slot, shift, mask, changes } of facts.flagWords) {
      if (!changes) continue;
      v.loadWord(slot);
      const value = (flags >>> shift) & mask;
      if (value) {
        f.i32Const(value);
        f.op(Op.i32_xor);
      }
      f.op(Op.i32_or);
    }
  }
}
