import { Bytecode } from '../bytecode';
import type { TranslationBlock } from '../tb';
import { blockNodes, type GuestFacts, type Leaving } from './block-nodes';
import type { CallbackKind, DirectCallback } from './direct-callback';
import { accessKind, lineFilter, type FilteredUse } from './filtered';
import { Node, type BlockKey } from './node';
import { callbackOf } from './shapes';

/** The most instructions in one region: what grows with them is the time that the host's compiler takes. */
const MAX_INSTRUCTIONS = 400;
const MAX_NODES = 500;
/** The most instructions in a region that takes in a block that has a function of its own: compiled twice, it helps little. */
const MAX_BEFORE_OTHERS = 60;
/** The most instructions in a region that takes in another case of a jump table. */
const MAX_BEFORE_CASE = 60;

/** A part of the guest's program that is compiled to one function: blocks that lead to each other, entered at the first. */
export interface Region {
  readonly head: TranslationBlock;
  readonly entry: Node;
  readonly blocks: readonly TranslationBlock[];
  /** Blocks that it leads to and that had not been translated. */
  readonly missing: readonly BlockKey[];
  /** Indices of the helpers that it imports. */
  readonly helpers: ReadonlySet<number>;
  /** What it calls for filtered callbacks. */
  readonly filtered: readonly FilteredUse[];
  /** The callbacks that it calls without a detour. */
  readonly callbacks: readonly { readonly kind: CallbackKind; readonly direct: DirectCallback }[];
}

/** Finds a valid block that has been translated; never translates. */
export type FindBlock = (key: BlockKey) => TranslationBlock | null;

/** Whether a region can take the block in: one with a breakpoint is the interpreter's. */
export function isCompilable(tb: TranslationBlock): boolean {
  return tb.valid && !tb.insnStarts.some((position) => tb.code[position] === Bytecode.insn_break);
}

/**
 * Collects what `head` leads to by constant jumps and by returns from the functions it calls, nearest first, as far as
 * it has been translated already: translation is an event that plugins see.
 *
 * @param takesOthers whether it takes in blocks, too, that functions of their own begin with
 */
export function collectRegion(
  head: TranslationBlock,
  facts: GuestFacts,
  find: FindBlock,
  takesOthers: boolean = true,
): Region {
  const entries = new Map<TranslationBlock, Node>();
  const leaving: Leaving[] = [];
  const uses = new Uses();
  const missing: BlockKey[] = [];
  const queue: TranslationBlock[] = [];
  const beforeOthers = takesOthers ? MAX_BEFORE_OTHERS : 0;
  let instructions = 0;
  let count = 0;
  const take = (tb: TranslationBlock): void => {
    const { nodes, leaving: out } = blockNodes(tb, facts);
    entries.set(tb, nodes[0]);
    leaving.push(...out);
    queue.push(tb);
    uses.add(nodes);
    instructions += tb.insnStarts.length;
    count += nodes.length;
  };
  const visit = (key: BlockKey | null): void => {
    if (!key || instructions >= MAX_INSTRUCTIONS || count >= MAX_NODES) return;
    const tb = find(key);
    if (!tb) missing.push(key);
    else if (entries.has(tb) || !isCompilable(tb)) return;
    else if (instructions < beforeOthers || !facts.hasFunction(tb)) take(tb);
  };
  /** A case of a switch: those that never were taken are not waited for, and in large functions a look-up is cheap enough. */
  const visitCase = (key: BlockKey): void => {
    if (instructions >= MAX_BEFORE_CASE || count >= MAX_NODES) return;
    const tb = find(key);
    if (tb && !entries.has(tb) && isCompilable(tb) && !facts.hasFunction(tb)) take(tb);
  };
  take(head);
  let done = 0;
  while (done < leaving.length) {
    const from = leaving[done++];
    const { to, returnTo } = from;
    visit(returnTo ?? to);
    for (const key of tableOf(from, facts)) visitCase(key);
  }
  const nodeOf = (key: BlockKey | null): Node | null => {
    const tb = key && find(key);
    return (tb && entries.get(tb)) ?? null;
  };
  for (const from of leaving) {
    const { node, to, returnTo, flags, unknown } = from;
    const resume = nodeOf(returnTo);
    const cases = tableOf(from, facts);
    const targets = cases.flatMap((key) => nodeOf(key) ?? []);
    // Behind a helper that uses all state the flags are not known: then only a pc in the state says what is called.
    const isKnown = to !== null || node.exit.kind === 'dynamic';
    if (resume && isKnown) node.exit = { kind: 'call', callee: to, resume };
    else if (to && !returnTo) node.exit = { kind: 'chain', pc: to.pc, target: nodeOf(to) };
    else if (cases.length) {
      const checks = unknown.map(({ slot, shift, mask }) => ({ slot, value: (flags >>> shift) & mask }));
      targets.sort((a, b) => a.tb.pc - b.tb.pc);
      node.exit = { kind: 'dynamic', table: { targets, checks } };
    }
  }
  return { head, entry: entries.get(head) as Node, blocks: queue, missing, ...uses };
}

/** What the code of nodes needs from outside. */
class Uses implements Pick<Region, 'helpers' | 'filtered' | 'callbacks'> {
  readonly helpers = new Set<number>();
  readonly filtered: FilteredUse[] = [];
  readonly callbacks: { kind: CallbackKind; direct: DirectCallback }[] = [];

  add(nodes: readonly Node[]): void {
    const { helpers, filtered, callbacks } = this;
    for (const operation of nodes.flatMap(({ operations }) => operations)) {
      const { op, immediates, direct, isSystemCall, isConfined } = operation;
      if (direct) callbacks.push({ kind: callbackOf(operation)?.kind ?? 'exec', direct });
      if (op === Bytecode.call && (!isSystemCall || isConfined)) helpers.add(immediates[0]);
      if (op === Bytecode.plugin_exec_filtered_cb) filtered.push({ kind: 'exec', index: immediates[2], which: 0 });
      if (op === Bytecode.plugin_mem_filtered_cb) {
        const filter = lineFilter(immediates);
        filtered.push({ kind: 'mem', index: filter.index, which: accessKind(filter) });
      }
    }
  }
}

/**
 * The rest of a block behind the operation that ends at `position` of its code, as a region that leaves at the block's end. Its
 * instructions are counted by whoever enters it. Undefined where no such operation is compiled.
 */
export function restOfBlock(tb: TranslationBlock, position: number, facts: GuestFacts): Region | undefined {
  const { nodes } = blockNodes(tb, facts);
  const from = nodes.find(({ operations }) => operations.some(({ next }) => next === position));
  if (!from) return undefined;
  const entry = new Node(
    tb,
    false,
    from.operations.filter(({ at }) => at >= position),
  );
  entry.exit = from.exit;
  const uses = new Uses();
  uses.add(nodes);
  return { head: tb, entry, blocks: [tb], missing: [], ...uses };
}

/** The blocks that a jump by a table may lead to. */
function tableOf({ node, to, returnTo, flags }: Leaving, facts: GuestFacts): readonly BlockKey[] {
  if (to || returnTo || node.exit.kind !== 'dynamic') return [];
  return (facts.jumpTable(node.tb) ?? []).map((pc) => ({ pc, flags }));
}
