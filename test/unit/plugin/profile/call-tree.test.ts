import assert from 'node:assert/strict';
import { CallTree, type BlockEnd } from '../../../../src/plugin/profile/call-tree';

/** A program's blocks, told to a tree one after the other; each costs 10. */
class Program {
  readonly cost = [0, 0];
  readonly tree = new CallTree(2, 1, (vcpu) => [this.cost[vcpu]]);

  run(name: string, vaddr: number, end: BlockEnd = 'other', vcpu = 0): this {
    const isEntry = vaddr % 0x100 === 0;
    this.tree.block(vcpu, { vaddr, name, isEntry, end, last: vaddr + 12, next: vaddr + 16 });
    this.cost[vcpu] += 10;
    return this;
  }

  /** `a/b/c calls cost` for each path. */
  get paths(): string[] {
    return this.tree.nodes().map(({ node, inclusive }) => {
      let text = node.name;
      for (let at = node.parent; at?.parent; at = at.parent) text = `${at.name}/${text}`;
      return `${text} ${node.calls} ${inclusive[0]}`;
    });
  }
}

describe('CallTree', () => {
  it('a call begins, and the return to behind it ends', () => {
    const program = new Program().run('main', 0x100, 'call').run('f', 0x200, 'call').run('g', 0x300, 'return');
    program.run('f', 0x210, 'return').run('main', 0x110, 'call').run('f', 0x200, 'return').run('main', 0x120);
    assert.deepEqual(program.paths, ['main 1 70', 'main/f 1 30', 'main/f/g 1 10', 'main/f 1 10']);
  });

  it('counts a call in a loop once per round', () => {
    const program = new Program();
    for (let i = 0; i < 3; i++) program.run('main', 0x100, 'call').run('f', 0x200, 'return').run('main', 0x110);
    assert.deepEqual(program.paths, ['main 1 90', 'main/f 3 30']);
  });

  it('a call or a return that its condition prevents is none', () => {
    const program = new Program().run('main', 0x100, 'call').run('main', 0x110, 'return').run('main', 0x120);
    assert.deepEqual(program.paths, ['main 1 30']);
  });

  it('a jump to another function returns to its caller’s caller', () => {
    const program = new Program()
      .run('main', 0x100, 'call')
      .run('f', 0x200)
      .run('g', 0x300, 'return')
      .run('main', 0x110);
    assert.deepEqual(program.paths, ['main 1 40', 'main/f 1 20', 'main/f/g 1 10']);
  });

  it('recursion is a path of its own', () => {
    const program = new Program().run('main', 0x100, 'call').run('f', 0x200, 'call').run('f', 0x200, 'return');
    program.run('f', 0x210, 'return').run('main', 0x110);
    assert.deepEqual(program.paths, ['main 1 50', 'main/f 1 30', 'main/f/f 1 10']);
  });

  it('an exception comes back to where it came from', () => {
    const program = new Program().run('main', 0x100, 'call').run('f', 0x200);
    program.tree.exception(0, 0x208);
    program.run('irq', 0x1018, 'call').run('g', 0x300, 'return').run('irq', 0x1028).run('f', 0x208, 'return');
    program.run('main', 0x110);
    assert.deepEqual(program.paths, ['main 1 70', 'main/f 1 50', 'main/f/irq 1 30', 'main/f/irq/g 1 10']);
  });

  it('a stack that is left behind is found again, or begins anew', () => {
    const program = new Program().run('main', 0x100, 'call').run('f', 0x200, 'call').run('g', 0x300);
    // longjmp to main, then a switch to another task and back.
    program.run('main', 0x120).run('task', 0x440).run('main', 0x130);
    assert.deepEqual(program.paths, ['main 2 50', 'main/f 1 20', 'main/f/g 1 10', 'task 1 10']);
  });

  it('each vCPU has a stack of its own', () => {
    const program = new Program().run('main', 0x100, 'call').run('main', 0x100, 'call', 1);
    program.run('f', 0x200, 'other', 1).run('g', 0x300).run('f', 0x208, 'return', 1).run('main', 0x110, 'other', 1);
    assert.deepEqual(program.paths, ['main 2 60', 'main/f 1 20', 'main/g 1 10']);
  });

  it('endless recursion takes a bounded tree', () => {
    const program = new Program().run('main', 0x100, 'call');
    for (let i = 0; i < 5000; i++) program.run('f', 0x200, 'call');
    assert.ok(program.paths.length <= 1001);
    assert.equal(program.paths[0], 'main 1 50010');
    assert.equal(program.paths[1], 'main/f 1 50000');
  });
});
