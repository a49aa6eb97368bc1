import assert from 'node:assert/strict';
import { XILINX_ZYNQ_A9 } from '../../../src/emulator/boards/xilinx-zynq-a9';
import { copyBlobs, EM_ARM, largestGap, planLoad, type LoaderRequest } from '../../../src/emulator/loader';
import { TestBoard } from './test-board';

const segment = (paddr: number, data: number[], memsz = data.length) => ({
  paddr,
  vaddr: paddr,
  data: Uint8Array.from(data),
  memsz,
});
const image = (entry: number, ...segments: ReturnType<typeof segment>[]): LoaderRequest => ({
  kind: 'image',
  file: 'a.elf',
  image: { entry, machine: EM_ARM, segments },
  cpu: 0,
});

describe('loader', () => {
  const { space } = new TestBoard({ memoryBytes: 1 << 20 }).board;
  const plan = (...requests: LoaderRequest[]) => planLoad(requests, space, 1);

  it('puts segments at their physical addresses and clears the rest', () => {
    const memory = new Uint8Array(0x200000 + XILINX_ZYNQ_A9.ramBytes(1 << 20)).fill(0xee);
    const result = plan(image(0x1001, segment(0x1000, [1, 2, 3], 5), segment(0xfffc0000, [9])));
    copyBlobs(result, space, memory);
    assert.deepEqual([...memory.subarray(0x201000 - 1, 0x201006)], [0xee, 1, 2, 3, 0, 0, 0xee]);
    assert.equal(memory[0x200000 + (1 << 20)], 9, 'OCM follows DDR');
    assert.equal(result.entries.get(0), 0x1001);
  });

  it('takes raw files, values and a bare pc', () => {
    const memory = new Uint8Array(0x200000 + XILINX_ZYNQ_A9.ramBytes(1 << 20));
    const result = plan(
      { kind: 'raw', file: 'x.bin', addr: 0x100, data: Uint8Array.of(5, 6), cpu: 0 },
      { kind: 'data', addr: 0x200, value: 0x1122334455667788n, length: 6 },
      { kind: 'data', addr: 0x300, value: 0x1234n, length: 2, bigEndian: true, cpu: 0 },
    );
    copyBlobs(result, space, memory);
    const at = (address: number, length: number) => [
      ...memory.subarray(0x200000 + address, 0x200000 + address + length),
    ];
    assert.deepEqual(at(0x100, 3), [5, 6, 0]);
    assert.deepEqual(at(0x200, 7), [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0]);
    assert.deepEqual(at(0x300, 2), [0x12, 0x34]);
    assert.equal(result.entries.get(0), 0x100, 'data= does not set the pc');
    assert.equal(plan({ kind: 'pc', addr: 0x123456, cpu: 0 }).entries.get(0), 0x123456);
  });

  it('sets no pc without cpu-num', () => {
    assert.equal(plan({ kind: 'raw', file: 'x', addr: 0x1000, data: Uint8Array.of(1) }).entries.size, 0);
  });

  it('skips empty segments', () => assert.deepEqual(plan(image(0, segment(0x40000000, []))).blobs, []));

  const refused: [string, LoaderRequest[], RegExp][] = [
    [
      'a segment where nothing is',
      [image(0, segment(0, [1]), segment(0x40000000, [1, 2]))],
      /a\.elf: segment 1 at 0x40000000\.\.0x40000001 is outside RAM: nothing answers there/,
    ],
    [
      'a segment in a device',
      [image(0, segment(0xf8000100, [1]))],
      /outside RAM: device "slcr" lies at 0xf8000000\.\.0xf8000fff/,
    ],
    [
      'a segment past the end',
      [image(0, segment(0xffffe, [1], 10))],
      /a\.elf: segment 0 at 0x000ffffe\.\.0x00100007 is too big: it runs 8 bytes past the end of memory "zynq\.ext_ram" \(0x00000000\.\.0x000fffff\)/,
    ],
    [
      'overlap',
      [image(0, segment(0x100, [1, 2, 3, 4])), { kind: 'raw', file: 'b.bin', addr: 0x103, data: Uint8Array.of(1) }],
      /overlap: a\.elf: segment 0 at 0x00000100\.\.0x00000103 and b\.bin at 0x00000103/,
    ],
    [
      'another machine',
      [{ kind: 'image', file: 'x.elf', image: { entry: 0, machine: 243, segments: [] } }],
      /x\.elf: made for another processor \(e_machine 243\)/,
    ],
    ['a CPU that is not there', [{ kind: 'pc', addr: 0, cpu: 1 }], /cpu-num 1 does not exist: the machine has 1 CPU$/],
    ['data-len of 0', [{ kind: 'data', addr: 0, value: 1n, length: 0 }], /data-len 0 is not within 1\.\.8/],
    ['data-len of 9', [{ kind: 'data', addr: 0, value: 1n, length: 9 }], /data-len 9/],
  ];
  for (const [what, requests, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => plan(...requests), message));
  }

  it('parts may touch', () =>
    assert.equal(plan(image(0, segment(0x100, [1, 2]), segment(0x102, [3]))).blobs.length, 2));

  it('finds room for the heap', () => {
    assert.deepEqual(largestGap(plan(image(0, segment(0x1000, [1], 0x184))), space), { base: 0x1184, limit: 1 << 20 });
    assert.deepEqual(largestGap(plan(image(0, segment(0x100, [1]), segment(0xf0000, [1]))), space), {
      base: 0x101,
      limit: 0xf0000,
    });
    assert.deepEqual(largestGap(plan(), space), { base: 0, limit: 1 << 20 });
  });
});
