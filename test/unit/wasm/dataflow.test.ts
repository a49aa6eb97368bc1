import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { ENV_CONSTANTS, ENV_LOCALS, ENV_LOCALS_WORDS } from '../../../src/tcg/layout';
import { TranslationBlock } from '../../../src/tcg/tb';
import { Dataflow, type Site } from '../../../src/tcg/wasm/dataflow';
import { analyseGraph } from '../../../src/tcg/wasm/graph';
import { Node, type BlockKey, type Exit } from '../../../src/tcg/wasm/node';
import type { Operation } from '../../../src/tcg/wasm/shapes';
import type { SlotSet } from '../../../src/tcg/wasm/slot-set';

const [R0, R1, R2, R3, R4, R5, R6] = [0, 1, 2, 3, 4, 5, 6];
const PC = 15;
/** A state word that is always in the environment. */
const MEMORY = 64;
const FACTS = { pcSlot: PC, memoryWords: [{ first: MEMORY, end: MEMORY + 2 }] };
const [T0, T1, T2] = [ENV_LOCALS, ENV_LOCALS + 1, ENV_LOCALS + 2];
const SCRATCH = ENV_LOCALS + ENV_LOCALS_WORDS - 1;

const block = (pc: number): TranslationBlock =>
  new TranslationBlock(
    { pc, flags: 0, size: 4, insns: [], ir: undefined as never },
    { code: new Int32Array(), insnStarts: [] },
  );
const tb = block(0);

function op(
  code: Bytecode,
  outputs: readonly number[],
  inputs: readonly number[],
  rest: Partial<Operation> = {},
): Operation {
  return { op: code, at: 0, next: 0, insn: 0, outputs, inputs, immediates: [], ...rest };
}
const movi = (to: number): Operation => op(Bytecode.movi, [to], []);
const mov = (to: number, from: number): Operation => op(Bytecode.mov, [to], [from]);
const add = (to: number, a: number, b: number): Operation => op(Bytecode.add, [to], [a, b]);
const load = (to: number, address: number): Operation => op(Bytecode.ld32, [to], [address]);
const store = (address: number, value: number): Operation => op(Bytecode.st32, [], [address, value]);
const systemCall = (to: number, ...inputs: number[]): Operation =>
  op(Bytecode.call, [to], inputs, { isSystemCall: true });
const callback = (flags: number, rest: Partial<Operation> = {}): Operation =>
  op(Bytecode.plugin_exec_cb, [], [], { immediates: [0, flags], ...rest });

const entry = (...operations: Operation[]): Node => new Node(tb, true, operations);
const inner = (...operations: Operation[]): Node => new Node(tb, false, operations);
function branch(a: number, b: number, taken: Node, fall: Node): Exit {
  return { kind: 'branch', test: op(Bytecode.brcond_eq, [], [a, b]), taken, fall };
}

const nameOf = (slot: number): string =>
  slot === PC ? 'pc' : slot < ENV_LOCALS ? `r${slot}` : `t${slot - ENV_LOCALS}`;

/** The dataflow of nodes, the first of which is the region's entry, with slots by name. */
function analyse(...nodes: Node[]) {
  const flow = new Dataflow(nodes, FACTS);
  const names = (numbers: readonly number[]): string =>
    numbers
      .map((n) => nameOf(flow.slots[n]))
      .sort()
      .join(' ');
  const members = (set: SlotSet): string => names(set.members());
  const found = <T>(value: T | undefined): T => value ?? assert.fail('nothing is known of the operation');
  return {
    flow,
    liveIn: (node: Node) => members(flow.of(node).liveIn),
    dirtyAtStart: (node: Node) => members(flow.of(node).start.dirty),
    dirtyAtEnd: (node: Node) => members(flow.of(node).end.dirty),
    temporariesAtEnd: (node: Node) => names(flow.of(node).end.temporaries),
    dirty: (node: Node, operation: Operation) => members(found(flow.of(node).sites.get(operation)).dirty),
    dirtyBehind: (node: Node, operation: Operation) => members(found(flow.of(node).behind.get(operation)).dirty),
    temporaries: (node: Node, operation: Operation) => names(found(flow.of(node).sites.get(operation)).temporaries),
    temporariesBehind: (node: Node, operation: Operation) =>
      names(found<Site>(flow.of(node).behind.get(operation)).temporaries),
    reloads: (node: Node, operation: Operation) => names(found(flow.of(node).systemCalls.get(operation)).reloads),
    isSite: (node: Node, operation: Operation) => flow.of(node).sites.has(operation),
  };
}

describe('dataflow of regions', () => {
  describe('which slots have locals', () => {
    it('globals and temporaries that occur, and pc; not what is in memory, constant, or wanted by nobody', () => {
      const { flow } = analyse(entry(add(R1, R0, T0), mov(MEMORY, R1), add(SCRATCH, MEMORY + 1, ENV_CONSTANTS)));
      assert.deepEqual(
        [...flow.slots].sort((a, b) => a - b),
        [R0, R1, PC, T0],
      );
      flow.slots.forEach((slot, n) => assert.equal(flow.numberOf(slot), n));
      for (const slot of [R2, MEMORY, MEMORY + 1, SCRATCH, ENV_CONSTANTS]) assert.equal(flow.numberOf(slot), undefined);
    });

    it('what only a branch compares', () => {
      const [a, b, c] = [entry(), inner(), inner()];
      a.exit = branch(R3, T1, b, c);
      const { flow, liveIn } = analyse(a, b, c);
      assert.deepEqual(
        [...flow.slots].sort((x, y) => x - y),
        [R3, PC, T1],
      );
      assert.equal(liveIn(a), 'r3 t1');
    });

    it('a node of another region is refused', () => {
      assert.throws(() => analyse(entry()).liveIn(entry()), /another region/);
    });
  });

  describe('straight line', () => {
    const reads = load(T0, R1);
    const writes = store(R1, R2);
    const node = entry(mov(R1, R0), reads, add(R2, T0, R3), writes, movi(R4));
    const found = analyse(node);

    it('what was written is dirty at each access and behind it', () => {
      assert.equal(found.dirtyAtStart(node), 'pc');
      assert.equal(found.dirty(node, reads), 'pc r1');
      assert.equal(found.dirtyBehind(node, reads), 'pc r1');
      assert.equal(found.dirty(node, writes), 'pc r1 r2');
      assert.equal(found.dirtyBehind(node, writes), 'pc r1 r2');
      assert.equal(found.dirtyAtEnd(node), 'pc r1 r2 r4');
    });

    it('a load behind which its own output is dirty', () => {
      const direct = load(R5, R0);
      const loading = entry(direct);
      const { dirty, dirtyBehind, liveIn } = analyse(loading);
      assert.equal(dirty(loading, direct), 'pc');
      assert.equal(dirtyBehind(loading, direct), 'pc r5');
      assert.equal(liveIn(loading), 'r0');
    });

    it('what is read before it is written is live at the start', () => {
      assert.equal(found.liveIn(node), 'r0 r3');
    });

    it('only accesses, callbacks and helpers that use all state are sites', () => {
      const isSite = node.operations.map((operation) => found.isSite(node, operation));
      assert.deepEqual(isSite, [false, true, false, true, false]);
    });
  });

  describe('temporaries at an access', () => {
    it('those read there or later are needed before it, those read later behind it', () => {
      const access = load(T2, T0);
      const node = entry(movi(T0), movi(T1), access, add(R1, T1, T2));
      const { temporaries, temporariesBehind } = analyse(node);
      assert.equal(temporaries(node, access), 't0 t1');
      assert.equal(temporariesBehind(node, access), 't1 t2');
    });

    it('those that another node reads are needed too, those written again before are not', () => {
      const access = store(R0, R1);
      const [a, b] = [entry(movi(T0), movi(T1), access), inner(movi(T1), add(R2, T0, T1))];
      a.exit = { kind: 'jump', target: b };
      const { temporaries, temporariesBehind, liveIn } = analyse(a, b);
      assert.equal(temporaries(a, access), 't0');
      assert.equal(temporariesBehind(a, access), 't0');
      assert.equal(liveIn(b), 'pc t0');
    });

    it('the interpreter that goes on at the end may read whatever the instruction has set, in any node of the block', () => {
      const other = { insn: 1 };
      const a = entry(op(Bytecode.movi, [T2], []), op(Bytecode.movi, [T0], [], other));
      const b = inner(op(Bytecode.movi, [T1], [], other), op(Bytecode.movi, [R1], [], other));
      a.exit = { kind: 'jump', target: b };
      b.exit = { kind: 'interpret', at: 9, insn: 1 };
      const { temporariesAtEnd } = analyse(a, b);
      assert.equal(temporariesAtEnd(b), 't0 t1');
      assert.equal(temporariesAtEnd(a), '');
    });
  });

  describe('diamond', () => {
    const access = store(R4, R5);
    const [a, b, c, d] = [entry(), inner(movi(R2)), inner(movi(R3)), inner(access)];
    a.exit = branch(R0, R1, b, c);
    b.exit = c.exit = { kind: 'jump', target: d };
    const { dirty, dirtyAtEnd, liveIn } = analyse(a, b, c, d);

    it('what either side wrote is dirty where they meet, and on no side before', () => {
      assert.equal(dirty(d, access), 'pc r2 r3');
      assert.equal(dirtyAtEnd(b), 'pc r2');
      assert.equal(dirtyAtEnd(c), 'pc r3');
      assert.equal(dirtyAtEnd(a), 'pc');
    });

    it('what is dirty there for the other side is live on this one', () => {
      assert.equal(liveIn(d), 'pc r2 r3 r4 r5');
      assert.equal(liveIn(b), 'pc r3 r4 r5');
      assert.equal(liveIn(c), 'pc r2 r4 r5');
      assert.equal(liveIn(a), 'r0 r1 r2 r3 r4 r5');
    });
  });

  describe('loop', () => {
    const access = load(T0, R4);
    const [before, head, body, after] = [entry(movi(R1)), inner(access), inner(add(R2, R2, R3)), inner()];
    before.exit = { kind: 'jump', target: head };
    head.exit = branch(T0, R5, after, body);
    body.exit = { kind: 'jump', target: head };
    const { dirty, dirtyAtEnd, liveIn } = analyse(before, head, body, after);

    it('what the body writes is dirty in the next round and behind the loop', () => {
      assert.equal(dirty(head, access), 'pc r1 r2');
      assert.equal(dirtyAtEnd(before), 'pc r1');
      assert.equal(dirtyAtEnd(after), 'pc r1 r2');
    });

    it('what the next round reads is live in the body and before the loop', () => {
      assert.equal(liveIn(body), 'pc r1 r2 r3 r4 r5');
      assert.equal(liveIn(head), 'pc r1 r2 r3 r4 r5');
      assert.equal(liveIn(before), 'r2 r3 r4 r5');
      assert.equal(liveIn(after), 'pc r1 r2');
    });
  });

  it('a loop with two entries: what a round writes is dirty on the way back, what the other part reads is live there', () => {
    const [start, last] = [new Node(block(0), true, [movi(R1)]), new Node(block(0x300), true, [])];
    const a = new Node(block(0x100), true, [add(R2, R2, R3)]);
    const b = new Node(block(0x200), true, [add(R4, R4, R5)]);
    start.exit = { kind: 'dynamic', table: { targets: [a, b], checks: [] } };
    a.exit = { kind: 'chain', pc: 0x200, target: b };
    b.exit = { kind: 'dynamic', table: { targets: [a, last], checks: [] } };
    const order = analyseGraph(start);
    const { dirtyAtStart, dirtyAtEnd, liveIn } = analyse(...order);
    const back = b.successors.find(({ exit }) => exit.kind === 'enter') ?? assert.fail();
    assert.equal(dirtyAtStart(back), 'pc r1 r2 r4');
    assert.equal(dirtyAtEnd(start), 'pc r1');
    assert.equal(dirtyAtStart(a), 'pc r1 r2 r4');
    assert.equal(liveIn(back), 'r1 r2 r3 r4 r5');
    assert.equal(liveIn(start), 'r2 r3 r4 r5');
    assert.equal(dirtyAtEnd(last), 'pc r1 r2 r4');
  });

  it('a loop in a loop: what the outer one reads is live all round the inner one', () => {
    const [outer, head, body, last] = [entry(mov(R1, R5)), inner(), inner(movi(R2)), inner()];
    const access = store(R3, R3);
    const end = inner(access);
    outer.exit = branch(R3, R4, end, head);
    head.exit = branch(R3, R4, last, body);
    body.exit = { kind: 'jump', target: head };
    last.exit = { kind: 'jump', target: outer };
    const { dirty, liveIn } = analyse(outer, head, body, last, end);
    // r1: the budget may end before the outer loop's next round. pc is a constant there.
    assert.equal(liveIn(body), 'r1 r3 r4 r5');
    assert.equal(dirty(end, access), 'pc r1 r2');
  });

  describe('what is dirty at a site and written again behind it is live before', () => {
    /** What is live before the site, behind a node that has written r1. */
    function liveBefore(...operations: Operation[]): string {
      const [a, b] = [entry(movi(R1)), inner(...operations)];
      a.exit = { kind: 'jump', target: b };
      return analyse(a, b).liveIn(b);
    }

    it('at accesses and callbacks', () => {
      assert.equal(liveBefore(load(R1, R0)), 'pc r0 r1');
      assert.equal(liveBefore(store(R0, R2), movi(R1)), 'pc r0 r1 r2');
      assert.equal(liveBefore(callback(0), movi(R1)), 'pc r1');
      assert.equal(liveBefore(systemCall(R1)), 'pc r1');
    });

    it('not where nothing looks at it', () => {
      assert.equal(liveBefore(movi(R1)), 'pc');
    });
  });

  describe('exits', () => {
    /** What is live before a node that does nothing, behind one that has made pc and r1 dirty. */
    function liveBefore(exit: Exit, ...more: Node[]): string {
      const [a, b] = [entry(movi(R1)), inner()];
      a.exit = { kind: 'jump', target: b };
      b.exit = exit;
      return analyse(a, b, ...more).liveIn(b);
    }

    it('those that leave read what is dirty; pc unless it is written on the way out', () => {
      assert.equal(liveBefore({ kind: 'mainLoop' }), 'pc r1');
      assert.equal(liveBefore({ kind: 'interpret', at: 0, insn: 0 }), 'pc r1');
      assert.equal(liveBefore({ kind: 'dynamic' }), 'pc r1');
      assert.equal(liveBefore({ kind: 'chain', pc: 0x100, target: null }), 'r1');
    });

    it('a jump by a table reads what it checks', () => {
      const target = new Node(block(0x100), true, [add(R2, R2, R3)]);
      const table = { targets: [target], checks: [{ slot: R2, value: 1 }] };
      assert.equal(liveBefore({ kind: 'dynamic', table }, target), 'pc r1 r2 r3');
      const elsewhere = { targets: [], checks: [{ slot: R6, value: 1 }] };
      const node = entry(movi(R6));
      node.exit = { kind: 'dynamic', table: elsewhere };
      assert.equal(analyse(node).liveIn(node), '');
    });

    it('a chain makes pc dirty and takes what is dirty along to a block of the region', () => {
      const [a, b] = [entry(systemCall(R0), movi(R1)), new Node(block(0x100), true, [add(R2, R1, R3)])];
      a.exit = { kind: 'chain', pc: 0x100, target: b };
      const { dirtyAtEnd, dirtyAtStart, liveIn } = analyse(a, b);
      assert.equal(dirtyAtEnd(a), 'pc r0 r1');
      assert.equal(dirtyAtStart(b), 'pc r0 r1');
      assert.equal(liveIn(b), 'r0 r1 r3');
    });
  });

  describe('call', () => {
    const [a, b] = [inner(movi(R1)), new Node(block(0x100), true, [add(R2, R1, R3)])];
    const before = entry();
    before.exit = { kind: 'jump', target: a };
    const calling = (callee: BlockKey | null) => {
      a.exit = { kind: 'call', callee, resume: b };
      return analyse(before, a, b);
    };
    const found = calling({ pc: 0x200, flags: 0 });

    it('all is written before it: nothing is dirty behind it', () => {
      const { dirtyAtEnd, dirtyAtStart } = found;
      assert.equal(dirtyAtEnd(a), 'pc r1');
      assert.equal(dirtyAtStart(b), 'pc');
      assert.equal(dirtyAtEnd(b), 'pc r2');
    });

    it('what follows reads the environment: nothing is live across it', () => {
      const { liveIn } = found;
      assert.equal(liveIn(b), 'r1 r3');
      assert.equal(liveIn(a), '');
      assert.equal(liveIn(before), '');
    });

    it('pc is live where the callee is not a constant', () => {
      assert.equal(calling(null).liveIn(a), 'pc');
    });
  });

  describe('helper that uses all state', () => {
    const calls = systemCall(R2, R0);
    const access = store(R5, R6);
    const node = entry(movi(R1), calls, add(R3, R4, R2), access);

    it('all is written for it, its output is dirty behind it', () => {
      const { dirty, dirtyAtEnd } = analyse(node);
      assert.equal(dirty(node, calls), 'pc r1');
      assert.equal(dirty(node, access), 'r2 r3');
      assert.equal(dirtyAtEnd(node), 'r2 r3');
    });

    it('what follows needs is read again, so it is not live before', () => {
      const { reloads, liveIn } = analyse(node);
      assert.equal(reloads(node, calls), 'r4 r5 r6');
      assert.equal(liveIn(node), 'r0');
    });

    it('pc is read again for an exit that looks it up', () => {
      const last = systemCall(R2);
      const [main, dynamic] = [entry(last), entry(last)];
      dynamic.exit = { kind: 'dynamic' };
      assert.equal(analyse(main).reloads(main, last), '');
      assert.equal(analyse(dynamic).reloads(dynamic, last), 'pc');
    });
  });

  describe('callbacks', () => {
    const dirtyBehind = (made: Operation): string => {
      const node = entry(movi(R1), made);
      const { dirty, dirtyAtEnd } = analyse(node);
      assert.equal(dirty(node, made), 'pc r1');
      return dirtyAtEnd(node);
    };
    const direct = (isGuarded: boolean) => ({ direct: { function: undefined, isGuarded, data: 0, plugin: 0 } });

    it('only those for which all is written leave nothing dirty', () => {
      assert.equal(dirtyBehind(callback(0)), 'pc r1');
      assert.equal(dirtyBehind(callback(0, direct(true))), 'pc r1');
      assert.equal(dirtyBehind(callback(1)), '');
      assert.equal(dirtyBehind(callback(0, direct(false))), '');
    });

    it('one under a condition may not be called: what was dirty stays so', () => {
      const condition = op(Bytecode.plugin_exec_cond_cb, [], []);
      assert.equal(dirtyBehind(callback(1, { condition })), 'pc r1');
    });

    it('the interpreter goes on behind one: its own inputs are not needed', () => {
      const made = op(Bytecode.plugin_mem_cb, [], [T0, T1, T2], { immediates: [0, 0, 0, 0] });
      const node = entry(movi(T0), movi(T1), movi(T2), made, mov(R1, T1));
      assert.equal(analyse(node).temporaries(node, made), 't1');
    });
  });
});
