import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * Random streams of floating-point instructions, the same image on QEMU and on the emulator (see stream/README.md): every
 * register, FPSCR and memory hashed after each instruction. Larger streams: `compare` by hand.
 */

interface Comparison {
  readonly items: number;
  readonly differences: readonly unknown[];
}

interface Stream {
  compare(options: Readonly<Record<string, unknown>>): Promise<Comparison>;
}

const load = (file: string): Promise<unknown> => import(pathToFileURL(path.resolve('test/peer', file)).href);

/** All of FPSCR; without short vectors, rounding to nearest, where the fast ways are taken. */
const EVERYTHING = 0xfff7009f;
const FAST = 0xf000001f;

describe('random floating-point instructions', function () {
  this.timeout(300_000);
  for (const isa of ['a32-vfp', 't32-vfp']) {
    for (const fpscr of [EVERYTHING, FAST]) {
      it(`${isa} agree with QEMU, FPSCR random in 0x${fpscr.toString(16)}`, async () => {
        const { compare } = (await load('stream/stream.mjs')) as Stream;
        const { oursMachine } = (await load('run-ours.mjs')) as { oursMachine: unknown };
        const { items, differences } = await compare({ isa, count: 3200, seed: 7, mine: oursMachine, fpscr });
        assert.equal(items, 3200);
        assert.deepEqual(differences, []);
      });
    }
  }
});
