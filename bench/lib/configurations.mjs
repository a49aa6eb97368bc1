// What is measured beside what. A ratio is our rate through the peer's: above 1 we are faster.

const ours = (plugin) => ({ emulator: 'ours', plugin });
const system = (plugin) => ({ emulator: 'system', plugin });
/** A plugin of test/peer compiled to WebAssembly: the same source on both sides. */
const inC = (plugin) => [{ emulator: 'ours', module: plugin }, system(plugin)];
const events = (mode) => [ours(`bench/plugins/events.ts,mode=${mode}`), system(`events,mode=${mode}`)];

/**
 * The configurations of a warm guest. `compare` names the parts of the reports at exit that must be equal: `log` the whole
 * text, `rows` the lines down to the first empty one. `full`: not with --quick.
 */
export const CONFIGURATIONS = [
  { name: 'plain-mmu', mmu: true, ours: ours(), peers: [{ key: 'plain-mmu', ...system() }] },
  {
    name: 'plain-flat',
    mmu: false,
    ours: ours(),
    peers: [
      { key: 'plain-flat', ...system() },
      { key: 'plain-user', emulator: 'user', full: true },
    ],
  },
  pair('insn-count', 'insn-count', ...events('inline')),
  { ...pair('insn-count-block', 'insn-count-block', ...events('block')), full: true },
  pair('insn-callback', 'js-callback', ...events('exec')),
  { ...pair('mem-callback', 'mem-callback', ...events('mem')), full: true },
  {
    ...pair('mem-batch', 'mem-batch', ours('bench/plugins/events.ts,mode=batch'), system('events,mode=mem')),
    full: true,
  },
  { ...pair('c-insn-callback', 'c-callback', ...inC('events,mode=exec')), full: true },
  { ...pair('c-mem-callback', 'c-mem-callback', ...inC('events,mode=mem')), full: true },
  { ...pair('cache-c', 'cache-c', ...inC('cache-qemu,l2=on,lock=on')), full: true },
  {
    ...pair(
      'cache-tutorial',
      'tutorial-vs-naive',
      ours('libcache.so,arg=TEXT,arg=END'),
      system('cache-tutorial,arg=TEXT,arg=END'),
    ),
    full: true,
  },
  {
    name: 'cache-l1',
    mmu: true,
    full: true,
    ours: ours('libcache.so'),
    peers: [
      { key: 'l1-vs-naive', compare: 'log', ...system('cache-qemu,lock=on') },
      { key: 'l1-vs-expert', compare: 'rows', ...system('cache-expert') },
    ],
  },
  {
    name: 'cache-l2',
    mmu: true,
    ours: ours('libcache.so,l2=on'),
    peers: [
      { key: 'cache-vs-naive', compare: 'log', ...system('cache-qemu,l2=on,lock=on') },
      { key: 'cache-vs-expert', compare: 'rows', ...system('cache-expert,l2=on') },
    ],
  },
];

function pair(name, key, our, peer) {
  return { name, mmu: true, ours: our, peers: [{ key, compare: 'log', ...peer }] };
}

/** The keys of the summary, in its order. */
export const SUMMARY = [
  'plain-mmu',
  'plain-flat',
  'insn-count',
  'cache-vs-naive',
  'cache-vs-expert',
  'js-callback',
  'cold',
];

/** What each is meant to reach. */
export const TARGETS = {
  'plain-mmu': 1.0,
  'plain-flat': 1.4,
  'insn-count': 1.3,
  'cache-vs-naive': 20,
  'cache-vs-expert': 0.9,
  'js-callback': 0.2,
  cold: 1.0,
};

/** The plugin's command line for a guest: the tutorial's plugin is told where its text lies. */
export function pluginFor(plugin, guest) {
  return plugin?.replace('TEXT', guest.text[0]).replace('END', guest.text[1]);
}
