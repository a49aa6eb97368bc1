import type { TranslationBlock } from '../tb';
import type { Operation } from './shapes';

/** How a node ends. */
export type Exit =
  /** To another node of the same block. */
  | { readonly kind: 'jump'; readonly target: Node }
  /** The comparison `op` (a brcond) of two slots; in the same block. */
  | { readonly kind: 'branch'; readonly test: Operation; readonly taken: Node; readonly fall: Node }
  /** To the block at a constant pc: a node, where the region has it. */
  | { readonly kind: 'chain'; readonly pc: number; target: Node | null }
  /** To a function; afterwards the region goes on with `resume`, if execution comes to that block. */
  | { readonly kind: 'call'; readonly callee: BlockKey | null; readonly resume: Node }
  /** To the block that the state names. `table`: those of the region that it may be. */
  | { readonly kind: 'dynamic'; readonly table?: JumpTable }
  /** To the main loop. */
  | { readonly kind: 'mainLoop' }
  /** The interpreter goes on at this position of the block. */
  | { readonly kind: 'interpret'; readonly at: number; readonly insn: number }
  /** To `target`, by way of a dispatcher. */
  | { readonly kind: 'enter'; readonly dispatcher: Node; readonly target: Node }
  /** Of a dispatcher: to the target of the node before it. */
  | { readonly kind: 'dispatch'; readonly targets: readonly Node[] };

/** Where a jump by a table may lead: blocks of the same flags. */
export interface JumpTable {
  /** Entries of blocks, in ascending order of their addresses. */
  readonly targets: readonly Node[];
  /** State words that must be so for them to be meant. */
  readonly checks: readonly { readonly slot: number; readonly value: number }[];
}

/** What names a block: the unsigned pc and the flags. */
export interface BlockKey {
  readonly pc: number;
  readonly flags: number;
}

/** A basic block of the code of a region: a part of a translation block without jumps. */
export class Node {
  exit: Exit = { kind: 'mainLoop' };
  /** Set by graph.ts: place in reverse postorder. */
  order = -1;
  /** Whose {@link successors} it is among. */
  predecessors: Node[] = [];
  dominator: Node | null = null;
  /** The nodes that this one dominates immediately. */
  readonly children: Node[] = [];
  /** Jumps backward lead here. */
  isLoop = false;
  /** More than one forward jump leads here, or one of a jump table or dispatcher. */
  isMerge = false;

  constructor(
    readonly tb: TranslationBlock,
    /** Whether it is the block's first: the block's instructions are counted here. */
    readonly isEntry: boolean,
    readonly operations: readonly Operation[],
  ) {}

  /** Whether execution is at the start of the block at the node's. */
  get startsBlock(): boolean {
    return this.isEntry || this.exit.kind === 'enter';
  }

  /** Where execution goes on. Dispatchers do not count: they change nothing, and each way through them has its target. */
  get successors(): readonly Node[] {
    return this.exit.kind === 'enter' ? [this.exit.target] : this.exit.kind === 'dispatch' ? [] : this.branchTargets;
  }

  /** The nodes that its code jumps to. */
  get branchTargets(): readonly Node[] {
    const { exit } = this;
    switch (exit.kind) {
      case 'jump':
        return [exit.target];
      case 'branch':
        return exit.taken === exit.fall ? [exit.taken] : [exit.taken, exit.fall];
      case 'chain':
        return exit.target ? [exit.target] : [];
      case 'call':
        return [exit.resume];
      case 'dynamic':
        return exit.table?.targets ?? [];
      case 'enter':
        return [exit.dispatcher];
      case 'dispatch':
        return exit.targets;
      default:
        return [];
    }
  }

  /** Leads a jump to another block's `to` to `instead`. */
  redirect(to: Node, instead: Node): void {
    const { exit } = this;
    if (exit.kind === 'chain') exit.target = instead;
    else if (exit.kind === 'call') this.exit = { ...exit, resume: instead };
    else if (exit.kind === 'dynamic' && exit.table) {
      const { targets, checks } = exit.table;
      const others = targets.map((target) => (target === to ? instead : target));
      this.exit = { kind: 'dynamic', table: { targets: others, checks } };
    } else throw new Error(`the block at ${this.tb.pc.toString(16)} jumps backward inside`);
  }
}
