/**
 * The API of QEMU's TCG plugins for plugins in TypeScript or JavaScript that TCG Scope runs.
 *
 * A plugin is one file, `.ts`, `.mjs` or `.js`:
 *
 * ```ts
 * /// <reference path="./qemu-plugin.d.ts" />
 * import {
 *   qemu_plugin_outs,
 *   qemu_plugin_register_atexit_cb,
 *   qemu_plugin_register_vcpu_tb_trans_cb,
 *   qemu_plugin_tb_n_insns,
 *   type qemu_info_t,
 *   type qemu_plugin_id_t,
 * } from 'qemu-plugin';
 *
 * let translated = 0;
 *
 * export function qemu_plugin_install(id: qemu_plugin_id_t, info: qemu_info_t, argv: string[]): number {
 *   qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
 *     translated += qemu_plugin_tb_n_insns(tb);
 *   });
 *   qemu_plugin_register_atexit_cb(id, () => qemu_plugin_outs(`${translated} instructions translated\n`));
 *   return 0;
 * }
 * ```
 *
 * In JavaScript `const { qemu_plugin_outs } = require('qemu-plugin')` does the same, and `qemu_plugin_install` gets the whole
 * API as a fourth argument besides.
 *
 * Names are those of the C interface, version 1 (QEMU 6.0 to 8.2), with what C needs and JavaScript does not left out:
 * - a callback may be any function, and `userdata` any value;
 * - addresses and counts are numbers, unsigned and exact up to 2^53;
 * - strings and opcode bytes are copies, nothing is to be freed;
 * - a function that has no answer returns `null` where C returns `NULL`.
 *
 * Functions that start with `tcg_` are this program's own and do not exist in QEMU.
 *
 * A callback that throws is reported once and its plugin is switched off; the session goes on.
 */
declare module 'qemu-plugin' {
  /** Names one loaded plugin: handed to `qemu_plugin_install`, given back in every registration. */
  export type qemu_plugin_id_t = number;

  /** What the emulator says about itself at install. */
  export interface qemu_info_t {
    /** `arm`. */
    readonly target_name: string;
    /** The lowest and the newest version of this API that is accepted. */
    readonly version: { readonly min: number; readonly cur: number };
    /** True: a whole machine is emulated. */
    readonly system_emulation: boolean;
    readonly system: {
      /** vCPUs at the start. */
      readonly smp_vcpus: number;
      /** vCPUs there can be. */
      readonly max_vcpus: number;
    };
  }

  /**
   * What a plugin's file exports. `qemu_plugin_version`, where given, is the version of the API that it was written for; one
   * outside of the accepted range is refused.
   */
  export interface QemuPlugin {
    readonly qemu_plugin_version?: number;
    /**
     * Called once before the guest runs; `argv` has no program name. Registers the plugin's callbacks. Anything but 0 (or
     * nothing) refuses: the session does not start, and says so.
     */
    qemu_plugin_install(
      id: qemu_plugin_id_t,
      info: qemu_info_t,
      argv: string[],
      api: typeof import('qemu-plugin'),
    ): number | void;
    /**
     * Whether the plugin takes positional arguments as in QEMU 4.2: `arg=X` then arrives as `X`. Without it arguments arrive
     * as from QEMU 6.1 on: `name=value`, with `name` alone as `name=on`. A function decides from the options as written.
     */
    readonly tcg_positional_arguments?: boolean | ((options: readonly TcgPluginOption[]) => boolean);
  }

  /** One option of a `-plugin` line as it was written: `name=value`, or `name` alone (no `value`). */
  export interface TcgPluginOption {
    readonly name: string;
    readonly value?: string;
  }

  export const QEMU_PLUGIN_VERSION: 1;

  // ------------------------------------------------------------------------------------------------------------- lifecycle

  export type qemu_plugin_simple_cb_t = (id: qemu_plugin_id_t) => void;
  export type qemu_plugin_udata_cb_t<T> = (id: qemu_plugin_id_t, userdata: T) => void;
  export type qemu_plugin_vcpu_simple_cb_t = (id: qemu_plugin_id_t, vcpu_index: number) => void;
  export type qemu_plugin_vcpu_udata_cb_t<T> = (vcpu_index: number, userdata: T) => void;

  /**
   * One callback per event and plugin: registering again replaces it. With several plugins, the one loaded last is called
   * first.
   */
  export function qemu_plugin_register_vcpu_init_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  export function qemu_plugin_register_vcpu_exit_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  /** The vCPU begins to wait for an interrupt or event. */
  export function qemu_plugin_register_vcpu_idle_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  export function qemu_plugin_register_vcpu_resume_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  /** All translated blocks were dropped. */
  export function qemu_plugin_register_flush_cb(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t): void;
  /** The session ends: the guest exited, or the user stopped it. */
  export function qemu_plugin_register_atexit_cb<T>(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_udata_cb_t<T>,
    userdata?: T,
  ): void;
  /** Removes all of the plugin's callbacks and calls `cb`; the plugin is not called again. */
  export function qemu_plugin_uninstall(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t): void;
  /** Removes all of the plugin's callbacks, then calls `cb`, which may register new ones. Blocks are translated anew. */
  export function qemu_plugin_reset(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t): void;
  /** Calls `cb` at once for each vCPU there is. */
  export function qemu_plugin_vcpu_for_each(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  export function qemu_plugin_n_vcpus(): number;
  export function qemu_plugin_n_max_vcpus(): number;

  // ----------------------------------------------------------------------------------------------------------- translation

  /** A block being translated. Valid only inside of the tb_trans callback. */
  export interface qemu_plugin_tb {
    readonly opaque: 'qemu_plugin_tb';
  }
  /** An instruction of a block being translated. Valid only inside of the tb_trans callback. */
  export interface qemu_plugin_insn {
    readonly opaque: 'qemu_plugin_insn';
  }

  export type qemu_plugin_vcpu_tb_trans_cb_t = (id: qemu_plugin_id_t, tb: qemu_plugin_tb) => void;

  /**
   * Called at every translation of a block, before its first run: the place to instrument it. A block may be translated more
   * than once, and blocks may overlap.
   */
  export function qemu_plugin_register_vcpu_tb_trans_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_tb_trans_cb_t): void;
  /** Number of instructions, 1 to 512. */
  export function qemu_plugin_tb_n_insns(tb: qemu_plugin_tb): number;
  /** Virtual address of the first instruction. */
  export function qemu_plugin_tb_vaddr(tb: qemu_plugin_tb): number;
  /** The instruction with index `idx`, from 0; null past the end. */
  export function qemu_plugin_tb_get_insn(tb: qemu_plugin_tb, idx: number): qemu_plugin_insn | null;
  /** The opcode's bytes as they lie in guest memory: `qemu_plugin_insn_size` of them. */
  export function qemu_plugin_insn_data(insn: qemu_plugin_insn): Uint8Array;
  /** Size in bytes. */
  export function qemu_plugin_insn_size(insn: qemu_plugin_insn): number;
  export function qemu_plugin_insn_vaddr(insn: qemu_plugin_insn): number;
  /** Guest physical address; null if unknown. (QEMU gives an address in its own memory here.) */
  export function qemu_plugin_insn_haddr(insn: qemu_plugin_insn): number | null;
  export function qemu_plugin_insn_disas(insn: qemu_plugin_insn): string;
  /** The symbol that the instruction lies in. */
  export function qemu_plugin_insn_symbol(insn: qemu_plugin_insn): string | null;

  // ------------------------------------------------------------------------------------------------------------- execution

  /** What a callback does with the vCPU's registers. */
  export type qemu_plugin_cb_flags = 0 | 1 | 2;
  export const QEMU_PLUGIN_CB_NO_REGS: 0;
  export const QEMU_PLUGIN_CB_R_REGS: 1;
  export const QEMU_PLUGIN_CB_RW_REGS: 2;

  /** Which accesses a memory callback wants. */
  export type qemu_plugin_mem_rw = 1 | 2 | 3;
  export const QEMU_PLUGIN_MEM_R: 1;
  export const QEMU_PLUGIN_MEM_W: 2;
  export const QEMU_PLUGIN_MEM_RW: 3;

  /** What the emulator does itself, without a call: adds an immediate to a counter. */
  export type qemu_plugin_op = 0;
  export const QEMU_PLUGIN_INLINE_ADD_U64: 0;

  /**
   * Called each time the block is about to run. The order inside of a block: its tb callbacks, then for each instruction its
   * exec callbacks, the instruction itself, and a mem callback after each of its accesses. At each of these points callbacks
   * come before inline operations.
   */
  export function qemu_plugin_register_vcpu_tb_exec_cb<T>(
    tb: qemu_plugin_tb,
    cb: qemu_plugin_vcpu_udata_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    userdata: T,
  ): void;
  /** Called each time the instruction is about to run, also if its condition then fails or it faults. */
  export function qemu_plugin_register_vcpu_insn_exec_cb<T>(
    insn: qemu_plugin_insn,
    cb: qemu_plugin_vcpu_udata_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    userdata: T,
  ): void;

  /** One access, opaque: for the `qemu_plugin_mem_` functions. */
  export type qemu_plugin_meminfo_t = number;
  export type qemu_plugin_vcpu_mem_cb_t<T> = (
    vcpu_index: number,
    info: qemu_plugin_meminfo_t,
    vaddr: number,
    userdata: T,
  ) => void;

  /** Called after each access of the instruction that `rw` asks for. */
  export function qemu_plugin_register_vcpu_mem_cb<T>(
    insn: qemu_plugin_insn,
    cb: qemu_plugin_vcpu_mem_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    rw: qemu_plugin_mem_rw,
    userdata: T,
  ): void;

  /** A 64-bit counter that translated code adds to: what C plugins pass as a `uint64_t *`. Made by {@link tcg_u64_new}. */
  export interface qemu_plugin_u64 {
    get(): number;
    set(value: number): void;
  }
  export function qemu_plugin_register_vcpu_tb_exec_inline(
    tb: qemu_plugin_tb,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number,
  ): void;
  export function qemu_plugin_register_vcpu_insn_exec_inline(
    insn: qemu_plugin_insn,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number,
  ): void;
  export function qemu_plugin_register_vcpu_mem_inline(
    insn: qemu_plugin_insn,
    rw: qemu_plugin_mem_rw,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number,
  ): void;

  // ---------------------------------------------------------------------------------------------------------------- memory

  /** Base-2 logarithm of the access's size in bytes. */
  export function qemu_plugin_mem_size_shift(info: qemu_plugin_meminfo_t): number;
  export function qemu_plugin_mem_is_sign_extended(info: qemu_plugin_meminfo_t): boolean;
  export function qemu_plugin_mem_is_big_endian(info: qemu_plugin_meminfo_t): boolean;
  export function qemu_plugin_mem_is_store(info: qemu_plugin_meminfo_t): boolean;

  /** The hardware side of an access. Valid until the callback returns, and until the next {@link qemu_plugin_get_hwaddr}. */
  export interface qemu_plugin_hwaddr {
    readonly opaque: 'qemu_plugin_hwaddr';
  }
  /** For use inside of a mem callback. Null where no translation is known. */
  export function qemu_plugin_get_hwaddr(info: qemu_plugin_meminfo_t, vaddr: number): qemu_plugin_hwaddr | null;
  /** True for a device's registers, false for memory, and for null. */
  export function qemu_plugin_hwaddr_is_io(haddr: qemu_plugin_hwaddr | null): boolean;
  /** Guest physical address; 0 for null. */
  export function qemu_plugin_hwaddr_phys_addr(haddr: qemu_plugin_hwaddr | null): number;
  /** Offset inside of the device or the block of memory (API version 0); 0 for null. */
  export function qemu_plugin_hwaddr_device_offset(haddr: qemu_plugin_hwaddr | null): number;
  /** Name of the device, `RAM` for memory; null for null. */
  export function qemu_plugin_hwaddr_device_name(haddr: qemu_plugin_hwaddr | null): string | null;

  // ------------------------------------------------------------------------------------------------- system calls, and more

  export type qemu_plugin_vcpu_syscall_cb_t = (
    id: qemu_plugin_id_t,
    vcpu_index: number,
    num: number,
    ...args: number[]
  ) => void;
  export type qemu_plugin_vcpu_syscall_ret_cb_t = (
    id: qemu_plugin_id_t,
    vcpu_index: number,
    num: number,
    ret: number,
  ) => void;
  /** User-mode emulation only: never called when a whole machine is emulated. */
  export function qemu_plugin_register_vcpu_syscall_cb(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_syscall_cb_t): void;
  /** User-mode emulation only: never called when a whole machine is emulated. */
  export function qemu_plugin_register_vcpu_syscall_ret_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_syscall_ret_cb_t,
  ): void;

  /** Writes to the plugin log, exactly as given: no newline is added. */
  export function qemu_plugin_outs(text: string): void;
  /** The boolean that `value` spells (on, yes, true, y, off, no, false, n), or undefined. (In C the result is a pointer.) */
  export function qemu_plugin_bool_parse(name: string, value: string | undefined): boolean | undefined;
  /** User-mode emulation only, as the three below: null and 0 when a whole machine is emulated. */
  export function qemu_plugin_path_to_binary(): string | null;
  export function qemu_plugin_start_code(): number;
  export function qemu_plugin_end_code(): number;
  export function qemu_plugin_entry_code(): number;

  // -------------------------------------------------------------------------------------------------------- our own: tcg_…

  /** A new counter, 0, for inline operations. */
  export function tcg_u64_new(): qemu_plugin_u64;
  /** What a C plugin prints to stderr: shown to the user, not part of the plugin log. No newline is added. */
  export function tcg_error(text: string): void;
  /**
   * Pauses the machine: from an exec callback before the instruction, from a mem callback after it, from tb_trans before the
   * block's first run. `reason` is shown to the user.
   */
  export function tcg_request_stop(reason: string): void;
  /** A register by its name in the target (`r0`, `sp`, `pc`, `cpsr`), unsigned; null if there is none of that name. */
  export function tcg_read_register(vcpu_index: number, name: string): number | null;
  /** Guest memory at a virtual address: up to `length` bytes, fewer where it ends or a device begins. Changes nothing. */
  export function tcg_read_memory(vcpu_index: number, vaddr: number, length: number): Uint8Array;

  /** One level of a cache, for {@link TcgCacheStatistics}. */
  export interface TcgCacheLevel {
    readonly name: 'L1I' | 'L1D' | 'L2';
    readonly core: number;
    readonly size: number;
    readonly associativity: number;
    readonly lineSize: number;
    readonly sets: number;
    readonly policy: string;
    readonly loads: TcgAccessCounts;
    readonly stores: TcgAccessCounts;
    readonly fetches: TcgAccessCounts;
    readonly compulsory: number;
    readonly evictions: number;
    readonly invalidations: number;
  }
  export interface TcgAccessCounts {
    readonly accesses: number;
    readonly hits: number;
    readonly misses: number;
  }
  export interface TcgCacheStatistics {
    readonly model: string;
    readonly cores: number;
    readonly levels: readonly TcgCacheLevel[];
    readonly instructions: number;
    readonly maintenance: number;
    readonly hottest: readonly {
      readonly address: number;
      readonly symbol: string | null;
      readonly disassembly: string;
      readonly l1iMisses: number;
      readonly l1dMisses: number;
      readonly l2Misses: number;
    }[];
  }
  /** A cache miss, as cache-miss breakpoints see it. */
  export interface TcgCacheMiss {
    readonly level: 'l1i' | 'l1d' | 'l2';
    readonly vcpu: number;
    /** Virtual address of the instruction that missed. */
    readonly pc: number;
    /** The address that missed, as the model uses it. */
    readonly address: number;
    readonly kind: 'load' | 'store' | 'fetch';
  }
  /** What makes a plugin a cache model: its statistics show in the cache view, and misses can be breakpoints. */
  export interface TcgCacheModel {
    /** The counts now; asked for several times a second while the guest runs. `limit` bounds `hottest`. */
    statistics(limit: number): TcgCacheStatistics;
    /** Called with a function to call at each miss, or undefined to stop. */
    setMissListener?(listener: ((miss: TcgCacheMiss) => void) | undefined): void;
  }
  export function tcg_provide_cache_statistics(id: qemu_plugin_id_t, model: TcgCacheModel): void;
}
