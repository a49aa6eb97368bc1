import { TierWord } from '../layout';
import type { GuestFacts } from './block-nodes';
import type { CounterAdd, Tallies } from './counters';
import { usesRegisters, type Dataflow } from './dataflow';
import type { LazyFlags } from './flags';
import type { LabelDepth } from './function';
import { Status, type HandOver, type Linkage } from './linkage';
import type { Node } from './node';
import { Op } from './opcodes';
import type { SlotSet } from './slot-set';
import type { Values } from './values';

/** What the parts of a region's emitter share. */
export interface RegionContext {
  /** In reverse postorder, the entry first. */
  readonly nodes: readonly Node[];
  readonly facts: GuestFacts;
  readonly linkage: Linkage;
  readonly flow: Dataflow;
  readonly v: Values;
  readonly flags: LazyFlags;
  readonly tallies: Tallies;
  /** The local of the instructions that may still run. */
  readonly left: number;
  /** The local of the site that is left at. */
  readonly site: number;
}

/** A way out. */
interface Exit {
  readonly label: LabelDepth;
  readonly dirty: SlotSet;
  /** The flags among the dirty globals that are expressions. */
  readonly lazy: number;
}

/** The ways out of a region to the interpreter: a block for each set of globals that must be written on the way. */
export class RegionExits {
  /** In the order in which they were opened. */
  private readonly exits: Exit[] = [];
  /** By the set of dirty globals, which equal sites share. */
  private readonly byDirty = new Map<SlotSet, Exit[]>();
  /** What counters are ahead of the operation that is being emitted. */
  ahead: () => readonly CounterAdd[] = () => [];

  constructor(private readonly context: RegionContext) {}

  /** Opens a block for each way to leave that the nodes will need. */
  open(): void {
    const { flags, flow, nodes } = this.context;
    for (const node of nodes) {
      const { start, sites, behind, end } = flow.of(node);
      let mask = flags.startOf(node);
      if (node.startsBlock) this.openExit(start.dirty, mask);
      for (const operation of node.operations) {
        const site = sites.get(operation);
        if (site) this.openExit(usesRegisters(operation) ? flow.emptySet() : site.dirty, mask);
        mask = flags.after(mask, operation);
        const after = behind.get(operation);
        if (after) this.openExit(after.dirty, mask);
      }
      if (node.exit.kind === 'interpret') this.openExit(end.dirty, mask);
    }
  }

  private openExit(dirty: SlotSet, mask: number): void {
    const lazy = this.lazyAmong(dirty, mask);
    if (this.find(dirty, lazy)) return;
    const exit = { label: this.context.v.f.block(), dirty, lazy };
    this.exits.push(exit);
    const same = this.byDirty.get(dirty);
    if (same) same.push(exit);
    else this.byDirty.set(dirty, [exit]);
  }

  private find(dirty: SlotSet, lazy: number): Exit | undefined {
    return this.byDirty.get(dirty)?.find((exit) => exit.lazy === lazy);
  }

  /** Which flags of the set are expressions. */
  private lazyAmong(dirty: SlotSet, mask: number): number {
    const { flags, flow } = this.context;
    return flags.among((slot) => {
      const n = flow.numberOf(slot);
      return n !== undefined && dirty.has(n);
    }, mask);
  }

  /** Ends these blocks, and writes what each has to. */
  close(): void {
    const { v, flags, tallies, left, site } = this.context;
    const { f } = v;
    for (const { dirty, lazy } of [...this.exits].reverse()) {
      f.end();
      flags.mask = lazy;
      v.spill(dirty.members());
      tallies.tell();
      v.storeWord(TierWord.Left, () => f.get(left));
      v.storeWord(TierWord.Site, () => f.get(site));
      f.i32Const(Status.Interpret);
      f.op(Op.return);
    }
    f.op(Op.unreachable);
  }

  /** Leaves for the interpreter at a position of the node's block. `insn` is the instruction that position belongs to. */
  interpret(node: Node, at: number, insn: number, dirty: SlotSet, temporaries: readonly number[]): void {
    this.leaveFor(node, { at, refund: node.tb.insnStarts.length - 1 - insn }, dirty, temporaries);
  }

  /** Leaves for the interpreter at a place of the node's block. */
  leaveFor(
    { tb }: Node,
    place: Pick<HandOver, 'at' | 'refund' | 'behind'>,
    dirty: SlotSet,
    temporaries: readonly number[],
  ): void {
    const { v, linkage } = this.context;
    v.spill(temporaries);
    this.leaveAt(linkage.site({ tb, ...place, ahead: this.ahead() }), dirty);
  }

  /** Leaves for the interpreter at a site; nothing but these globals has to be written. */
  leaveAt(site: number, dirty: SlotSet): void {
    const { v, flags, site: local } = this.context;
    const { f } = v;
    f.i32Const(site);
    f.set(local);
    const exit = this.find(dirty, this.lazyAmong(dirty, flags.mask));
    if (!exit) throw new Error('an exit that was not foreseen');
    f.br(exit.label);
  }
}
