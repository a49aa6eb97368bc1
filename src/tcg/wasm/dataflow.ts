import { Bytecode } from '../bytecode';
import { ENV_LOCALS, ENV_LOCALS_WORDS, ENV_STATE_WORDS } from '../layout';
import type { GuestFacts } from './block-nodes';
import type { Node } from './node';
import { callbackOf, type Operation } from './shapes';
import { SlotSet } from './slot-set';

/** The slot that takes results nobody wants. */
const SCRATCH = ENV_LOCALS + ENV_LOCALS_WORDS - 1;

/** Where a slot's value is kept while a region runs. */
export enum Place {
  /** In a wasm local: a global, or a temporary of one instruction. */
  Local,
  /** In the environment. */
  Memory,
  /** In the environment, and never changed. */
  Constant,
  Nowhere,
}

export function placeOf(slot: number, { memoryWords }: Pick<GuestFacts, 'memoryWords'>): Place {
  if (slot === SCRATCH) return Place.Nowhere;
  if (slot < ENV_STATE_WORDS)
    return memoryWords.some(({ first, end }) => slot >= first && slot < end) ? Place.Memory : Place.Local;
  return slot < ENV_LOCALS + ENV_LOCALS_WORDS ? Place.Local : Place.Constant;
}

const NONE: readonly number[] = [];

const isTemporary = (slot: number): boolean => slot >= ENV_LOCALS;

/** What must be in the environment where execution may leave the region, or others look at the state. */
export interface Site {
  /** Globals whose local differs from the environment, by number of the local: one object for all that are equal. */
  readonly dirty: SlotSet;
  /** Temporaries that the interpreter needs when it goes on there. */
  temporaries: readonly number[];
}

/** A helper that uses all state: what it may have changed is read again. */
export interface SystemCall {
  /** Globals whose value what follows needs, by number of the local. */
  reloads: readonly number[];
}

export interface NodeFlow {
  /** Before the block's first instruction: for a node that starts a block only. */
  readonly start: Site;
  /** By operation: before an access, or at a callback. */
  readonly sites: ReadonlyMap<Operation, Site>;
  /** By access: behind it, where a device's access ends the budget. */
  readonly behind: ReadonlyMap<Operation, Site>;
  readonly systemCalls: ReadonlyMap<Operation, SystemCall>;
  /** At the node's exit. */
  readonly end: Site;
  /** Locals whose value the node or what follows needs. */
  readonly liveIn: SlotSet;
}

/** Operations at which execution may leave, or state may be looked at. */
function isSite({ op, isSystemCall }: Operation): boolean {
  return (op >= Bytecode.ld8u && op <= Bytecode.st64_slow) || isCallback(op) || isFiltered(op) || isSystemCall === true;
}

export function isCallback(op: Bytecode): boolean {
  return op === Bytecode.plugin_exec_cb || op === Bytecode.plugin_after_cb || op === Bytecode.plugin_mem_cb;
}

/** A callback that compiled code makes by a function, or hands over before it. */
export function isFiltered(op: Bytecode): boolean {
  return op === Bytecode.plugin_exec_filtered_cb || op === Bytecode.plugin_mem_filtered_cb;
}

/** Whether nothing is dirty behind the operation, since all was written for it. */
export function cleans(operation: Operation): boolean {
  return usesRegisters(operation) && !operation.condition;
}

/** Whether the operation may look at registers, or unwind compiled code: such a callback, a helper that uses all state. */
export function usesRegisters(operation: Operation): boolean {
  const callback = callbackOf(operation);
  return (
    operation.isSystemCall === true ||
    (callback !== undefined && (callback.flags !== 0 || operation.direct?.isGuarded === false))
  );
}

function isAccessSite(operation: Operation): boolean {
  return isSite(operation) && !isCallback(operation.op) && !operation.isSystemCall;
}

interface Working {
  dirtyIn: SlotSet;
  liveIn: SlotSet;
  use: SlotSet;
  def: SlotSet;
  sites: Map<Operation, Site>;
  behind: Map<Operation, Site>;
  systemCalls: Map<Operation, SystemCall>;
  start: Site;
  end: Site;
}

/**
 * Dataflow over a region: which globals are dirty (their local was written since the environment was) at each site, and
 * which locals are live where.
 */
export class Dataflow {
  /** The slots that have locals; a local's number is its index. */
  readonly slots: readonly number[];
  private readonly numbers = new Map<number, number>();
  private readonly flows = new Map<Node, Working>();
  private readonly pc: number;
  /** All locals of globals, and those of temporaries. */
  private readonly globals: SlotSet;
  private readonly temporaries: SlotSet;
  private readonly none: SlotSet;
  /** The sets of sites by their keys, and the one that was asked for last. */
  private readonly shared = new Map<string, SlotSet>();
  private lastShared: SlotSet;

  constructor(
    private readonly nodes: readonly Node[],
    facts: Pick<GuestFacts, 'pcSlot' | 'memoryWords'>,
  ) {
    const slots: number[] = [];
    const note = (slot: number): void => {
      if (this.numbers.has(slot) || placeOf(slot, facts) !== Place.Local) return;
      this.numbers.set(slot, slots.push(slot) - 1);
    };
    note(facts.pcSlot);
    for (const { operations, exit } of nodes) {
      for (const { outputs, inputs } of operations) {
        outputs.forEach(note);
        inputs.forEach(note);
      }
      if (exit.kind === 'branch') exit.test.inputs.forEach(note);
    }
    this.slots = slots;
    this.pc = this.numbers.get(facts.pcSlot) ?? 0;
    this.globals = this.set();
    this.temporaries = this.set();
    slots.forEach((slot, n) => (isTemporary(slot) ? this.temporaries : this.globals).add(n));
    this.none = this.lastShared = this.set();
    this.shared.set(this.none.key, this.none);
    for (const node of nodes) this.flows.set(node, this.begin());
    this.findDirty();
    this.findLive();
    this.findTemporaries();
  }

  /** The local of a slot, or undefined where it has none. */
  numberOf(slot: number): number | undefined {
    return this.numbers.get(slot);
  }

  of(node: Node): NodeFlow {
    return this.working(node);
  }

  private working(node: Node): Working {
    const found = this.flows.get(node);
    if (!found) throw new Error('a node of another region');
    return found;
  }

  /** The set of no locals, as sites have it. */
  emptySet(): SlotSet {
    return this.none;
  }

  /** The one set that is equal to the given one; it stays as it is. */
  private share(set: SlotSet): SlotSet {
    if (this.lastShared.equals(set)) return this.lastShared;
    const { key } = set;
    let shared = this.shared.get(key);
    if (!shared) this.shared.set(key, (shared = set.clone()));
    return (this.lastShared = shared);
  }

  private set(): SlotSet {
    return new SlotSet(this.slots.length);
  }

  private site(dirty: SlotSet): Site {
    return { dirty: this.share(dirty), temporaries: NONE };
  }

  private begin(): Working {
    return {
      dirtyIn: this.set(),
      liveIn: this.set(),
      use: this.set(),
      def: this.set(),
      sites: new Map(),
      behind: new Map(),
      systemCalls: new Map(),
      start: this.site(this.none),
      end: this.site(this.none),
    };
  }

  /** Walks the node with what is dirty before it; `at` sees each site. Returns what is dirty after it. */
  private walkDirty(
    node: Node,
    at?: (operation: Operation | 'start', dirty: SlotSet) => void,
    behind?: (operation: Operation, dirty: SlotSet) => void,
  ): SlotSet {
    const dirty = this.working(node).dirtyIn.clone();
    if (node.startsBlock) {
      dirty.add(this.pc);
      at?.('start', dirty);
    }
    for (const operation of node.operations) {
      if (isSite(operation)) at?.(operation, dirty);
      if (cleans(operation)) dirty.clear();
      for (const slot of operation.outputs) {
        const n = this.numbers.get(slot);
        if (n !== undefined && !isTemporary(slot)) dirty.add(n);
      }
      if (isAccessSite(operation)) behind?.(operation, dirty);
    }
    if (node.exit.kind === 'chain' || node.exit.kind === 'call') dirty.add(this.pc);
    return dirty;
  }

  private findDirty(): void {
    // What the node itself makes dirty, and whether it keeps what was dirty before.
    const own = this.nodes.map((node) => ({ dirty: this.walkDirty(node), keeps: !node.operations.some(cleans) }));
    for (let changed = true; changed;) {
      changed = false;
      for (const [i, node] of this.nodes.entries()) {
        // A call leaves nothing dirty: all is written before it.
        if (node.exit.kind === 'call') continue;
        const { dirty, keeps } = own[i];
        for (const successor of node.successors) {
          const { dirtyIn } = this.working(successor);
          if (dirtyIn.addAll(dirty)) changed = true;
          if (keeps && dirtyIn.addAll(this.working(node).dirtyIn)) changed = true;
        }
      }
    }
    for (const node of this.nodes) {
      const working = this.working(node);
      const out = this.walkDirty(
        node,
        (operation, dirty) => {
          if (operation === 'start') working.start = this.site(dirty);
          else working.sites.set(operation, this.site(dirty));
        },
        (operation, dirty) => working.behind.set(operation, this.site(dirty)),
      );
      working.end = this.site(out);
    }
  }

  /** What the node's exit itself reads. */
  private exitUses(node: Node): SlotSet {
    const uses = this.set();
    const { exit } = node;
    if (exit.kind === 'branch') this.addSlots(uses, exit.test.inputs);
    const stays = exit.kind === 'jump' || exit.kind === 'branch' || exit.kind === 'enter';
    const leaves = !stays && !(exit.kind === 'chain' && exit.target);
    if (leaves) uses.addAll(this.working(node).end.dirty);
    // A constant pc is written on the way out.
    if (exit.kind === 'chain' || (exit.kind === 'call' && exit.callee)) uses.delete(this.pc);
    if (exit.kind === 'dynamic') {
      uses.add(this.pc);
      this.addSlots(uses, exit.table?.checks.map(({ slot }) => slot) ?? []);
    }
    return uses;
  }

  private addSlots(set: SlotSet, slots: readonly number[]): void {
    for (const slot of slots) {
      const n = this.numbers.get(slot);
      if (n !== undefined) set.add(n);
    }
  }

  /** Goes backward through the node from what is live at its end; `at` sees what is live at each site. */
  private walkLive(
    node: Node,
    live: SlotSet,
    at?: (operation: Operation, live: SlotSet) => void,
    atBehind?: (operation: Operation, live: SlotSet) => void,
  ): void {
    live.addAll(this.exitUses(node));
    const { sites, behind, systemCalls, start } = this.working(node);
    for (let i = node.operations.length - 1; i >= 0; i--) {
      const operation = node.operations[i];
      const { op, outputs, inputs } = operation;
      // Behind a callback, before anything else.
      if (isCallback(op)) at?.(operation, live);
      const after = behind.get(operation);
      if (after) {
        atBehind?.(operation, live);
        live.addAll(after.dirty);
      }
      for (const slot of outputs) {
        const n = this.numbers.get(slot);
        if (n !== undefined) live.delete(n);
      }
      if (operation.isSystemCall) {
        systemCalls.set(operation, { reloads: live.members(this.globals) });
        live.deleteAll(this.globals);
      }
      this.addSlots(live, inputs);
      const site = sites.get(operation);
      if (site) {
        if (!isCallback(op)) at?.(operation, live);
        live.addAll(site.dirty);
      }
    }
    if (node.startsBlock) {
      live.addAll(start.dirty);
      live.delete(this.pc);
    }
  }

  private findLive(): void {
    for (const node of this.nodes) {
      const { use, def } = this.working(node);
      this.walkLive(node, use);
      for (const { outputs, isSystemCall } of node.operations) {
        this.addSlots(def, outputs);
        if (isSystemCall) def.addAll(this.globals);
      }
      if (node.startsBlock) def.add(this.pc);
    }
    for (let changed = true; changed;) {
      changed = false;
      for (let i = this.nodes.length - 1; i >= 0; i--) {
        const node = this.nodes[i];
        const working = this.working(node);
        if (working.liveIn.addAll(working.use)) changed = true;
        // A call's successor gets its values from the environment.
        if (node.exit.kind === 'call') continue;
        for (const successor of node.successors) {
          if (working.liveIn.addAllExcept(this.working(successor).liveIn, working.def)) changed = true;
        }
      }
    }
  }

  private findTemporaries(): void {
    const temporaries = (live: SlotSet): number[] => live.members(this.temporaries);
    for (const node of this.nodes) {
      const { sites, behind, end } = this.working(node);
      const live = this.set();
      if (node.exit.kind !== 'call') {
        for (const successor of node.successors) live.addAll(this.working(successor).liveIn);
      }
      const noteIn =
        (map: ReadonlyMap<Operation, Site>) =>
        (operation: Operation, now: SlotSet): void => {
          const site = map.get(operation);
          if (site) site.temporaries = temporaries(now);
        };
      this.walkLive(node, live, noteIn(sites), noteIn(behind));
      if (node.exit.kind === 'interpret') end.temporaries = this.interpretedTemporaries(node, node.exit.insn);
    }
  }

  /** What the interpreter may read where it goes on: any temporary that the instruction has set. */
  private interpretedTemporaries(node: Node, insn: number): number[] {
    const written = this.set();
    for (const other of this.nodes) {
      if (other.tb !== node.tb) continue;
      for (const operation of other.operations) if (operation.insn === insn) this.addSlots(written, operation.outputs);
    }
    return written.members(this.temporaries);
  }
}
