/** How the last instruction of a block leaves it. */
export type BlockEnd = 'call' | 'return' | 'other';

/** A translated block, as far as calls are seen from it. */
export interface CallBlock {
  /** Address of its first instruction, unsigned. */
  readonly vaddr: number;
  /** The function that it lies in. */
  readonly name: string;
  /** Whether it begins where a function does. */
  readonly isEntry: boolean;
  readonly end: BlockEnd;
  /** Address of its last instruction, and of what follows that. */
  readonly last: number;
  readonly next: number;
}

/** A function called along one path from the start of the program. */
export interface CallNode {
  readonly name: string;
  readonly parent: CallNode | undefined;
  /** Where the function begins, and the address of the instruction that called it there. */
  readonly entry: number;
  readonly site: number;
  calls: number;
  /** What it and all that it called have cost, of the calls that have ended. */
  readonly inclusive: Float64Array;
  readonly children: Map<string, CallNode>;
}

/** A call that has not ended. */
interface Frame {
  readonly node: CallNode;
  /** Where it returns to; -1: unknown. */
  readonly back: number;
  /** `jump`: its caller's frame ends with it. `exception`: it comes back to the instruction, or to one after it. */
  readonly how: 'call' | 'jump' | 'exception';
  readonly before: Float64Array;
}

interface Stack {
  readonly frames: Frame[];
  previous: CallBlock | undefined;
  /** An exception that has not reached its first block, with where it came from. */
  exception: number | undefined;
  exceptions: number;
}

/** Deeper calls, and more different paths, are counted where the limit is reached. */
const MOST_FRAMES = 1000;
const MOST_NODES = 200_000;
/** Widths of instructions that an exception may come back behind. */
const AFTER = [0, 2, 4];

/**
 * The calls of a program by the path that they came on, found from the blocks that its vCPUs execute: a block that ends with a
 * call begins one, and one that goes on where a call returns to ends it, with all that it called. A jump to the begin of
 * another function is a call that returns to its caller's caller; what else goes into another function (a switch of stacks,
 * longjmp) goes back to where that function was called, or begins anew.
 */
export class CallTree {
  readonly root: CallNode;
  private readonly stacks: Stack[];
  private count = 0;

  /**
   * @param events how many kinds of costs there are
   * @param costs what the vCPU has cost so far; the array is copied
   */
  constructor(
    vcpus: number,
    private readonly events: number,
    private readonly costs: (vcpu: number) => ArrayLike<number>,
  ) {
    this.root = this.node('(root)', undefined, 0, 0);
    this.stacks = Array.from({ length: vcpus }, () => ({
      frames: [],
      previous: undefined,
      exception: undefined,
      exceptions: 0,
    }));
  }

  /** The vCPU takes an exception at `from`. */
  exception(vcpu: number, from: number): void {
    this.stacks[vcpu].exception = from;
  }

  /** The vCPU begins to execute the block. */
  block(vcpu: number, block: CallBlock): void {
    const stack = this.stacks[vcpu];
    const { previous, frames, exception } = stack;
    stack.previous = block;
    const top = frames.at(-1);
    if (exception !== undefined) {
      stack.exception = undefined;
      this.push(vcpu, block, exception, exception, 'exception');
    } else if (!previous || !top) {
      this.push(vcpu, block, 0, -1, 'call');
    } else if (stack.exceptions > 0 && this.resumes(vcpu, block.vaddr)) {
      return;
    } else if (previous.end === 'call' && block.vaddr !== previous.next) {
      this.push(vcpu, block, previous.last, previous.next, 'call');
    } else if (previous.end === 'return' && this.returns(vcpu, block.vaddr)) {
      return;
    } else if (block.name !== top.node.name) {
      if (block.isEntry && previous.end !== 'return') this.push(vcpu, block, previous.last, top.back, 'jump');
      else this.find(vcpu, block);
    }
  }

  /** Every path with what it has cost, calls that have not ended included; parents before their children. */
  nodes(): { readonly node: CallNode; readonly inclusive: Float64Array }[] {
    const running = new Map<CallNode, Float64Array>();
    this.stacks.forEach(({ frames }, vcpu) => {
      const now = this.costs(vcpu);
      for (const { node, before } of frames) {
        const sum = running.get(node) ?? node.inclusive.slice();
        running.set(node, sum);
        // Where a limit was reached, one node stands for several calls, the outer of which has it all.
        if (frames.find((frame) => frame.node === node)?.before === before) add(sum, now, before);
      }
    });
    const result: { node: CallNode; inclusive: Float64Array }[] = [];
    const visit = (node: CallNode): void => {
      result.push({ node, inclusive: running.get(node) ?? node.inclusive });
      for (const child of node.children.values()) visit(child);
    };
    for (const child of this.root.children.values()) visit(child);
    return result;
  }

  private push(vcpu: number, block: CallBlock, site: number, back: number, how: Frame['how']): void {
    const stack = this.stacks[vcpu];
    const { frames } = stack;
    const parent = frames.at(-1)?.node ?? this.root;
    const key = `${site} ${block.name}`;
    let node = parent.children.get(key);
    if (!node) {
      const full = frames.length >= MOST_FRAMES || this.count >= MOST_NODES;
      node = full && parent !== this.root ? parent : this.node(block.name, parent, block.vaddr, site);
      if (node !== parent) parent.children.set(key, node);
    }
    node.calls++;
    if (how === 'exception') stack.exceptions++;
    frames.push({ node, back, how, before: Float64Array.from(this.costs(vcpu)) });
  }

  private node(name: string, parent: CallNode | undefined, entry: number, site: number): CallNode {
    this.count++;
    return { name, parent, entry, site, calls: 0, inclusive: new Float64Array(this.events), children: new Map() };
  }

  /** Ends the latest frames down to `depth`. */
  private pop(vcpu: number, depth: number): void {
    const stack = this.stacks[vcpu];
    const { frames } = stack;
    if (frames.length <= depth) return;
    const now = this.costs(vcpu);
    while (frames.length > depth) {
      const { node, before, how } = frames.pop()!;
      if (how === 'exception') stack.exceptions--;
      if (!frames.some((frame) => frame.node === node)) add(node.inclusive, now, before);
    }
  }

  /** Ends the call that returns to the address, if one does. */
  private returns(vcpu: number, address: number): boolean {
    const { frames } = this.stacks[vcpu];
    let depth = frames.findLastIndex(({ back, how }) => back === address && how !== 'exception');
    if (depth < 0) return false;
    // Those that jumped here end with it.
    while (depth > 0 && frames[depth].how === 'jump') depth--;
    this.pop(vcpu, depth);
    return true;
  }

  /** Ends the exception that comes back to the address, if one does. */
  private resumes(vcpu: number, address: number): boolean {
    const { frames } = this.stacks[vcpu];
    const depth = frames.findLastIndex(({ how }) => how === 'exception');
    if (!AFTER.some((width) => frames[depth].back + width === address)) return false;
    this.pop(vcpu, depth);
    return true;
  }

  /** Goes on in the function where it was called last, or as one that nobody called. */
  private find(vcpu: number, block: CallBlock): void {
    const { frames } = this.stacks[vcpu];
    const depth = frames.findLastIndex(({ node }) => node.name === block.name);
    this.pop(vcpu, depth + 1);
    if (depth < 0) this.push(vcpu, block, 0, -1, 'call');
  }
}

function add(sum: Float64Array, now: ArrayLike<number>, before: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i] += now[i] - before[i];
}
