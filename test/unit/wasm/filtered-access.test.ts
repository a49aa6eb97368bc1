import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { MemOp } from '../../../src/tcg/memop';
import { filterOf } from '../../../src/tcg/wasm/filtered-access';
import type { Operation } from '../../../src/tcg/wasm/shapes';

const ADDRESS = 3;

const op = (code: Bytecode, outputs: number[], inputs: number[], immediates: number[]): Operation => ({
  ...{ op: code, at: 0, next: 0, insn: 0 },
  ...{ outputs, inputs, immediates },
});

/** An access and the callback for it. */
function operations(memop: number, code = Bytecode.ld64): Operation[] {
  return [
    op(code, [0, 1], [ADDRESS], [memop, 0, 0]),
    op(Bytecode.plugin_mem_filtered_cb, [], [ADDRESS], [memop, 1, 7, 0, 0, 5, 63, 0]),
  ];
}

describe('accesses with the check of a cache model', () => {
  it('take the check over, whatever the byte order', () => {
    for (const memop of [MemOp.UQ, MemOp.UQ | MemOp.ALIGN4, MemOp.UQ | MemOp.ALIGN])
      assert.equal(filterOf(operations(memop), 0)?.index, 7);
    assert.equal(filterOf(operations(MemOp.UQ | MemOp.BE, Bytecode.ld64_slow), 0)?.index, 7);
  });

  it('see to an alignment by themselves that the model does not know', () => {
    const align16 = 4 << MemOp.ALIGN_TO_SHIFT;
    assert.equal(filterOf(operations(MemOp.UQ | align16), 0), undefined);
    assert.equal(filterOf(operations(MemOp.UL | align16, Bytecode.ld_slow), 0), undefined);
  });
});
