import { Bytecode } from '../bytecode';
import { TierWord } from '../layout';
import type { LabelDepth } from './function';
import { MAX_CALL_DEPTH, Status } from './linkage';
import type { JumpTable, Node } from './node';
import { Op } from './opcodes';
import { emitComparison } from './operations';
import type { RegionContext, RegionExits } from './region-exits';
import type { SlotSet } from './slot-set';

/** The most places in a br_table. */
const MAX_TABLE = 1024;

/** The parameter of a region's function: how deep calls are nested. */
const DEPTH = 0;

/** How nodes of a region end: jumps to each other and out of the region, calls. */
export class RegionJumps {
  constructor(
    private readonly context: RegionContext,
    private readonly exits: RegionExits,
  ) {}

  /** Jumps to a successor, with the flags as it expects them. */
  private go(to: Node, branch: (to: Node) => void): void {
    const { flags } = this.context;
    const before = flags.save();
    this.settleFor(to);
    branch(to);
    flags.restore(before);
  }

  /** Gives flags values of their own that `to` expects to have some. */
  private settleFor(to: Node): void {
    const { flags, flow, v } = this.context;
    const { liveIn } = flow.of(to);
    const isLive = (slot: number): boolean => {
      const n = flow.numberOf(slot);
      return n !== undefined && liveIn.has(n);
    };
    for (const slot of flags.slots(flags.mask & ~flags.startOf(to))) if (isLive(slot)) v.settle(slot);
    for (const slot of flags.temporaries) if (isLive(slot)) v.settle(slot);
  }

  /** Emits the node's exit; `branchTo` emits the jump to a successor, or the successor itself. */
  emit(node: Node, branchTo: (to: Node) => void, label: (to: Node) => LabelDepth): void {
    const { v, flow } = this.context;
    const { f } = v;
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
        return this.exits.interpret(node, exit.at, exit.insn, end.dirty, end.temporaries);
      case 'call':
        return this.guestCall(exit.callee, exit.resume, end.dirty, branch);
    }
  }

  /** Goes to the block of the table that the state names, if it is one of those. */
  private byTable({ targets, checks }: JumpTable, label: (to: Node) => LabelDepth): void {
    const { v, facts } = this.context;
    const { f } = v;
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
    const { v, facts } = this.context;
    v.f.i32Const(pc | 0);
    v.f.set(v.localOf(facts.pcSlot));
  }

  /**
   * Goes on with the block that the state names. Its function is called in place of this one, so that what a caller has to go on
   * with is not forgotten.
   */
  private leaveForState(dirty: SlotSet): void {
    const { v, linkage, nodes } = this.context;
    const { f } = v;
    // Behind the rest of a block the main loop has something to do.
    if (!nodes[0].startsBlock) return this.leave(dirty, Status.Lookup);
    this.spillAll(dirty);
    f.get(DEPTH);
    f.returnCall(linkage.imports.callState);
  }

  private leave(dirty: SlotSet, status: Status): void {
    const { f } = this.context.v;
    this.spillAll(dirty);
    f.i32Const(status);
    f.op(Op.return);
  }

  private spillAll(dirty: SlotSet): void {
    const { v, tallies, left } = this.context;
    v.spill(dirty.members());
    tallies.tell();
    v.storeWord(TierWord.Left, () => v.f.get(left));
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
    const { v, linkage, flow, tallies, left, site } = this.context;
    const { f } = v;
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
    f.tee(site);
    f.if(false);
    f.get(site);
    f.op(Op.return);
    f.end();
    this.compareState(resume.tb.pc, resume.tb.flags);
    f.if(false);
    f.i32Const(Status.Lookup);
    f.op(Op.return);
    f.end();
    v.loadWord(TierWord.Left);
    f.set(left);
    tallies.clocks.read();
    v.reload(flow.of(resume).liveIn.members());
    branch(resume);
  }

  /** Leaves a value on the stack that is 0 when the state is at this block. */
  private compareState(pc: number, flags: number): void {
    const { v, facts } = this.context;
    const { f } = v;
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
