import assert from 'node:assert/strict';
import { codeConfig, Session } from './session';

const MIB = 2 ** 20;

/** At 0x1000: str r0, [r1]; ldr r2, [r1]; b . */
const WORDS = [0xe5810000, 0xe5912000, 0xeafffffe];

async function roundTrip(memoryBytes: number, address: number): Promise<{ value: number; guestLog: string[] }> {
  const bytes = new Uint8Array(Uint32Array.from(WORDS).buffer);
  const session = await Session.start(
    codeConfig([], {
      memoryBytes,
      images: [
        { kind: 'raw', name: 'code', bytes, address: 0x1000 },
        { kind: 'pc', address: 0x1000, cpu: 0 },
      ],
    }),
  );
  await session.engine.writeRegister(0, 'r0', 0x89abcdef);
  await session.engine.writeRegister(0, 'r1', address);
  for (let i = 0; i < 2; i++) await session.stop({ kind: 'stepInstruction' });
  const value = await session.register('r2');
  const seen = await session.engine.readMemory(address, 4);
  if (value) assert.deepEqual([...seen], [0xef, 0xcd, 0xab, 0x89]);
  else assert.equal(seen.length, 0);
  await session.engine.dispose();
  return { value, guestLog: session.guestLog };
}

describe('engine: sizes of memory', () => {
  it('the last word of 1 MiB to 2 GiB is there, the word after it is not', async () => {
    for (const size of [1 * MIB, 3 * MIB, 1024 * MIB, 2048 * MIB]) {
      assert.equal((await roundTrip(size, size - 4)).value, 0x89abcdef, `${size}`);
      const beyond = await roundTrip(size, size);
      assert.equal(beyond.value, 0, `${size}`);
      assert.equal(beyond.guestLog.length, 2);
    }
  });

  it('the on-chip memory reaches to the very end of the address space', async () => {
    assert.equal((await roundTrip(16 * MIB, 0xfffffffc)).value, 0x89abcdef);
    assert.equal((await roundTrip(16 * MIB, 0xfffc0000)).value, 0x89abcdef);
  });

  it('a program that does not fit says where it would lie', async () => {
    await assert.rejects(Session.start(codeConfig([1], { memoryBytes: MIB })), /code.*0x00100000.*outside RAM/);
  });

  it('a size that the board cannot have is refused', async () => {
    await assert.rejects(Session.start(codeConfig([1], { memoryBytes: 4096 * MIB })), /2 GiB|2048/);
  });
});
