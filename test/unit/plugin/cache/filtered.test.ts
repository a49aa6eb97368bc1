import assert from 'node:assert/strict';
import type { WasmHost } from '../../../../src/tcg/wasm/host';
import { FakeHost } from '../fake-host';
import { guestBlock, runBlock, type GuestInsn } from '../guest';
import { session } from '../bundled/session';
import { ENV_BASE, ENV_STRIDE, ENV_TLB, GUEST_BASE, TLB_ENTRY_WORDS, TLB_INVALID } from '../../../../src/tcg/layout';

const PAGES = 32;
const VCPUS = 2;

/** How callbacks are left out: not at all, by the interpreter, by compiled code. */
type Way = 'plain' | 'filtered' | 'compiled';

function wasmHost(): WasmHost {
  const memoryPages = GUEST_BASE / 65536;
  const memory = new WebAssembly.Memory({ initial: memoryPages, maximum: memoryPages, shared: true });
  return {
    memory,
    memoryPages,
    now: () => 0,
    fromBase64: (text) => Buffer.from(text, 'base64'),
    instantiate: (bytes, imports) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), imports as WebAssembly.Imports)
        .exports,
  };
}

/** Maps virtual pages to physical ones as told, and fills the TLBs as an execution loop does, where there is room for models. */
class MappingHost extends FakeHost {
  /** Physical page of each virtual page. */
  readonly map = Array.from({ length: PAGES }, (_, page) => 0x100 + page);
  private readonly words = new Int32Array(this.memory);

  constructor(readonly way: Way) {
    super(VCPUS, VCPUS, way === 'filtered' ? GUEST_BASE : undefined, way === 'compiled' ? wasmHost() : undefined);
    if (way !== 'plain') for (let vcpu = 0; vcpu < VCPUS; vcpu++) this.flushTlb(vcpu);
  }

  flushTlb(vcpu: number): void {
    const tlb = (ENV_BASE + vcpu * ENV_STRIDE) / 4 + ENV_TLB;
    this.words.fill(TLB_INVALID, tlb, tlb + 0x1000);
  }

  override translate(_vcpu: number, vaddr: number): number | undefined {
    const page = vaddr >>> 12;
    return page < PAGES ? this.map[page] * 4096 + (vaddr & 0xfff) : super.translate(_vcpu, vaddr);
  }

  /** What an access does before its callbacks. */
  access(vcpu: number, vaddr: number): void {
    const page = vaddr >>> 12;
    if (this.way === 'plain' || page >= PAGES) return;
    const entry = (ENV_BASE + vcpu * ENV_STRIDE) / 4 + ENV_TLB + (page & 255) * TLB_ENTRY_WORDS;
    this.words[entry] = this.words[entry + 1] = page << 12;
    this.words[entry + 2] = this.map[page] * 4096 - page * 4096 + GUEST_BASE;
    this.words[entry + 3] = this.map[page];
  }
}

interface Outcome {
  readonly log: string;
  readonly statistics: unknown;
  readonly calls: number;
}

/** Runs a random program that is the same in every run; pages are mapped anew now and then. */
function outcome(line: string, way: Way, textFrom: number): Outcome {
  const host = new MappingHost(way);
  const { engine } = session([line], host);
  const blocks = new Map<string, ReturnType<typeof guestBlock>>();
  let state = 12345;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 9) % n;
  };
  let calls = 0;
  const count = <A extends unknown[]>(call: (...args: A) => boolean): ((...args: A) => boolean) => {
    const bound = call.bind(engine);
    return (...args) => (calls++, bound(...args));
  };
  engine.memCallback = count(engine.memCallback);
  engine.execCallback = count(engine.execCallback);
  let near = 0x4000;
  for (let i = 0; i < 3000; i++) {
    const vcpu = random(VCPUS);
    if (random(500) === 0) {
      host.map[random(PAGES)] = 0x100 + random(PAGES);
      for (let v = 0; v < VCPUS; v++) {
        if (way !== 'plain') host.flushTlb(v);
        engine.mappingChanged(v);
      }
    }
    near = random(4) ? near + random(24) : random(PAGES * 4096 - 64);
    const address = random(50) ? near & ~3 : 0xe0001000 + 4 * random(4);
    const insns: GuestInsn[] = [{}, random(3) ? { loads: [address] } : { stores: [address, address + 4] }, {}, {}];
    const pc = textFrom + 16 * (random(5) ? random(12) : random(4000));
    const key = `${vcpu} ${pc} ${JSON.stringify(insns)}`;
    let block = blocks.get(key);
    if (!block) {
      blocks.set(key, (block = guestBlock(pc, insns)));
      engine.instrument(block, vcpu);
    }
    for (const at of [address, address + 4]) host.access(vcpu, at);
    runBlock(engine, block.ir, vcpu, way === 'compiled');
  }
  const statistics = engine.statistics(100_000);
  engine.atexit();
  assert.deepEqual(host.faults, []);
  return { log: host.log, statistics, calls };
}

describe('filtered cache models', () => {
  for (const [line, textFrom] of [
    ['libcache.so,l2=on,limit=100000,cores=2', 0x10000],
    ['libcache.so,l2=on,limit=100000,cores=1,icachesize=1024,dcachesize=2048,dassoc=2,l2cachesize=16384', 0x10000],
    ['libcache.so,evict=fifo,limit=100000,dcachesize=1024,dassoc=4,dblksize=16,iassoc=1,l2=on', 0x10000],
    ['libcache.so,evict=rand,limit=100000,dcachesize=1024,dassoc=2,icachesize=1024,iassoc=2,l2=on', 0x10000],
    ['libcache.so,limit=100000,dcachesize=6144,dassoc=8,dblksize=16', 0x10000],
    ['libcache.so,limit=100000,dcachesize=2048,dassoc=32,iassoc=32,icachesize=4096,evict=fifo', 0x10000],
    ['libcache.so,limit=100000,dcachesize=2048,dassoc=32,iassoc=32,icachesize=4096,l2=on', 0x10000],
    ['libcache.so,limit=100000,dcachesize=2048,dassoc=32,iassoc=32,icachesize=4096,evict=rand', 0x10000],
    [
      'libcache.so,limit=100000,dcachesize=1536,dassoc=6,icachesize=1344,iassoc=7,l2=on,l2cachesize=12288,l2assoc=12',
      0x10000,
    ],
    [
      'libcache.so,limit=100000,dcachesize=256,dassoc=1,icachesize=256,iassoc=1,l2=on,l2cachesize=4096,l2assoc=2',
      0x10000,
    ],
    ['libcache.so,evict=fifo,limit=100000,dcachesize=1536,dassoc=6,icachesize=1344,iassoc=7', 0x10000],
    // Lines of 32 KiB / 4 ways lie further apart than a page is long; the text ends in the middle of a line.
    ['libcache.so,arg=0x100000,arg=0x108014', 0x100000],
  ] as const) {
    it(`count what unfiltered ones count, with fewer calls: ${line}`, () => {
      const plain = outcome(line, 'plain', textFrom);
      for (const [way, share] of [
        ['filtered', 0.7],
        ['compiled', 0.1],
      ] as const) {
        const { log, statistics, calls } = outcome(line, way, textFrom);
        assert.equal(log, plain.log);
        assert.deepEqual(statistics, plain.statistics);
        assert(calls < share * plain.calls, `${way}: ${calls} calls instead of ${plain.calls}`);
      }
    });
  }

  it('count lines that are longer than a page, whose parts may lie in memory far apart', () => {
    const line = 'libcache.so,limit=100000,dcachesize=65536,dassoc=4,dblksize=8192,l2=on';
    const plain = outcome(line, 'plain', 0x10000);
    for (const way of ['filtered', 'compiled'] as const) {
      const { log, statistics } = outcome(line, way, 0x10000);
      assert.equal(log, plain.log);
      assert.deepEqual(statistics, plain.statistics);
    }
  });
});
