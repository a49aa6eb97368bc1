import assert from 'node:assert/strict';
import { Cp15Slot } from '../../../src/target/arm/cp15/state';
import { translateShort, type TableReader } from '../../../src/target/arm/mmu/short-descriptor';
import { AccessType } from '../../../src/tcg/guest-cpu';

const { Load, Store, Fetch } = AccessType;

/** Tables in a map of words: level 1 at 0x4000, level 2 at 0x8000. */
function mmu(words: Record<number, number>, registers: Partial<Record<keyof typeof Cp15Slot, number>> = {}) {
  const env = new Int32Array(512);
  env[Cp15Slot.TTBR0] = 0x404a;
  env[Cp15Slot.DACR] = 0x55555555;
  for (const [name, value] of Object.entries(registers)) env[Cp15Slot[name as keyof typeof Cp15Slot]] = value;
  const read: TableReader = (address) => (address >= 0x10000000 ? undefined : (words[address] ?? 0));
  const at = (vaddr: number, access?: AccessType, user = false): string => {
    const result = translateShort(env, read, { vaddr, user, access });
    if (result.fault !== undefined) return `fault ${result.fault.toString(16)}`;
    const letters = [result.readable && 'r', result.writable && 'w', result.executable && 'x'];
    return `${result.physical.toString(16)} ${letters.filter(Boolean).join('')}`;
  };
  return at;
}

const level1 = (vaddr: number): number => 0x4000 + (vaddr >>> 20) * 4;
const level2 = (vaddr: number): number => 0x8000 + ((vaddr >>> 12) & 0xff) * 4;
const V = 0x12345678;

describe('short-descriptor translation', () => {
  it('faults where nothing is mapped, with the level and the domain', () => {
    assert.equal(mmu({})(V, Load), 'fault 5');
    assert.equal(mmu({ [level1(V)]: 3 })(V, Load), 'fault 5');
    assert.equal(mmu({ [level1(V)]: 0x8001 | (6 << 5) })(V, Load), 'fault 67');
    assert.equal(mmu({ [level1(V)]: 0x20000001 | (6 << 5) })(V, Load), 'fault 6e', 'the table does not answer');
    assert.equal(mmu({}, { TTBR0: 0x20000000 })(V, Load), 'fault c');
  });

  it('maps sections, supersections, large and small pages', () => {
    assert.equal(mmu({ [level1(V)]: 0xabc00c02 })(V, Load), 'abc45678 rwx');
    assert.equal(mmu({ [level1(V)]: 0xab040c02 })(V, Load), 'ab345678 rwx');
    assert.equal(mmu({ [level1(V)]: 0xab540c22 })(V, Load), '15ab345678 rwx', 'bits 39..32');
    const table = { [level1(V)]: 0x8001 };
    assert.equal(mmu({ ...table, [level2(V)]: 0xabcd0031 })(V, Load), 'abcd5678 rwx');
    assert.equal(mmu({ ...table, [level2(V)]: 0xabcde032 })(V, Load), 'abcde678 rwx');
    assert.equal(mmu({ ...table, [level2(V)]: 0xabcde033 })(V, Load), 'abcde678 rw');
    assert.equal(mmu({ ...table, [level2(V)]: 0xabcd8031 })(V, Load), 'abcd5678 rw');
  });

  it('gives each AP its permissions, privileged and user', () => {
    const wanted = ['- -', 'rw -', 'rw r', 'rw rw', '- -', 'r -', 'r r', 'r r'];
    const found = wanted.map((_, ap) => {
      const at = mmu({ [level1(V)]: 0x10 | 2 | ((ap & 3) << 10) | ((ap >> 2) << 15) });
      return [false, true]
        .map((user) => {
          const can = [Load, Store].map((access) => !at(V, access, user).startsWith('fault'));
          return `${can[0] ? 'r' : ''}${can[1] ? 'w' : ''}` || '-';
        })
        .join(' ');
    });
    assert.deepEqual(found, wanted);
    assert.equal(mmu({ [level1(V)]: 0xabc08402 })(V, Store), 'fault d');
    assert.equal(mmu({ [level1(V)]: 0xabc00c12 })(V, Fetch), 'fault d', 'execute never');
    assert.equal(mmu({ [level1(V)]: 0x8001, [level2(V)]: 0xabcde212 })(V, Store), 'fault f');
  });

  it('obeys domains before the second level is read', () => {
    const words = { [level1(V)]: 0xabc08402 | (3 << 5), [level1(0x400000)]: 0x20000001 | (3 << 5) };
    assert.equal(mmu(words, { DACR: 0 })(V, Load), 'fault 39');
    assert.equal(mmu(words, { DACR: 2 << 6 })(0x400000, Load), 'fault 3b');
    assert.equal(mmu(words, { DACR: 3 << 6 })(V, Store, true), 'abc45678 rwx', 'a manager');
    assert.equal(mmu(words, { DACR: 0 })(V), 'abc45678 rwx', 'a debugger');
  });

  it('obeys the access flag', () => {
    const AFE = { SCTLR: 1 << 29 };
    assert.equal(mmu({ [level1(V)]: 0xabc00802 }, AFE)(V, Load), 'fault 3');
    assert.equal(mmu({ [level1(V)]: 0x8001, [level2(V)]: 0xabcde022 }, AFE)(V, Load), 'fault 6');
    assert.equal(mmu({ [level1(V)]: 0xabc08402 }, AFE)(V, Store), 'fault d');
    assert.equal(mmu({ [level1(V)]: 0xabc00402 }, AFE)(V, Store), 'abc45678 rwx');
    assert.equal(mmu({ [level1(V)]: 0xabc00402 }, AFE)(V, Load, true), 'fault d');
  });

  it('splits the address space by TTBCR.N', () => {
    const words = { [0xc000 + 0x800 * 4]: 0xbbb00c02, [0x4000]: 0xaaa00c02, [0x4000 + 0x800 * 4]: 0xccc00c02 };
    const registers = { TTBR1: 0xc000 };
    assert.equal(mmu(words, { ...registers, TTBCR: 0 })(0x80000000, Load), 'ccc00000 rwx');
    assert.equal(mmu(words, { ...registers, TTBCR: 1 })(0x80000000, Load), 'bbb00000 rwx');
    assert.equal(mmu(words, { ...registers, TTBCR: 7 })(0, Load), 'aaa00000 rwx');
    assert.equal(mmu(words, { ...registers, TTBCR: 0x11 })(0, Load), 'fault 5', 'PD0');
    assert.equal(mmu(words, { ...registers, TTBCR: 0x21 })(0x80000000, Load), 'fault 5', 'PD1');
  });

  it('reads big-endian tables', () => {
    assert.equal(mmu({ [level1(V)]: 0x020cc0ab }, { SCTLR: 1 << 25 })(V, Load), 'abc45678 rwx');
  });
});
