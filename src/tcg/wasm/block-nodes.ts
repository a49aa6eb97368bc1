import { Bytecode } from '../bytecode';
import type { FlagWord, GuestCpu } from '../guest-cpu';
import type { PluginRuntime } from '../instrument';
import { ENV_CONSTANTS } from '../layout';
import type { TranslationBlock } from '../tb';
import type { CallbackKind, DirectCallback } from './direct-callback';
import { lineFilter } from './filtered';
import { Node, type BlockKey } from './node';
import type { Values } from './values';
import { UNKNOWN, callbackOf, readOperations, type Operation } from './shapes';

/**
 * Emits what a leaf helper does for common values, and `called`, which calls it, for all others. Both must leave the same in
 * the operation's output and in memory.
 */
export type InlineHelper = (v: Values, operation: Operation, called: () => void) => void;

/** What translation to WebAssembly must know of a guest: a part of its vCPU, and of what its plugins do. */
export type GuestFacts = Pick<
  GuestCpu,
  | 'index'
  | 'env'
  | 'inlineHelpers'
  | 'helperDefs'
  | 'pcSlot'
  | 'auxSlot'
  | 'flagWords'
  | 'interruptWords'
  | 'linkSlot'
  | 'memoryWords'
  | 'returnFlags'
> &
  Pick<PluginRuntime, 'filteredFunction'> & {
    /** Where a jump by a table at the block's end may lead: see GuestCpu.jumpTable. */
    jumpTable(tb: TranslationBlock): readonly number[] | undefined;
    /** Whether a function that begins with the block is compiled already. */
    hasFunction(tb: TranslationBlock): boolean;
    directCallback(kind: CallbackKind, index: number): DirectCallback | undefined;
  };

/** Where a node leaves its block to: constant as far as known. */
export interface Leaving {
  readonly node: Node;
  /** The block that follows, when pc and flags are constants. */
  readonly to: BlockKey | null;
  /** The block that the call returns to, when it is one. */
  readonly returnTo: BlockKey | null;
  /** Flags of the blocks that follow, if the words that are not constant are as in this block; those words. */
  readonly flags: number;
  readonly unknown: readonly FlagWord[];
}

/** The nodes of one block, the entry first, and those that leave it for other blocks. */
export interface BlockNodes {
  readonly nodes: readonly Node[];
  readonly leaving: readonly Leaving[];
}

/** The flags of a callback that reads registers; greater ones write them. */
const CALLBACK_READS = 1;

/** The operation with how its callback is called, if it is one. */
function resolve(operation: Operation, facts: GuestFacts): Operation {
  const callback = callbackOf(operation);
  const direct = callback && facts.directCallback(callback.kind, callback.index);
  return direct ? { ...operation, direct } : operation;
}

/** Whether only the interpreter executes the operation. */
function needsInterpreter(operation: Operation, facts: GuestFacts): boolean {
  switch (operation.op) {
    case UNKNOWN:
      return true;
    // A callback that writes registers changes what locals hold.
    case Bytecode.plugin_exec_cb:
    case Bytecode.plugin_after_cb:
    case Bytecode.plugin_mem_cb:
      return (callbackOf(operation)?.flags ?? 0) > CALLBACK_READS;
    case Bytecode.plugin_exec_filtered_cb:
      return facts.filteredFunction('exec', operation.immediates[2]) === undefined;
    case Bytecode.plugin_mem_filtered_cb:
      return facts.filteredFunction('mem', lineFilter(operation.immediates).index) === undefined;
    default:
      return false;
  }
}

const isBranch = (op: Bytecode): boolean =>
  op === Bytecode.br || (op >= Bytecode.brcond_eq && op <= Bytecode.brcond_gtu);
const isEnd = (op: Bytecode): boolean => op === Bytecode.goto_tb || op === Bytecode.goto_ptr || op === Bytecode.exit_tb;

/** Splits a block's lowered code into nodes. */
export function blockNodes(tb: TranslationBlock, facts: GuestFacts): BlockNodes {
  const operations = readOperations(tb.code, facts.helperDefs);
  const byPosition = new Map<number, Node>();
  const nodes: Node[] = [];
  const leaders = new Set([0]);
  for (const operation of operations) {
    if (!isBranch(operation.op)) continue;
    leaders.add(operation.immediates[0]);
    leaders.add(operation.next);
  }
  const parts: Operation[][] = [];
  let current: Operation[] | undefined;
  for (const operation of operations) {
    if (leaders.has(operation.at)) parts.push((current = []));
    current?.push(operation);
    if (isEnd(operation.op) || isBranch(operation.op)) current = undefined;
  }
  for (const part of parts) {
    const stop = part.findIndex((operation) => needsInterpreter(operation, facts));
    const last = part[part.length - 1];
    const kept = stop >= 0 ? part.slice(0, stop) : isEnd(last.op) || isBranch(last.op) ? part.slice(0, -1) : part;
    const resolved = kept.map((operation) => resolve(operation, facts));
    const node = new Node(tb, part[0].at === 0, resolved);
    nodes.push(node);
    byPosition.set(part[0].at, node);
    if (stop >= 0) {
      const { at, insn, condition } = part[stop];
      node.exit = { kind: 'interpret', at: condition?.at ?? at, insn };
    }
  }
  const leaving: Leaving[] = [];
  const known = new Constants(tb, facts);
  parts.forEach((part, i) => {
    const node = nodes[i];
    known.walk(node);
    if (node.exit.kind === 'interpret') return;
    finish(node, part[part.length - 1], byPosition);
    for (const successor of node.successors) known.flow(node, successor);
    if (node.exit.kind === 'chain' || node.exit.kind === 'dynamic') leaving.push(known.leaving(node));
  });
  return { nodes, leaving };
}

function finish(node: Node, last: Operation, byPosition: ReadonlyMap<number, Node>): void {
  const at = (position: number): Node => {
    const found = byPosition.get(position);
    if (!found) throw new Error(`lowered code of the block at ${node.tb.pc.toString(16)} jumps to ${position}`);
    return found;
  };
  switch (last.op) {
    case Bytecode.br:
      node.exit = { kind: 'jump', target: at(last.immediates[0]) };
      break;
    case Bytecode.goto_tb:
      node.exit = { kind: 'chain', pc: last.immediates[1] >>> 0, target: null };
      break;
    case Bytecode.goto_ptr:
      node.exit = { kind: 'dynamic' };
      break;
    case Bytecode.exit_tb:
      node.exit = { kind: 'mainLoop' };
      break;
    default:
      // A block may end with a helper that always throws.
      if (last.isSystemCall && last.next === node.tb.code.length) node.exit = { kind: 'mainLoop' };
      else
        node.exit = isBranch(last.op)
          ? { kind: 'branch', test: last, taken: at(last.immediates[0]), fall: at(last.next) }
          : { kind: 'jump', target: at(last.next) };
  }
}

/** The constants that pc, link and flag words are known to hold, from node to node of one block. */
class Constants {
  private readonly tracked: readonly number[];
  private readonly atStart = new Map<Node, Map<number, number>>();
  private readonly atEnd = new Map<Node, Map<number, number>>();

  constructor(
    private readonly tb: TranslationBlock,
    private readonly facts: GuestFacts,
  ) {
    this.tracked = [facts.pcSlot, facts.linkSlot, ...facts.flagWords.map(({ slot }) => slot)];
  }

  /** The state at the block's entry. */
  private entry(): Map<number, number> {
    const { tb, facts } = this;
    const state = new Map([[facts.pcSlot, tb.pc | 0]]);
    for (const { slot, shift, mask } of facts.flagWords) state.set(slot, (tb.flags >>> shift) & mask);
    return state;
  }

  walk(node: Node): void {
    const state = new Map(node.isEntry ? this.entry() : (this.atStart.get(node) ?? []));
    for (const { op, outputs, inputs, immediates, isSystemCall } of node.operations) {
      if (isSystemCall) state.clear();
      for (const slot of outputs) {
        if (!this.tracked.includes(slot)) continue;
        const value = op === Bytecode.movi ? immediates[0] : op === Bytecode.mov ? this.constant(inputs[0]) : undefined;
        if (value === undefined) state.delete(slot);
        else state.set(slot, value);
      }
    }
    this.atEnd.set(node, state);
  }

  private constant(slot: number): number | undefined {
    return slot >= ENV_CONSTANTS ? this.facts.env[slot] : undefined;
  }

  /** Control may go from `from` to `to`. A node reached backward knows nothing. */
  flow(from: Node, to: Node): void {
    const state = this.atEnd.get(from) ?? new Map<number, number>();
    const before = this.atStart.get(to);
    if (!before) {
      this.atStart.set(to, this.atEnd.has(to) ? new Map() : new Map(state));
      return;
    }
    for (const [slot, value] of before) if (state.get(slot) !== value) before.delete(slot);
  }

  leaving(node: Node): Leaving {
    const { facts, tb } = this;
    const state = this.atEnd.get(node) ?? new Map<number, number>();
    const pc = node.exit.kind === 'chain' ? node.exit.pc : state.get(facts.pcSlot);
    let flags = 0;
    const unknown: FlagWord[] = [];
    for (const word of facts.flagWords) {
      const { slot, shift, mask } = word;
      const value = state.get(slot);
      if (value === undefined) unknown.push(word);
      flags |= value === undefined ? tb.flags & (mask << shift) : value << shift;
    }
    const next = (tb.pc + tb.size) >>> 0;
    const link = state.get(facts.linkSlot);
    const isCall = link !== undefined && (link & ~1) >>> 0 === next;
    return {
      node,
      to: pc === undefined || unknown.length ? null : { pc: pc >>> 0, flags },
      returnTo: isCall ? { pc: next, flags: facts.returnFlags(tb.flags) } : null,
      flags,
      unknown,
    };
  }
}
