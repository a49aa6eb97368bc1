/** What "TCG: New Plugin" writes: small plugins that run as they are. Knows nothing of VS Code. */

export type TemplateKind = 'instructions' | 'memory' | 'blocks' | 'breakpoint' | 'c';

export interface Template {
  readonly kind: TemplateKind;
  readonly label: string;
  readonly detail: string;
  readonly extension: '.ts' | '.c';
  /** The file's text for a plugin of this name. */
  text(name: string): string;
}

const install = `export function qemu_plugin_install(id: qemu_plugin_id_t, _info: qemu_info_t, argv: string[]): number {
  for (const argument of argv) {
    tcg_error(\`option parsing failed: \${argument}\`);
    return -1;
  }
`;

const TOP = 20;

const instructions = (name: string): string => `/// <reference path="./qemu-plugin.d.ts" />
// ${name}: counts executed instructions by their mnemonic.
import {
  QEMU_PLUGIN_INLINE_ADD_U64,
  qemu_plugin_insn_disas,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_inline,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  tcg_contribute_view,
  tcg_error,
  tcg_u64_new,
  type qemu_info_t,
  type qemu_plugin_id_t,
  type qemu_plugin_u64,
} from 'qemu-plugin';

/** By mnemonic: counted by translated code itself, without a call. */
const counters = new Map<string, qemu_plugin_u64>();

function counterOf(mnemonic: string): qemu_plugin_u64 {
  let counter = counters.get(mnemonic);
  if (!counter) counters.set(mnemonic, (counter = tcg_u64_new()));
  return counter;
}

/** The most frequent first. */
function rows(limit: number): [string, number][] {
  return [...counters]
    .map(([mnemonic, counter]): [string, number] => [mnemonic, Number(counter.get())])
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit);
}

${install}
  // Called once for each block of guest code, before its first run: the place to instrument it.
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      const [mnemonic = '?'] = qemu_plugin_insn_disas(insn).split(/\\s/);
      qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, counterOf(mnemonic), 1);
    }
  });

  // Shown in the view "TCG Plugins" while the guest runs.
  tcg_contribute_view(id, { id: 'mnemonics', title: 'Instructions', columns: ['mnemonic', 'executed'], rows });

  qemu_plugin_register_atexit_cb(id, () => {
    for (const [mnemonic, count] of rows(${TOP})) qemu_plugin_outs(\`\${mnemonic}: \${count}\\n\`);
  });
  return 0;
}
`;

const memory = (name: string): string => `/// <reference path="./qemu-plugin.d.ts" />
// ${name}: counts loads and stores by the page of memory (4 KiB) that they touch.
import {
  QEMU_PLUGIN_MEM_RW,
  qemu_plugin_mem_is_store,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  TCG_EVENT_INFO,
  TCG_EVENT_VADDR,
  TCG_EVENT_WORDS,
  tcg_contribute_view,
  tcg_error,
  tcg_register_batch_cb,
  tcg_register_vcpu_mem_batch,
  type qemu_info_t,
  type qemu_plugin_id_t,
} from 'qemu-plugin';

const PAGE = 4096;
const pages = new Map<number, { loads: number; stores: number }>();

/** Told of many accesses at a time, in their order: \`count\` events of TCG_EVENT_WORDS words each. */
function accessed(_id: qemu_plugin_id_t, events: Uint32Array, count: number): void {
  for (let at = 0; at < count * TCG_EVENT_WORDS; at += TCG_EVENT_WORDS) {
    const vaddr = events[at + TCG_EVENT_VADDR]!;
    const page = vaddr - (vaddr % PAGE);
    let counts = pages.get(page);
    if (!counts) pages.set(page, (counts = { loads: 0, stores: 0 }));
    if (qemu_plugin_mem_is_store(events[at + TCG_EVENT_INFO]!)) counts.stores++;
    else counts.loads++;
  }
}

/** The pages with the most accesses first. */
function rows(limit: number): [string, number, number][] {
  return [...pages]
    .sort(([, a], [, b]) => b.loads + b.stores - a.loads - a.stores)
    .slice(0, limit)
    .map(([page, { loads, stores }]) => [\`0x\${page.toString(16)}\`, loads, stores]);
}

${install}
  tcg_register_batch_cb(id, accessed);

  // Called once for each block of guest code, before its first run: the place to instrument it.
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
      // A callback that looks at registers or memory is one for each access instead: qemu_plugin_register_vcpu_mem_cb.
      tcg_register_vcpu_mem_batch(qemu_plugin_tb_get_insn(tb, i)!, QEMU_PLUGIN_MEM_RW, 0);
    }
  });

  // Shown in the view "TCG Plugins" while the guest runs.
  tcg_contribute_view(id, { id: 'pages', title: 'Pages', columns: ['page', 'loads', 'stores'], rows });

  qemu_plugin_register_atexit_cb(id, () => {
    for (const row of rows(${TOP})) qemu_plugin_outs(\`\${row.join(', ')}\\n\`);
  });
  return 0;
}
`;

const blocks = (name: string): string => `/// <reference path="./qemu-plugin.d.ts" />
// ${name}: counts how often each block of guest code runs.
import {
  QEMU_PLUGIN_INLINE_ADD_U64,
  qemu_plugin_insn_symbol,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_tb_exec_inline,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  qemu_plugin_tb_vaddr,
  tcg_contribute_view,
  tcg_error,
  tcg_u64_new,
  type qemu_info_t,
  type qemu_plugin_id_t,
  type qemu_plugin_u64,
} from 'qemu-plugin';

interface Block {
  readonly symbol: string;
  readonly insns: number;
  readonly runs: qemu_plugin_u64;
}

/** By address: a block may be translated more than once. */
const blocks = new Map<number, Block>();

/** The blocks that ran most often first. */
function rows(limit: number): [string, string, number, number][] {
  return [...blocks]
    .map(([address, { symbol, insns, runs }]): [string, string, number, number] => [
      \`0x\${address.toString(16)}\`,
      symbol,
      insns,
      Number(runs.get()),
    ])
    .sort((a, b) => b[3] - a[3])
    .slice(0, limit);
}

${install}
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const address = qemu_plugin_tb_vaddr(tb);
    let block = blocks.get(address);
    if (!block) {
      const symbol = qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(tb, 0)!) ?? '?';
      block = { symbol, insns: qemu_plugin_tb_n_insns(tb), runs: tcg_u64_new() };
      blocks.set(address, block);
    }
    // Counted by translated code itself, without a call.
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, block.runs, 1);
  });

  // Shown in the view "TCG Plugins" while the guest runs.
  const columns = ['address', 'symbol', 'instructions', 'runs'];
  tcg_contribute_view(id, { id: 'blocks', title: 'Blocks', columns, rows });

  qemu_plugin_register_atexit_cb(id, () => {
    for (const row of rows(${TOP})) qemu_plugin_outs(\`\${row.join(', ')}\\n\`);
  });
  return 0;
}
`;

const breakpoint = (name: string): string => `/// <reference path="./qemu-plugin.d.ts" />
// ${name}: a kind of breakpoint of its own. It is offered in "Plugin Breakpoints" while a session has this plugin.
import {
  QEMU_PLUGIN_CB_NO_REGS,
  QEMU_PLUGIN_MEM_W,
  qemu_plugin_insn_vaddr,
  qemu_plugin_mem_size_shift,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  tcg_contribute_breakpoint_kind,
  tcg_error,
  type qemu_info_t,
  type qemu_plugin_id_t,
} from 'qemu-plugin';

let stores = 0;

${install}
  const hit = tcg_contribute_breakpoint_kind(id, {
    name: 'unaligned-store',
    label: 'Unaligned Store',
    description: 'an address that is no multiple of the size of what is stored there',
  });

  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      const pc = qemu_plugin_insn_vaddr(insn);
      qemu_plugin_register_vcpu_mem_cb(
        insn,
        (vcpu, info, address) => {
          const size = 2 ** qemu_plugin_mem_size_shift(info);
          if (address % size === 0) return;
          stores++;
          hit({ vcpu, pc, address, size, text: \`\${size} bytes at 0x\${address.toString(16)}\` });
        },
        QEMU_PLUGIN_CB_NO_REGS,
        QEMU_PLUGIN_MEM_W,
        undefined,
      );
    }
  });

  qemu_plugin_register_atexit_cb(id, () => qemu_plugin_outs(\`unaligned stores: \${stores}\\n\`));
  return 0;
}
`;

const c = (name: string): string => `/*
 * ${name}: counts executed blocks and instructions, as a C plugin for TCG Scope and for QEMU.
 * "tcgscope plugin build ${name}.c" makes ${name}.wasm of it; gcc makes a shared library of it for QEMU.
 */
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t blocks;
static uint64_t insns;

/* Called each time a block is about to run. */
static void block_runs(unsigned int vcpu_index, void *userdata) {
    (void)vcpu_index;
    blocks++;
    insns += (uintptr_t)userdata;
}

/* Called once for each block of guest code, before its first run. */
static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    uintptr_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, QEMU_PLUGIN_CB_NO_REGS, (void *)n);
}

static void at_exit(qemu_plugin_id_t id, void *userdata) {
    char text[80];
    (void)id;
    (void)userdata;
    snprintf(text, sizeof text, "blocks: %" PRIu64 ", instructions: %" PRIu64 "\\n", blocks, insns);
    qemu_plugin_outs(text);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    if (argc > 0) {
        fprintf(stderr, "option parsing failed: %s\\n", argv[0]);
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
`;

export const TEMPLATES: readonly Template[] = [
  {
    kind: 'instructions',
    label: 'Count instructions',
    detail: 'TypeScript: by mnemonic',
    extension: '.ts',
    text: instructions,
  },
  { kind: 'memory', label: 'Count memory accesses', detail: 'TypeScript: by page', extension: '.ts', text: memory },
  {
    kind: 'blocks',
    label: 'Count blocks',
    detail: 'TypeScript: by address and symbol',
    extension: '.ts',
    text: blocks,
  },
  {
    kind: 'breakpoint',
    label: 'Breakpoint kind',
    detail: 'TypeScript: a place of its own to stop at',
    extension: '.ts',
    text: breakpoint,
  },
  { kind: 'c', label: 'C plugin', detail: 'for QEMU too; needs clang, lld and wasi-libc', extension: '.c', text: c },
];

/** For type checks of plugins in an editor, where the folder has no tsconfig.json. */
export const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'es2022',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    types: [],
  },
  include: ['*.ts'],
};

/** What is wrong with a plugin's name, which becomes a file's; undefined: nothing. */
export function nameProblem(name: string): string | undefined {
  return /^[\w-]+$/.test(name) ? undefined : 'Letters, digits, "-" and "_"';
}
