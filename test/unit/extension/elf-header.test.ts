import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HEADER_BYTES, isArmExecutable } from '../../../src/extension/launch/elf-header';

describe('recognizing a program by its header', () => {
  const elf = new Uint8Array(readFileSync('samples/matmul/matmul.elf')).slice(0, HEADER_BYTES);
  const changed = (offset: number, ...bytes: number[]) => {
    const copy = elf.slice();
    copy.set(bytes, offset);
    return copy;
  };

  it('takes the sample', () => assert.ok(isArmExecutable(elf)));
  it('takes a position-independent program', () => assert.ok(isArmExecutable(changed(16, 3, 0))));
  it('takes no other file', () => {
    assert.equal(isArmExecutable(new Uint8Array()), false);
    assert.equal(isArmExecutable(elf.slice(0, HEADER_BYTES - 1)), false);
    assert.equal(isArmExecutable(changed(0, 0x7e)), false);
  });
  it('takes no object file, core dump, other machine, 64-bit or big-endian file', () => {
    assert.equal(isArmExecutable(changed(16, 1, 0)), false);
    assert.equal(isArmExecutable(changed(16, 4, 0)), false);
    assert.equal(isArmExecutable(changed(18, 62, 0)), false);
    assert.equal(isArmExecutable(changed(4, 2)), false);
    assert.equal(isArmExecutable(changed(5, 2)), false);
  });
});
