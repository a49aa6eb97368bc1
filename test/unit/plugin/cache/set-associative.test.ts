import assert from 'node:assert/strict';
import { nextMultiplicative, nextRandom, SEEDS, type Policy } from '../../../../src/plugin/cache/policies';
import { Access, SetAssociativeCache, geometryError } from '../../../../src/plugin/cache/set-associative';
import { ReferenceCache } from './reference-model';

/** A generator of 32-bit numbers of its own, so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

/** Addresses with locality: walks, jumps back, and far ones with the top bit set. */
function* trace(seed: number, length: number): Iterable<number> {
  const random = generator(seed);
  let at = 0x100000;
  for (let i = 0; i < length; i++) {
    const choice = (random() >>> 8) % 100;
    if (choice < 60) at += 4;
    else if (choice < 90) at = 0x100000 + ((random() >>> 6) % 0x3000);
    else if (choice < 99) at = ((random() >>> 4) & 0xff) * 0x1000;
    else at = 0xfffff000 + ((random() >>> 9) & 0xfff);
    yield at % 2 ** 32;
  }
}

/** With the reference model's name for each. */
const POLICIES: [name: 'lru' | 'fifo' | 'round-robin' | 'way 0', policy: Policy][] = [
  ['lru', 'lru'],
  ['fifo', 'fifo'],
  ['round-robin', 'round-robin'],
  ['way 0', 'multiplicative'],
];
const GEOMETRIES: [size: number, ways: number, line: number][] = [
  [4096, 4, 32],
  [1024, 1, 16],
  [512, 16, 32],
  [8192, 8, 64],
  [16, 4, 1],
  [6144, 6, 64],
];

describe('set-associative cache', () => {
  for (const [name, policy] of POLICIES) {
    for (const [size, associativity, lineSize] of GEOMETRIES) {
      it(`${size} bytes, ${associativity} ways, lines of ${lineSize}, ${name}: as the reference model`, () => {
        const cache = new SetAssociativeCache({ size, associativity, lineSize }, policy);
        const reference = new ReferenceCache(size, associativity, lineSize, name);
        let n = 0;
        for (const address of trace(size + associativity, 20_000)) {
          if (n % 701 === 700 && policy !== 'lru' && policy !== 'fifo') {
            const set = n % cache.sets;
            const way = n % associativity;
            cache.invalidate(set, way);
            reference.invalidate(set, way);
          }
          if (n % 6007 === 6006) {
            cache.invalidateAll();
            reference.invalidateAll();
          }
          const kind = n % 3;
          assert.equal(cache.lookUp(address, kind), reference.access(address), `access ${n}`);
          n++;
        }
        const sum = (counts: Float64Array): number => counts[0] + counts[1] + counts[2];
        assert.deepEqual(
          [n - reference.hits, sum(cache.misses), cache.compulsory, cache.evictions],
          [reference.misses, reference.misses, reference.compulsory, reference.evictions],
        );
        assert(reference.hits > 0 && reference.misses > 0 && cache.invalidations > 0);
      });
    }
  }

  it('names the lines of a set, the newest first, with empty ways behind them', () => {
    for (const [policy, newest] of [
      ['lru', [0, 5, 4, 3, 2, 1]],
      ['fifo', [5, 4, 3, 2, 1, 0]],
    ] as const) {
      const cache = new SetAssociativeCache({ size: 8 * 32 * 2, associativity: 8, lineSize: 32 }, policy);
      for (const line of [0, 1, 2, 3, 4, 5, 0]) cache.lookUp(line * 64, Access.Load);
      const held = [0, 1, 2, 3, 4, 5, 6, 7].map((way) => cache.lineAt(0, way));
      assert.deepEqual(held, [...newest.map((line) => line * 64), undefined, undefined], policy);
      assert.equal(cache.lineAt(1, 0), undefined);
      assert.equal(cache.lineAt(2, 0), undefined);
    }
  });

  it('counts the misses of each kind of access by themselves, and corrections', () => {
    const cache = new SetAssociativeCache({ size: 64, associativity: 1, lineSize: 32 }, 'lru');
    cache.lookUp(0, Access.Load);
    cache.lookUp(0, Access.Store);
    cache.lookUp(64, Access.Fetch);
    cache.lookUp(64, Access.Fetch);
    for (let i = 0; i < 2; i++) cache.correct(Access.Store, -1);
    assert.deepEqual(
      [[...cache.misses], [...cache.corrections]],
      [
        [1, 0, 1],
        [0, -2, 0],
      ],
    );
  });

  it('invalidates nothing in a set or way that does not exist', () => {
    const cache = new SetAssociativeCache({ size: 64, associativity: 1, lineSize: 32 }, 'round-robin');
    cache.lookUp(0, Access.Load);
    cache.invalidate(2, 0);
    cache.invalidate(0, 1);
    assert.equal(cache.lookUp(0, Access.Load), true);
    assert.equal(cache.invalidations, 0);
  });

  it('chooses random victims in every way, the same in every run', () => {
    const victims = (): number[] => {
      let state = SEEDS.random ?? 0;
      return Array.from({ length: 400 }, () => ((state = nextRandom(state)) >>> 0) % 4);
    };
    assert.deepEqual(victims(), victims());
    for (const way of [0, 1, 2, 3]) assert(victims().filter((v) => v === way).length > 60);
    const lines = (): boolean[] => {
      const cache = new SetAssociativeCache({ size: 128, associativity: 4, lineSize: 32 }, 'random');
      return Array.from({ length: 400 }, (_, i) => cache.lookUp(32 * ((i * i) % 11), Access.Load));
    };
    assert.deepEqual(lines(), lines());
    assert(lines().includes(true) && lines().slice(20).includes(false));
  });

  it('chooses way 0 with the multiplicative generator from seed 0, others from another', () => {
    const ways = (seed: number): number[] => {
      let state = seed;
      return Array.from({ length: 5 }, () => ((state = nextMultiplicative(state)) >>> 0) % 4);
    };
    assert.deepEqual(ways(SEEDS.multiplicative ?? -1), [0, 0, 0, 0, 0]);
    // 48271 = 3 mod 4, so the low two bits alternate between 3 and 1.
    assert.deepEqual(ways(1), [3, 1, 3, 1, 3]);
  });

  it('has no numbered ways where the policy keeps an order of its own', () => {
    const cache = new SetAssociativeCache({ size: 64, associativity: 1, lineSize: 32 }, 'fifo');
    assert.throws(() => cache.invalidate(0, 0), /FIFO replacement has no numbered ways/);
  });

  for (const [size, associativity, lineSize, expected] of [
    [1000, 4, 64, 'cache size must be divisible by block size'],
    [1024, 3, 64, 'cache size must be divisible by set size (assoc * block size)'],
    [960, 4, 48, 'block size must be a power of two'],
    [0, 4, 64, 'cache size, block size and associativity must be positive'],
    [1024, 0, 64, 'cache size, block size and associativity must be positive'],
    [2 ** 31, 1, 64, 'cache size must not exceed 1 GiB'],
    [16, 16, 1, 'blocks of a fully associative cache must be larger than one byte'],
    [1024, 4, 64, undefined],
  ] as const) {
    it(`of ${size} bytes, ${associativity} ways, lines of ${lineSize}: ${expected ?? 'possible'}`, () =>
      assert.equal(geometryError({ size, associativity, lineSize }), expected));
  }
});
