import type { QemuPluginApi } from '../plugin-module';

/** One call of the API, as `docs/plugin-api.md` lists it. */
export interface ApiCall {
  readonly name: keyof QemuPluginApi;
  readonly group: ApiGroup;
  /** First and last version of the API that has it; no last one: it still exists in the newest known. */
  readonly since: number;
  readonly until?: number;
  /** What it does here where that needs a word. */
  readonly note?: string;
  /** The test that covers it: the title of a `describe` and of an `it` in test/. */
  readonly test: string;
}

export const API_GROUPS = [
  'Lifecycle and vCPUs',
  'Translation',
  'Execution',
  'Inline operations and scoreboards',
  'Accesses',
  'Registers and memory',
  'Time',
  'System calls',
  'Services',
  'Our own',
] as const;
export type ApiGroup = (typeof API_GROUPS)[number];

type Row = readonly [name: keyof QemuPluginApi, versions: string, test: string, note?: string];

/** `versions` is `since` or `since-until`. */
function rows(group: ApiGroup, list: readonly Row[]): ApiCall[] {
  return list.map(([name, versions, test, note]) => {
    const [since, until] = versions.split('-').map(Number);
    return { name, group, since, ...(until === undefined ? {} : { until }), test, ...(note ? { note } : {}) };
  });
}

const ORDER = 'plugin engine: order of callbacks: is the one observed on QEMU 7.2 with two plugins';
const QUERIES = 'plugin engine: queries: answers for blocks and instructions inside of tb_trans, and only there';
const ACCESSES = 'plugin engine: queries: describes accesses';
const REST = 'plugin engine: queries: offers the rest of the API';
const SYSCALLS = 'never called: no user-mode guest';

/** Every call, with its versions. The guard of versions and the documentation are made from it. */
export const API_CALLS: readonly ApiCall[] = [
  ...rows('Lifecycle and vCPUs', [
    ['qemu_plugin_uninstall', '0', 'plugin API: lifecycle: uninstall and reset wait for the next chance'],
    ['qemu_plugin_reset', '0', 'plugin API: lifecycle: uninstall and reset wait for the next chance'],
    ['qemu_plugin_register_flush_cb', '0', 'plugin API: lifecycle: a flush comes before a reset'],
    ['qemu_plugin_register_atexit_cb', '0', ORDER],
    ['qemu_plugin_register_vcpu_init_cb', '0', ORDER],
    ['qemu_plugin_register_vcpu_exit_cb', '0', 'plugin API: lifecycle: vcpu_exit is accepted and not called'],
    ['qemu_plugin_register_vcpu_idle_cb', '0', 'plugin API: lifecycle: idle and resume come in turns'],
    ['qemu_plugin_register_vcpu_resume_cb', '0', 'plugin API: lifecycle: idle and resume come in turns'],
    ['qemu_plugin_register_vcpu_discon_cb', '6', 'plugin API: discontinuities: exceptions, interrupts and host calls'],
    ['qemu_plugin_vcpu_for_each', '0', REST],
    ['qemu_plugin_n_vcpus', '0-1', REST],
    ['qemu_plugin_n_max_vcpus', '0-1', REST],
    ['qemu_plugin_num_vcpus', '2', REST],
  ]),
  ...rows('Translation', [
    ['qemu_plugin_register_vcpu_tb_trans_cb', '0', ORDER],
    ['qemu_plugin_tb_n_insns', '0', ORDER],
    ['qemu_plugin_tb_vaddr', '0', ORDER],
    ['qemu_plugin_tb_get_insn', '0', QUERIES],
    [
      'qemu_plugin_insn_data',
      '0',
      'plugin API: versions: insn_data has the form of the version',
      'a copy is returned up to version 2, and written to `dest` from 3 on',
    ],
    ['qemu_plugin_insn_size', '0', QUERIES],
    ['qemu_plugin_insn_vaddr', '0', QUERIES],
    ['qemu_plugin_insn_haddr', '0', QUERIES, "the guest's physical address"],
    ['qemu_plugin_insn_disas', '0', QUERIES],
    ['qemu_plugin_insn_symbol', '0', QUERIES],
  ]),
  ...rows('Execution', [
    ['qemu_plugin_register_vcpu_tb_exec_cb', '0', ORDER],
    ['qemu_plugin_register_vcpu_insn_exec_cb', '0', ORDER],
    ['qemu_plugin_register_vcpu_mem_cb', '0', ORDER],
    ['qemu_plugin_register_vcpu_tb_exec_cond_cb', '3', 'plugin API: conditional callbacks: compare unsigned'],
    ['qemu_plugin_register_vcpu_insn_exec_cond_cb', '3', 'plugin API: conditional callbacks: compare unsigned'],
  ]),
  ...rows('Inline operations and scoreboards', [
    ['qemu_plugin_register_vcpu_tb_exec_inline', '0-1', ORDER],
    ['qemu_plugin_register_vcpu_insn_exec_inline', '0-1', ORDER],
    ['qemu_plugin_register_vcpu_mem_inline', '0-1', ORDER],
    ['qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu', '2', 'plugin API: scoreboards: inline operations'],
    ['qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu', '2', 'plugin API: scoreboards: inline operations'],
    ['qemu_plugin_register_vcpu_mem_inline_per_vcpu', '2', 'plugin API: scoreboards: inline operations'],
    ['qemu_plugin_scoreboard_new', '2', 'plugin API: scoreboards: an element for each vCPU'],
    ['qemu_plugin_scoreboard_free', '2', 'plugin API: scoreboards: freed ones are void'],
    ['qemu_plugin_scoreboard_find', '2', 'plugin API: scoreboards: an element for each vCPU', 'a `DataView`'],
    ['qemu_plugin_scoreboard_u64', '2', 'plugin API: scoreboards: an element for each vCPU'],
    [
      'qemu_plugin_scoreboard_u64_in_struct',
      '2',
      'plugin API: scoreboards: an element for each vCPU',
      'takes the offset',
    ],
    ['qemu_plugin_u64_add', '2', 'plugin API: scoreboards: an element for each vCPU'],
    ['qemu_plugin_u64_get', '2', 'plugin API: scoreboards: an element for each vCPU'],
    ['qemu_plugin_u64_set', '2', 'plugin API: scoreboards: an element for each vCPU'],
    ['qemu_plugin_u64_sum', '2', 'plugin API: scoreboards: an element for each vCPU'],
  ]),
  ...rows('Accesses', [
    ['qemu_plugin_mem_size_shift', '0', ACCESSES],
    ['qemu_plugin_mem_is_sign_extended', '0', ACCESSES],
    ['qemu_plugin_mem_is_big_endian', '0', ACCESSES],
    ['qemu_plugin_mem_is_store', '0', ACCESSES],
    ['qemu_plugin_mem_get_value', '4', 'plugin API: memory values: are those of the access'],
    ['qemu_plugin_get_hwaddr', '0', ACCESSES],
    ['qemu_plugin_hwaddr_is_io', '0', ACCESSES],
    ['qemu_plugin_hwaddr_device_offset', '0-0', ACCESSES],
    ['qemu_plugin_hwaddr_phys_addr', '1', ACCESSES],
    ['qemu_plugin_hwaddr_device_name', '0', ACCESSES],
  ]),
  ...rows('Registers and memory', [
    ['g_byte_array_new', '0', 'plugin API: registers: are listed as gdb has them', "GLib's, for the calls below"],
    ['qemu_plugin_get_registers', '2', 'plugin API: registers: are listed as gdb has them'],
    ['qemu_plugin_read_register', '2', 'plugin API: registers: are read and written as the flags allow'],
    ['qemu_plugin_write_register', '5', 'plugin API: registers: are read and written as the flags allow'],
    ['qemu_plugin_set_pc', '6', 'plugin API: registers: set_pc goes on elsewhere'],
    ['qemu_plugin_read_memory_vaddr', '4', 'plugin API: memory: by virtual and by physical address'],
    ['qemu_plugin_write_memory_vaddr', '5', 'plugin API: memory: by virtual and by physical address'],
    ['qemu_plugin_read_memory_hwaddr', '5', 'plugin API: memory: by virtual and by physical address'],
    ['qemu_plugin_write_memory_hwaddr', '5', 'plugin API: memory: by virtual and by physical address'],
    [
      'qemu_plugin_translate_vaddr',
      '5',
      'plugin API: memory: by virtual and by physical address',
      'returns it, or null',
    ],
  ]),
  ...rows('Time', [
    ['qemu_plugin_request_time_control', '3', 'plugin API: time: one plugin controls it'],
    ['qemu_plugin_update_ns', '3', 'plugin API: time: one plugin controls it'],
  ]),
  ...rows('System calls', [
    ['qemu_plugin_register_vcpu_syscall_cb', '0', 'plugin API: system calls: are accepted and not called', SYSCALLS],
    [
      'qemu_plugin_register_vcpu_syscall_ret_cb',
      '0',
      'plugin API: system calls: are accepted and not called',
      SYSCALLS,
    ],
    [
      'qemu_plugin_register_vcpu_syscall_filter_cb',
      '6',
      'plugin API: system calls: are accepted and not called',
      SYSCALLS,
    ],
  ]),
  ...rows('Services', [
    ['qemu_plugin_outs', '0', ORDER],
    ['qemu_plugin_bool_parse', '0', REST, 'returns the value, or undefined'],
    ['qemu_plugin_path_to_binary', '0', REST, 'null: no user-mode guest'],
    ['qemu_plugin_start_code', '0', REST, '0: no user-mode guest'],
    ['qemu_plugin_end_code', '0', REST, '0: no user-mode guest'],
    ['qemu_plugin_entry_code', '0', REST, '0: no user-mode guest'],
  ]),
  ...rows('Our own', [
    ['tcg_u64_new', '0', 'plugin engine: inline counters: lie in the shared memory and are 64 bits wide'],
    ['tcg_register_vcpu_insn_after_cb', '0', 'plugin API: after an instruction: once it has completed'],
    ['tcg_register_batch_cb', '0', 'events in batches: have the order of callbacks'],
    ['tcg_register_vcpu_insn_exec_batch', '0', 'events in batches: have the order of callbacks'],
    ['tcg_register_vcpu_mem_batch', '0', 'events in batches: have the order of callbacks'],
    ['tcg_error', '0', 'engine: plugins that throw: install refuses: its output comes before the error'],
    ['tcg_request_stop', '0', 'plugin engine: control: stops the machine for a plugin, with its reason, once'],
    ['tcg_read_register', '0', REST],
    ['tcg_read_memory', '0', REST],
    ['tcg_source_line', '0', 'libcachesim.so on a program: adds up by function and by source line'],
    ['tcg_code_lines', '0', 'profiles of a program: lcov: how often lines and functions were executed'],
    ['tcg_open_file', '0', 'plugin API: files and the program: files are written and read'],
    ['tcg_open_socket', '0', 'liblockstep.so: two runs in step'],
    ['tcg_exit', '0', 'plugin API: files and the program: a plugin ends the guest'],
    ['tcg_program', '0', 'plugin API: files and the program: names the program and its functions'],
    ['tcg_functions', '0', 'plugin API: files and the program: names the program and its functions'],
    ['tcg_sleep', '0', 'plugin API: files and the program: lets time pass'],
    ['tcg_cache_line', '0', 'libfault.so: flips a bit of the word that a way of a cache holds'],
    ['tcg_cache_geometry', '0', 'libfault.so: a seed chooses among the words that a cache holds'],
    ['tcg_instructions', '0', 'timestamps of the plugin log: stand before each line, with the count of instructions'],
    ['tcg_register_statistics_cb', '0', 'plugin control: reloads a plugin after an edit and keeps the session'],
    ['tcg_contribute_view', '0', 'contributions of plugins: are views: tables with rows'],
    [
      'tcg_contribute_breakpoint_kind',
      '0',
      'contributions of plugins: are kinds of breakpoints, with conditions, hit counts and messages',
    ],
    ['tcg_register_cache_maintenance_cb', '0', 'cache maintenance: reaches plugins from CP15 and from the L2C-310'],
    ['tcg_provide_cache_statistics', '0', "libcache.so: the tutorial's model: gives the same numbers as statistics"],
  ]),
];
