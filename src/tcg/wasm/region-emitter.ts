import { Bytecode } from '../bytecode';
import { TierWord } from '../layout';
import { emitAccess, emitSureAccess, isAccess, type AccessContext } from './access';
import { findStretches, type Stretch } from './access-groups';
import type { GuestFacts } from './block-nodes';
import { BudgetChecks } from './budget';
import { emitCallback } from './callbacks';
import { NodeCounters, Tallies } from './counters';
import { Dataflow, Place, placeOf, usesRegisters, type Site, type SystemCall } from './dataflow';
import { emitFilteredMem, emitLinePlace, filterOf, type AccessFilter, type FilterContext } from './filtered-access';
import { emitFilteredExec } from './filtered-exec';
import { LazyFlags } from './flags';
import { FunctionBuilder, type FunctionBody, type LabelDepth } from './function';
import { analyseGraph } from './graph';
import { emitStretchCheck, entriesOf } from './group-checks';
import { redundantFilters } from './known-filters';
import { emitTimes } from './line-groups';
import type { Linkage } from './linkage';
import { NO_WORDS, meet, type KnownWords } from './memory-words';
import type { Node } from './node';
import { Op } from './opcodes';
import { emitOperation } from './operations';
import { emitPairMove } from './pair-moves';
import { emitCounterStore } from './plugin-operations';
import type { Region } from './region';
import { RegionExits } from './region-exits';
import { RegionJumps } from './region-jumps';
import { callbackOf, type Operation } from './shapes';
import { emitStructured } from './structure';
import { Values } from './values';

export interface CompiledRegion {
  /** A function of type (depth) -> Status. */
  readonly body: FunctionBody;
  /** Instructions that must be left for it to do anything. */
  readonly budget: number;
}

/** Compiles a region to a function. */
export function emitRegion(region: Region, facts: GuestFacts, linkage: Linkage): CompiledRegion {
  const nodes = analyseGraph(region.entry);
  return new RegionEmitter(nodes, facts, linkage).emit();
}

class RegionEmitter {
  private readonly f = new FunctionBuilder(1);
  private readonly flow: Dataflow;
  private readonly v: Values;
  private readonly left: number;
  private readonly accesses: AccessContext;
  private readonly exits: RegionExits;
  private readonly jumps: RegionJumps;
  private readonly flags: LazyFlags;
  private readonly budget: BudgetChecks;
  private readonly tallies: Tallies;
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
    const site = f.local();
    this.accesses = {
      locals: { address: f.local(), entry: f.local(), scratch: f.local() },
      imports: linkage.imports,
      flat: linkage.flat,
    };
    const { clocks } = this.tallies;
    this.filters = { f, locals: this.accesses.locals, imports: linkage.filtered, clocks };
    this.flags = new LazyFlags(f, nodes);
    this.v = new Values(f, this.flow, facts, this.flags);
    const { flow, v, flags, tallies, left } = this;
    const context = { nodes, facts, linkage, flow, v, flags, tallies, left, site };
    this.exits = new RegionExits(context);
    this.jumps = new RegionJumps(context, this.exits);
  }

  emit(): CompiledRegion {
    const { f, v, nodes, flow } = this;
    const [entry] = nodes;
    this.exits.open();
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
    this.exits.close();
    return { body: f.finish(), budget: this.budget.at(entry) };
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
    this.exits.ahead = () => [];
    this.wordsAtEnd.set(node, this.v.words.known);
    this.jumps.emit(node, branch, label);
  }

  /** Emits the operation at an index, and returns the index of the last one that it took along. */
  private operationAt(node: Node, counters: NodeCounters, i: number): number {
    const { operations } = node;
    this.tallies.add(counters.before(i));
    this.exits.ahead = () => counters.ahead(i);
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
      this.exits.leaveFor(node, { at: 0, refund: 0 }, start.dirty, start.temporaries);
      f.end();
    }
    if (!node.isEntry) return;
    f.get(left);
    f.i32Const(node.tb.insnStarts.length);
    f.op(Op.i32_sub);
    f.set(left);
  }

  private operation(node: Node, operation: Operation, filter: AccessFilter | undefined): void {
    const { v } = this;
    if (emitOperation(v, operation)) return;
    if (operation.op === Bytecode.plugin_inline_add_u64) return;
    if (operation.op === Bytecode.plugin_inline_store_u64) this.tallies.tell();
    if (emitCounterStore(v.f, operation, this.facts.index)) return;
    if (operation.op === Bytecode.call && !operation.isSystemCall) return this.call(operation);
    const site = this.flow.of(node).sites.get(operation);
    if (!site) throw new Error(`no code for operation ${operation.op}`);
    const handOver = (): void => this.exits.interpret(node, operation.at, operation.insn, site.dirty, site.temporaries);
    const systemCall = this.flow.of(node).systemCalls.get(operation);
    if (systemCall) {
      this.systemCall(node, operation, site, systemCall);
    } else if (isAccess(operation)) {
      if (this.sure) this.sure(operation);
      else this.access(node, operation, site, filter);
    } else if (operation.op === Bytecode.plugin_exec_filtered_cb) {
      if (!this.sure && !this.redundant.has(operation)) emitFilteredExec(v, operation, this.filters, handOver);
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
      calling: () => this.filters.clocks.write(),
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
        before: () => this.exits.interpret(node, at, insn, dirty, temporaries),
        behind: () => this.exits.interpret(node, last.next, insn, behind.dirty, behind.temporaries),
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
  private systemCall(node: Node, operation: Operation, { dirty }: Site, { reloads }: SystemCall): void {
    const { v, flags, facts } = this;
    const { outputs, immediates } = operation;
    v.spill(dirty.members());
    if (operation.isConfined) this.confinedCall(operation);
    else this.throwingCall(node, operation);
    flags.forget();
    v.words.forget();
    v.reload(reloads);
    if (facts.helperDefs[immediates[0]].hasOutput) v.set(outputs[0], () => v.loadWord(TierWord.Value));
  }

  /** Nothing can go wrong, and nobody looks at what is counted. */
  private confinedCall({ inputs, immediates: [index] }: Operation): void {
    const { f, v, linkage, facts } = this;
    const call = (): void => {
      for (const slot of inputs) v.get(slot);
      f.call(linkage.helper(index));
    };
    if (facts.helperDefs[index].hasOutput) v.storeWord(TierWord.Value, call);
    else call();
  }

  private throwingCall({ tb }: Node, { inputs, immediates, next, insn }: Operation): void {
    const { f, v, flow, linkage } = this;
    const refund = tb.insnStarts.length - 1 - insn;
    const behind = linkage.site({ tb, at: next, refund, ahead: this.exits.ahead() });
    this.tallies.tell();
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
    this.exits.leaveAt(behind, flow.emptySet());
    f.end();
    this.tallies.clocks.read();
  }

  /** The interpreter goes on behind a callback that asks for something. */
  private callback(node: Node, operation: Operation, site: Site): void {
    const { v, facts, linkage, tallies, left } = this;
    const dirty = usesRegisters(operation) ? this.flow.emptySet() : site.dirty;
    emitCallback({ v, facts, linkage, tallies, left }, node, operation, site, () => {
      const { next: at, insn } = operation;
      const refund = node.tb.insnStarts.length - 1 - insn;
      this.exits.leaveFor(node, { at, refund, behind: callbackOf(operation) }, dirty, site.temporaries);
    });
  }
}
