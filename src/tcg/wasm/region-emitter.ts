import { Bytecode } from '../bytecode';
import { CONTROL_BASE, Control, TierWord } from '../layout';
import { emitAccess, emitAccessAt, isAccess, type AccessLocals } from './access';
import type { GuestFacts } from './block-nodes';
import { Dataflow, isCallback, type Site } from './dataflow';
import { lineFilter, type LineFilter } from './filtered';
import { accessReach, emitFilteredCall, emitLineCheck, filterOf, LINE_ADDEND, lineReach } from './filtered-access';
import { FunctionBuilder, type FunctionBody, type LabelDepth } from './function';
import { analyseGraph } from './graph';
import { redundantFilters } from './known-filters';
import { MAX_CALL_DEPTH, Status, type Linkage } from './linkage';
import type { Node } from './node';
import { Op, Type } from './opcodes';
import { emitComparison, emitOperation } from './operations';
import { emitCondition, emitCounter } from './plugin-operations';
import type { Region } from './region';
import type { Operation } from './shapes';
import type { SlotSet } from './slot-set';
import { emitStructured } from './structure';
import { Values } from './values';

/** The parameter of a region's function: how deep calls are nested. */
const DEPTH = 0;

/** Compiles a region to a function of type (depth) -> {@link Status}. */
export function emitRegion(region: Region, facts: GuestFacts, linkage: Linkage): FunctionBody {
  const nodes = analyseGraph(region.entry, cutEdge);
  return new RegionEmitter(nodes, facts, linkage).emit();
}

/** Makes a jump of irreducible flow leave the region. */
function cutEdge(from: Node, to: Node): void {
  const { exit } = from;
  if (exit.kind === 'chain') exit.target = null;
  else if (exit.kind === 'call')
    from.exit = exit.callee ? { kind: 'chain', pc: exit.callee.pc, target: null } : { kind: 'dynamic', targets: [] };
  else if (exit.kind === 'dynamic')
    from.exit = { kind: 'dynamic', targets: exit.targets.filter((target) => target !== to) };
  else throw new Error(`the block at ${from.tb.pc.toString(16)} jumps backward inside`);
}

class RegionEmitter {
  private readonly f = new FunctionBuilder(1);
  private readonly flow: Dataflow;
  private readonly v: Values;
  /** Filtered callbacks that need no code. */
  private readonly redundant: ReadonlySet<Operation>;
  private readonly left: number;
  private readonly site: number;
  private readonly accessLocals: AccessLocals;
  /** Where code leaves for the interpreter, by the set of dirty globals. */
  private readonly exits = new Map<string, { label: LabelDepth; dirty: SlotSet }>();

  constructor(
    private readonly nodes: readonly Node[],
    private readonly facts: GuestFacts,
    private readonly linkage: Linkage,
  ) {
    const { f } = this;
    this.flow = new Dataflow(nodes, facts);
    this.redundant = redundantFilters(nodes);
    this.left = f.local();
    this.site = f.local();
    this.accessLocals = { address: f.local(), entry: f.local() };
    this.v = new Values(f, this.flow, facts);
  }

  emit(): FunctionBody {
    const { f, v, nodes, flow } = this;
    const [entry] = nodes;
    this.openExits();
    v.loadWord(TierWord.Left);
    f.set(this.left);
    v.reload(flow.of(entry).liveIn.members());
    emitStructured(entry, f, {
      node: (node, branch, label) => this.node(node, branch, label),
    });
    f.op(Op.unreachable);
    this.closeExits();
    return f.finish();
  }

  private openExits(): void {
    const dirtySets = new Map<string, SlotSet>();
    const note = ({ dirty }: Site): void => void dirtySets.set(dirty.key, dirty);
    for (const node of this.nodes) {
      const { start, sites, end } = this.flow.of(node);
      if (node.isEntry) note(start);
      for (const [operation, site] of sites) if (!isCallback(operation.op)) note(site);
      if (node.exit.kind === 'interpret') note(end);
    }
    // Behind a callback nothing is dirty.
    const none = new Map([...dirtySets]);
    for (const node of this.nodes) {
      for (const operation of this.flow.of(node).sites.keys()) {
        if (!isCallback(operation.op)) continue;
        const empty = this.flow.emptySet();
        none.set(empty.key, empty);
      }
    }
    for (const [key, dirty] of none) this.exits.set(key, { label: this.f.block(), dirty });
  }

  private closeExits(): void {
    const { f, v } = this;
    for (const { dirty } of [...this.exits.values()].reverse()) {
      f.end();
      v.spill(dirty.members());
      v.storeWord(TierWord.Left, () => f.get(this.left));
      v.storeWord(TierWord.Site, () => f.get(this.site));
      f.i32Const(Status.Interpret);
      f.op(Op.return);
    }
    f.op(Op.unreachable);
  }

  /** Leaves for the interpreter at a position of the node's block. `insn` is the instruction that position belongs to. */
  private interpret(node: Node, at: number, insn: number, dirty: SlotSet, temporaries: readonly number[]): void {
    const { f } = this;
    const refund = node.tb.insnStarts.length - 1 - insn;
    this.v.spill(temporaries);
    f.i32Const(this.linkage.site({ tb: node.tb, at, refund }));
    f.set(this.site);
    const exit = this.exits.get(dirty.key);
    if (!exit) throw new Error('an exit that was not foreseen');
    f.br(exit.label);
  }

  private node(node: Node, branch: (to: Node) => void, label: (to: Node) => LabelDepth): void {
    if (node.isEntry) this.start(node);
    const { operations } = node;
    for (let i = 0; i < operations.length; i++) {
      const filter = filterOf(operations, i);
      if (filter) this.filteredAccess(node, operations[i], filter);
      else this.operation(node, operations[i]);
      // The filter stands for both.
      if (filter) i++;
    }
    this.exit(node, branch, label);
  }

  /** Counts the block's instructions, or hands over when fewer are left. */
  private start(node: Node): void {
    const { f, v, facts, left } = this;
    f.i32Const(node.tb.pc | 0);
    f.set(v.localOf(facts.pcSlot));
    f.get(left);
    f.i32Const(node.tb.insnStarts.length);
    f.op(Op.i32_sub);
    f.tee(left);
    f.i32Const(0);
    f.op(Op.i32_lt_s);
    f.if(false);
    const { start } = this.flow.of(node);
    this.interpret(node, 0, -1, start.dirty, start.temporaries);
    f.end();
  }

  private operation(node: Node, operation: Operation): void {
    const { v, linkage } = this;
    if (emitOperation(v, operation)) return;
    if (emitCounter(v.f, operation, this.facts.index)) return;
    if (operation.op === Bytecode.call) return this.call(operation);
    const site = this.siteOf(node, operation);
    if (operation.op === Bytecode.plugin_exec_filtered_cb) return this.filteredExec(node, operation, site);
    if (operation.op === Bytecode.plugin_mem_filtered_cb) return this.filteredMem(node, operation, site);
    if (isAccess(operation.op)) {
      emitAccess(v, operation, this.accessLocals, linkage.imports, () =>
        this.interpret(node, operation.at, operation.insn, site.dirty, site.temporaries),
      );
    } else {
      this.callback(node, operation, site);
    }
  }

  private siteOf(node: Node, operation: Operation): Site {
    const site = this.flow.of(node).sites.get(operation);
    if (!site) throw new Error(`no code for operation ${operation.op}`);
    return site;
  }

  /** Hands over before the operation. */
  private before(node: Node, { at, insn }: Operation, { dirty, temporaries }: Site): void {
    this.interpret(node, at, insn, dirty, temporaries);
  }

  private filteredExec(node: Node, operation: Operation, site: Site): void {
    if (this.redundant.has(operation)) return;
    const { f, linkage } = this;
    const [offset, value, index] = operation.immediates;
    const { function: call, data } = linkage.filtered.of('exec', index);
    f.i32Const(0);
    f.memory(Op.i32_load, 2, offset);
    f.i32Const(value);
    f.op(Op.i32_ne);
    f.if(false);
    f.i32Const(data);
    f.call(call);
    f.if(false);
    this.before(node, operation, site);
    f.end();
    f.end();
  }

  /** A filtered callback behind an access that is made already. */
  private filteredMem(node: Node, operation: Operation, site: Site): void {
    const { f, v, accessLocals } = this;
    const filter = lineFilter(operation.immediates);
    v.get(operation.inputs[0]);
    f.set(accessLocals.address);
    emitLineCheck(f, accessLocals, filter, { reach: 0, aligned: 0 });
    f.if(false);
    emitFilteredCall(f, accessLocals, filter, this.linkage.filtered, accessReach(filter));
    f.op(Op.i32_eqz);
    f.if(false);
    this.before(node, operation, site);
    f.end();
    f.end();
  }

  /** An access and its filtered callback: where the line is in the table, that says where the access lies. */
  private filteredAccess(node: Node, operation: Operation, filter: LineFilter): void {
    const { f, v, accessLocals } = this;
    const site = this.siteOf(node, operation);
    const reach = lineReach(filter);
    emitAccessAt(v, operation, accessLocals, () => {
      emitLineCheck(f, accessLocals, filter, reach);
      f.ifValue(Type.i32, false);
      emitFilteredCall(f, accessLocals, filter, this.linkage.filtered, accessReach(filter));
      f.tee(accessLocals.entry);
      f.op(Op.i32_eqz);
      f.if(false);
      this.before(node, operation, site);
      f.end();
      f.get(accessLocals.entry);
      f.else();
      f.get(accessLocals.address);
      f.get(accessLocals.entry);
      f.memory(Op.i32_load, 2, filter.table + LINE_ADDEND);
      f.op(Op.i32_add);
      f.end();
    });
  }

  private call({ outputs, inputs, immediates }: Operation): void {
    const { f, v, facts } = this;
    const helper = facts.helperDefs[immediates[0]];
    const emit = (): void => {
      for (const slot of inputs) v.get(slot);
      f.call(this.linkage.helper(helper.index));
    };
    if (helper.hasOutput) v.set(outputs[0], emit);
    else emit();
  }

  /** A callback sees the state as it is; the interpreter goes on behind it when it asks for a stop. */
  private callback(node: Node, operation: Operation, site: Site): void {
    const { f, v, flow } = this;
    if (operation.condition) {
      emitCondition(v, operation.condition.immediates, this.facts.index);
      f.if();
    }
    const { insn } = operation;
    v.spill(site.dirty.members());
    const refund = node.tb.insnStarts.length - 1 - insn;
    v.storeWord(TierWord.Left, () => {
      f.get(this.left);
      f.i32Const(refund);
      f.op(Op.i32_add);
    });
    this.callCallback(node, operation);
    f.if(false);
    this.interpret(node, operation.next, insn, flow.emptySet(), site.temporaries);
    f.end();
    if (operation.condition) f.end();
  }

  private callCallback(node: Node, { op, inputs, immediates, insn }: Operation): void {
    const { f, v, linkage } = this;
    const arguments4 = (index: number, flags: number): void => {
      const start = node.tb.insnStarts[insn];
      for (const word of [index, flags, node.tb.code[start + 1], node.tb.code[start + 2]]) f.i32Const(word);
    };
    const { execCallback, afterCallback, memCallback } = linkage.imports;
    if (op !== Bytecode.plugin_mem_cb) {
      arguments4(immediates[0], immediates[1]);
      f.call(op === Bytecode.plugin_exec_cb ? execCallback : afterCallback);
      return;
    }
    const [memop, rw, index, flags] = immediates;
    [1, 2].forEach((input, i) => {
      f.i32Const(0);
      v.get(inputs[input]);
      f.memory(Op.i32_store, 2, CONTROL_BASE + 4 * (Control.MemValue + i));
    });
    arguments4(index, flags);
    v.get(inputs[0]);
    f.i32Const(memop);
    f.i32Const(rw);
    f.call(memCallback);
  }

  private exit(node: Node, branch: (to: Node) => void, label: (to: Node) => LabelDepth): void {
    const { f, v, flow, facts } = this;
    const { exit } = node;
    const { end } = flow.of(node);
    switch (exit.kind) {
      case 'jump':
        return branch(exit.target);
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
        return this.leave(end.dirty, Status.Lookup);
      case 'dynamic':
        for (const target of exit.targets) {
          f.get(v.localOf(facts.pcSlot));
          f.i32Const(target.tb.pc | 0);
          f.op(Op.i32_eq);
          f.brIf(label(target));
        }
        return this.leave(end.dirty, Status.Lookup);
      case 'mainLoop':
        return this.leave(end.dirty, Status.MainLoop);
      case 'interpret':
        return this.interpret(node, exit.at, exit.insn, end.dirty, end.temporaries);
      case 'call':
        return this.guestCall(exit.callee, exit.resume, end.dirty, branch);
    }
  }

  private setPc(pc: number): void {
    this.f.i32Const(pc | 0);
    this.f.set(this.v.localOf(this.facts.pcSlot));
  }

  private leave(dirty: SlotSet, status: Status): void {
    const { f, v } = this;
    v.spill(dirty.members());
    v.storeWord(TierWord.Left, () => f.get(this.left));
    f.i32Const(status);
    f.op(Op.return);
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
    v.spill(dirty.members());
    v.storeWord(TierWord.Left, () => f.get(this.left));
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
