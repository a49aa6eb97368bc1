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
 * Names are those of the C interface, versions 0 (QEMU 4.2) to 6 (11.0). A plugin that exports `qemu_plugin_version` has the
 * calls of that version only, in that version's form; without it a plugin may use them all. Each call that is not in all
 * versions says so: `[2-]` from version 2 on, `[0-1]` in 0 and 1 only. What C needs and JavaScript does not is left out:
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
    /** The plugin's atexit callback does nothing but print, and may be called at any time to see its statistics. */
    readonly tcg_atexit_only_prints?: boolean;
    readonly tcg_positional_arguments?: boolean | ((options: readonly TcgPluginOption[]) => boolean);
  }

  /** One option of a `-plugin` line as it was written: `name=value`, or `name` alone (no `value`). */
  export interface TcgPluginOption {
    readonly name: string;
    readonly value?: string;
  }

  /** The newest version of the API that is known here. */
  export const QEMU_PLUGIN_VERSION: 6;

  // ------------------------------------------------------------------------------------------------------------- lifecycle

  export type qemu_plugin_simple_cb_t = (id: qemu_plugin_id_t) => void;
  export type qemu_plugin_udata_cb_t<T> = (id: qemu_plugin_id_t, userdata: T) => void;
  export type qemu_plugin_vcpu_simple_cb_t = (id: qemu_plugin_id_t, vcpu_index: number) => void;
  export type qemu_plugin_vcpu_udata_cb_t<T> = (vcpu_index: number, userdata: T) => void;

  /**
   * The vCPU exists now. One callback per event and plugin: registering again replaces it, null takes it away. With several
   * plugins, the one loaded last is called first.
   */
  export function qemu_plugin_register_vcpu_init_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_simple_cb_t | null,
  ): void;
  /** The vCPU is unplugged: not called at the session's end, and so never here, as with QEMU's boards of this kind. */
  export function qemu_plugin_register_vcpu_exit_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_simple_cb_t | null,
  ): void;
  /** The vCPU begins to wait for an interrupt or event. */
  export function qemu_plugin_register_vcpu_idle_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_simple_cb_t | null,
  ): void;
  /** A vCPU that waited goes on. */
  export function qemu_plugin_register_vcpu_resume_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_simple_cb_t | null,
  ): void;

  /** What made a vCPU go on elsewhere than its instructions say; combined with `|`. */
  export type qemu_plugin_discon_type = number;
  export const QEMU_PLUGIN_DISCON_INTERRUPT: 1;
  export const QEMU_PLUGIN_DISCON_EXCEPTION: 2;
  export const QEMU_PLUGIN_DISCON_HOSTCALL: 4;
  export const QEMU_PLUGIN_DISCON_ALL: -1;
  /**
   * `from_pc` is the instruction that caused it; of an interrupt, the one that would have run next. `to_pc` is where the vCPU
   * goes on.
   */
  export type qemu_plugin_vcpu_discon_cb_t = (
    id: qemu_plugin_id_t,
    vcpu_index: number,
    type: 1 | 2 | 4,
    from_pc: number,
    to_pc: number,
  ) => void;
  /**
   * `[6-]` Called when the vCPU has been made ready for an interrupt (its vector entered), an exception (likewise) or a host
   * call (semihosting: carried out). The callback may read and write registers, and set the pc.
   */
  export function qemu_plugin_register_vcpu_discon_cb(
    id: qemu_plugin_id_t,
    type: qemu_plugin_discon_type,
    cb: qemu_plugin_vcpu_discon_cb_t | null,
  ): void;

  /** All translated blocks were dropped. */
  export function qemu_plugin_register_flush_cb(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t | null): void;
  /** The session ends: the guest exited, or the user stopped it. */
  export function qemu_plugin_register_atexit_cb<T>(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_udata_cb_t<T> | null,
    userdata?: T,
  ): void;
  /**
   * At the next chance, soon after the running callback has returned: removes all of the plugin's callbacks and calls `cb`;
   * the plugin is not called again.
   */
  export function qemu_plugin_uninstall(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t | null): void;
  /**
   * At the next chance: removes all of the plugin's callbacks, then calls `cb`, which may register new ones. Blocks are
   * translated anew.
   */
  export function qemu_plugin_reset(id: qemu_plugin_id_t, cb: qemu_plugin_simple_cb_t | null): void;
  /** Calls `cb` at once for each vCPU that has been initialised. */
  export function qemu_plugin_vcpu_for_each(id: qemu_plugin_id_t, cb: qemu_plugin_vcpu_simple_cb_t): void;
  /** `[0-1]` vCPUs at the start. */
  export function qemu_plugin_n_vcpus(): number;
  /** `[0-1]` vCPUs there can be. */
  export function qemu_plugin_n_max_vcpus(): number;
  /** `[2-]` vCPUs that have been initialised so far: 0 at install. */
  export function qemu_plugin_num_vcpus(): number;

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
  export function qemu_plugin_register_vcpu_tb_trans_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_tb_trans_cb_t | null,
  ): void;
  /** Number of instructions, 1 to 512. */
  export function qemu_plugin_tb_n_insns(tb: qemu_plugin_tb): number;
  /** Virtual address of the first instruction. */
  export function qemu_plugin_tb_vaddr(tb: qemu_plugin_tb): number;
  /** The instruction with index `idx`, from 0; null past the end. */
  export function qemu_plugin_tb_get_insn(tb: qemu_plugin_tb, idx: number): qemu_plugin_insn | null;
  /** `[0-2]` The opcode's bytes as they lie in guest memory, a copy: `qemu_plugin_insn_size` of them. */
  export function qemu_plugin_insn_data(insn: qemu_plugin_insn): Uint8Array;
  /** `[3-]` Copies at most `len` of the opcode's bytes to the start of `dest`; returns how many. */
  export function qemu_plugin_insn_data(insn: qemu_plugin_insn, dest: Uint8Array, len: number): number;
  /** Size in bytes. */
  export function qemu_plugin_insn_size(insn: qemu_plugin_insn): number;
  export function qemu_plugin_insn_vaddr(insn: qemu_plugin_insn): number;
  /** Guest physical address; null if unknown. (QEMU gives an address in its own memory here.) */
  export function qemu_plugin_insn_haddr(insn: qemu_plugin_insn): number | null;
  export function qemu_plugin_insn_disas(insn: qemu_plugin_insn): string;
  /** The symbol that the instruction lies in. */
  export function qemu_plugin_insn_symbol(insn: qemu_plugin_insn): string | null;

  // ------------------------------------------------------------------------------------------------------------- execution

  /** What a callback does with the vCPU's registers. What it does not say it may not do. */
  export type qemu_plugin_cb_flags = 0 | 1 | 2 | 3;
  export const QEMU_PLUGIN_CB_NO_REGS: 0;
  export const QEMU_PLUGIN_CB_R_REGS: 1;
  export const QEMU_PLUGIN_CB_RW_REGS: 2;
  /** `[6-]` It may also call {@link qemu_plugin_set_pc}. */
  export const QEMU_PLUGIN_CB_RW_REGS_PC: 3;

  /** Which accesses a memory callback wants. */
  export type qemu_plugin_mem_rw = 1 | 2 | 3;
  export const QEMU_PLUGIN_MEM_R: 1;
  export const QEMU_PLUGIN_MEM_W: 2;
  export const QEMU_PLUGIN_MEM_RW: 3;

  /** What the emulator does itself, without a call: adds an immediate to a u64, or stores it there. */
  export type qemu_plugin_op = 0 | 1;
  export const QEMU_PLUGIN_INLINE_ADD_U64: 0;
  /** `[3-]` */
  export const QEMU_PLUGIN_INLINE_STORE_U64: 1;

  /** How a conditional callback compares its entry with its immediate, both as unsigned numbers of 64 bits. */
  export type qemu_plugin_cond = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  export const QEMU_PLUGIN_COND_NEVER: 0;
  export const QEMU_PLUGIN_COND_ALWAYS: 1;
  export const QEMU_PLUGIN_COND_EQ: 2;
  export const QEMU_PLUGIN_COND_NE: 3;
  export const QEMU_PLUGIN_COND_LT: 4;
  export const QEMU_PLUGIN_COND_LE: 5;
  export const QEMU_PLUGIN_COND_GT: 6;
  export const QEMU_PLUGIN_COND_GE: 7;

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
  /** `[3-]` As {@link qemu_plugin_register_vcpu_tb_exec_cb}, but called only if `entry cond imm` holds at that moment. */
  export function qemu_plugin_register_vcpu_tb_exec_cond_cb<T>(
    tb: qemu_plugin_tb,
    cb: qemu_plugin_vcpu_udata_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    cond: qemu_plugin_cond,
    entry: qemu_plugin_u64,
    imm: number | bigint,
    userdata: T,
  ): void;
  /** `[3-]` As {@link qemu_plugin_register_vcpu_insn_exec_cb}, but called only if `entry cond imm` holds at that moment. */
  export function qemu_plugin_register_vcpu_insn_exec_cond_cb<T>(
    insn: qemu_plugin_insn,
    cb: qemu_plugin_vcpu_udata_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    cond: qemu_plugin_cond,
    entry: qemu_plugin_u64,
    imm: number | bigint,
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

  /** Per-vCPU storage: one element for each vCPU. */
  export interface qemu_plugin_scoreboard {
    readonly opaque: 'qemu_plugin_scoreboard';
  }

  /**
   * A u64 in each element of a scoreboard. {@link tcg_u64_new} makes one that all vCPUs share: what C plugins of version 0 and
   * 1 pass as a `uint64_t *`.
   */
  export interface qemu_plugin_u64 {
    readonly score: qemu_plugin_scoreboard;
    /** Bytes from the element's start. */
    readonly offset: number;
    /** The sum over the vCPUs. */
    get(): number;
    /** Makes `value` the sum: the first vCPU has it, the others 0. */
    set(value: number): void;
  }

  /** `[2-]` A scoreboard of zeroes whose elements have `element_size` bytes. It goes with its plugin. */
  export function qemu_plugin_scoreboard_new(element_size: number): qemu_plugin_scoreboard;
  /** `[2-]` Gives it back; inline operations and conditional callbacks on it are void. */
  export function qemu_plugin_scoreboard_free(score: qemu_plugin_scoreboard): void;
  /** `[2-]` The vCPU's element. (In C the result is a pointer.) Its numbers are little-endian. */
  export function qemu_plugin_scoreboard_find(score: qemu_plugin_scoreboard, vcpu_index: number): DataView;
  /** `[2-]` The u64 at the start of each element. */
  export function qemu_plugin_scoreboard_u64(score: qemu_plugin_scoreboard): qemu_plugin_u64;
  /** `[2-]` The u64 at byte `offset` of each element, a multiple of 8. (In C type and member say where.) */
  export function qemu_plugin_scoreboard_u64_in_struct(score: qemu_plugin_scoreboard, offset: number): qemu_plugin_u64;
  /** `[2-]` Adds to the vCPU's u64, modulo 2^64. */
  export function qemu_plugin_u64_add(entry: qemu_plugin_u64, vcpu_index: number, added: number | bigint): void;
  /** `[2-]` The vCPU's u64. */
  export function qemu_plugin_u64_get(entry: qemu_plugin_u64, vcpu_index: number): number;
  /** `[2-]` Sets the vCPU's u64. */
  export function qemu_plugin_u64_set(entry: qemu_plugin_u64, vcpu_index: number, val: number | bigint): void;
  /** `[2-]` The sum over the vCPUs. */
  export function qemu_plugin_u64_sum(entry: qemu_plugin_u64): number;

  /** `[2-]` The operation on the u64 of the vCPU that executes. */
  export function qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
    tb: qemu_plugin_tb,
    op: qemu_plugin_op,
    entry: qemu_plugin_u64,
    imm: number | bigint,
  ): void;
  /** `[2-]` The operation on the u64 of the vCPU that executes. */
  export function qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
    insn: qemu_plugin_insn,
    op: qemu_plugin_op,
    entry: qemu_plugin_u64,
    imm: number | bigint,
  ): void;
  /** `[2-]` The operation on the u64 of the vCPU that executes. */
  export function qemu_plugin_register_vcpu_mem_inline_per_vcpu(
    insn: qemu_plugin_insn,
    rw: qemu_plugin_mem_rw,
    op: qemu_plugin_op,
    entry: qemu_plugin_u64,
    imm: number | bigint,
  ): void;

  /** `[0-1]` The operation on a counter that all vCPUs share. */
  export function qemu_plugin_register_vcpu_tb_exec_inline(
    tb: qemu_plugin_tb,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number | bigint,
  ): void;
  /** `[0-1]` The operation on a counter that all vCPUs share. */
  export function qemu_plugin_register_vcpu_insn_exec_inline(
    insn: qemu_plugin_insn,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number | bigint,
  ): void;
  /** `[0-1]` The operation on a counter that all vCPUs share. */
  export function qemu_plugin_register_vcpu_mem_inline(
    insn: qemu_plugin_insn,
    rw: qemu_plugin_mem_rw,
    op: qemu_plugin_op,
    ptr: qemu_plugin_u64,
    imm: number | bigint,
  ): void;

  // ---------------------------------------------------------------------------------------------------------------- memory

  /** Base-2 logarithm of the access's size in bytes. */
  export function qemu_plugin_mem_size_shift(info: qemu_plugin_meminfo_t): number;
  export function qemu_plugin_mem_is_sign_extended(info: qemu_plugin_meminfo_t): boolean;
  export function qemu_plugin_mem_is_big_endian(info: qemu_plugin_meminfo_t): boolean;
  export function qemu_plugin_mem_is_store(info: qemu_plugin_meminfo_t): boolean;

  /** An access's value; `type` is one of QEMU_PLUGIN_MEM_VALUE_U8 to _U128. */
  export type qemu_plugin_mem_value =
    | { readonly type: 0; readonly data: { readonly u8: number } }
    | { readonly type: 1; readonly data: { readonly u16: number } }
    | { readonly type: 2; readonly data: { readonly u32: number } }
    | { readonly type: 3; readonly data: { readonly u64: bigint } }
    | { readonly type: 4; readonly data: { readonly u128: { readonly low: bigint; readonly high: bigint } } };
  export const QEMU_PLUGIN_MEM_VALUE_U8: 0;
  export const QEMU_PLUGIN_MEM_VALUE_U16: 1;
  export const QEMU_PLUGIN_MEM_VALUE_U32: 2;
  export const QEMU_PLUGIN_MEM_VALUE_U64: 3;
  export const QEMU_PLUGIN_MEM_VALUE_U128: 4;
  /** `[4-]` The value that was loaded or stored, unsigned. Inside of the access's callback only. */
  export function qemu_plugin_mem_get_value(info: qemu_plugin_meminfo_t): qemu_plugin_mem_value;

  /** The hardware side of an access. Valid until the callback returns, and until the next {@link qemu_plugin_get_hwaddr}. */
  export interface qemu_plugin_hwaddr {
    readonly opaque: 'qemu_plugin_hwaddr';
  }
  /** For use inside of a mem callback. Null where no translation is known. */
  export function qemu_plugin_get_hwaddr(info: qemu_plugin_meminfo_t, vaddr: number): qemu_plugin_hwaddr | null;
  /** True for a device's registers, false for memory, and for null. */
  export function qemu_plugin_hwaddr_is_io(haddr: qemu_plugin_hwaddr | null): boolean;
  /** `[1-]` Guest physical address; 0 for null. */
  export function qemu_plugin_hwaddr_phys_addr(haddr: qemu_plugin_hwaddr | null): number;
  /** `[0]` Offset inside of the device or the block of memory; 0 for null. */
  export function qemu_plugin_hwaddr_device_offset(haddr: qemu_plugin_hwaddr | null): number;
  /** Name of the device, `RAM` for memory; null for null. */
  export function qemu_plugin_hwaddr_device_name(haddr: qemu_plugin_hwaddr | null): string | null;

  // ------------------------------------------------------------------------------------------------- registers and memory
  // All of these need a callback that runs for a vCPU: execution, accesses, translation, and the vcpu_ events.

  /** Bytes that a call writes to or reads from. */
  export interface GByteArray {
    readonly data: Uint8Array;
    /** Bytes. */
    readonly len: number;
    /** Cuts it, or fills it up with zeroes. */
    set_size(length: number): void;
    append(bytes: ArrayLike<number>): void;
  }
  /** A byte array, empty or with `bytes`. */
  export function g_byte_array_new(bytes?: ArrayLike<number>): GByteArray;

  /** A register, opaque. */
  export interface qemu_plugin_register {
    readonly opaque: 'qemu_plugin_register';
  }
  export interface qemu_plugin_reg_descriptor {
    readonly handle: qemu_plugin_register;
    /** As in gdb: `r0`, `cpsr`, `d31`, `SCTLR`. */
    readonly name: string;
    /** The target description's feature: `org.gnu.gdb.arm.core`. */
    readonly feature: string;
  }
  /** `[2-]` The registers of the vCPU; none outside of a vCPU's callbacks. */
  export function qemu_plugin_get_registers(): qemu_plugin_reg_descriptor[];
  /**
   * `[2-]` Appends the register's bytes, little-endian, to `buf` and returns how many; -1 where the callback's flags are
   * QEMU_PLUGIN_CB_NO_REGS. The pc is that of the current instruction.
   */
  export function qemu_plugin_read_register(handle: qemu_plugin_register, buf: GByteArray): number;
  /**
   * `[5-]` Writes the register from the bytes of `buf` and returns how many it has; -1 unless the callback's flags are
   * QEMU_PLUGIN_CB_RW_REGS or _RW_REGS_PC, and for a register that cannot be written, as the pc.
   */
  export function qemu_plugin_write_register(handle: qemu_plugin_register, buf: GByteArray): number;
  /**
   * `[6-]` Goes on at `vaddr` (its low bit says Thumb): leaves the callback at once. Returns only where the callback's flags
   * are not QEMU_PLUGIN_CB_RW_REGS_PC, without effect.
   */
  export function qemu_plugin_set_pc(vaddr: number): void;

  /** `[4-]` Reads `len` bytes into `data`, which then has that size. False where not all of it is memory. */
  export function qemu_plugin_read_memory_vaddr(addr: number, data: GByteArray, len: number): boolean;
  /** `[5-]` Writes all of `data`; read-only memory too. Code that it changes is translated anew. */
  export function qemu_plugin_write_memory_vaddr(addr: number, data: GByteArray): boolean;

  export type qemu_plugin_hwaddr_operation_result = 0 | 1 | 2 | 3 | 4 | 5;
  export const QEMU_PLUGIN_HWADDR_OPERATION_OK: 0;
  export const QEMU_PLUGIN_HWADDR_OPERATION_ERROR: 1;
  /** A device answers with an error. */
  export const QEMU_PLUGIN_HWADDR_OPERATION_DEVICE_ERROR: 2;
  export const QEMU_PLUGIN_HWADDR_OPERATION_ACCESS_DENIED: 3;
  /** Nothing answers at the address. */
  export const QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS: 4;
  export const QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS_SPACE: 5;
  /** `[5-]` Reads physical memory, devices too, which may notice. */
  export function qemu_plugin_read_memory_hwaddr(
    addr: number,
    data: GByteArray,
    len: number,
  ): qemu_plugin_hwaddr_operation_result;
  /** `[5-]` Writes physical memory, devices too. */
  export function qemu_plugin_write_memory_hwaddr(addr: number, data: GByteArray): qemu_plugin_hwaddr_operation_result;
  /** `[5-]` The physical address, or null where nothing is mapped. (In C it is stored through a pointer.) */
  export function qemu_plugin_translate_vaddr(vaddr: number): number | null;

  // ------------------------------------------------------------------------------------------------------------------ time

  /** Control of guest time, opaque. */
  export interface qemu_plugin_time_control {
    readonly opaque: 'qemu_plugin_time_control';
  }
  /**
   * `[3-]` Control of guest time for the first who asks, null for the others. From then on time stands still but for
   * {@link qemu_plugin_update_ns}, and while all vCPUs wait, when it jumps to the next timer as ever.
   */
  export function qemu_plugin_request_time_control(): qemu_plugin_time_control | null;
  /** `[3-]` Guest time is `time` nanoseconds since the start, from the end of the current instruction or block on. */
  export function qemu_plugin_update_ns(handle: qemu_plugin_time_control, time: number): void;

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
  export function qemu_plugin_register_vcpu_syscall_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_syscall_cb_t | null,
  ): void;
  /** User-mode emulation only: never called when a whole machine is emulated. */
  export function qemu_plugin_register_vcpu_syscall_ret_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_syscall_ret_cb_t | null,
  ): void;
  /** Returns true to answer the system call itself, with `sysret.value`. */
  export type qemu_plugin_vcpu_syscall_filter_cb_t = (
    id: qemu_plugin_id_t,
    vcpu_index: number,
    num: number,
    args: readonly number[],
    sysret: { value: number },
  ) => boolean;
  /** `[6-]` User-mode emulation only: never called when a whole machine is emulated. */
  export function qemu_plugin_register_vcpu_syscall_filter_cb(
    id: qemu_plugin_id_t,
    cb: qemu_plugin_vcpu_syscall_filter_cb_t | null,
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

  /** Instructions that all vCPUs have executed so far. */
  export function tcg_instructions(): number;
  /**
   * `cb` returns the plugin's statistics as they are now, in text: called when the user asks for them while the guest runs or
   * stands. A plugin whose atexit callback does nothing but print may export `tcg_atexit_only_prints = true` instead.
   */
  export function tcg_register_statistics_cb(id: qemu_plugin_id_t, cb: (() => string) | null): void;

  /** A table that the debugger shows and refreshes while the guest runs. */
  export interface TcgView {
    /** Names it within the plugin: letters, digits, `_`, `-` and `.`. */
    readonly id: string;
    readonly title: string;
    readonly columns: readonly string[];
    /** The rows now, at most `limit`, the most important first; each with a cell for each column. */
    rows(limit: number): (string | number)[][];
  }
  export function tcg_contribute_view(id: qemu_plugin_id_t, view: TcgView): void;

  /** A kind of breakpoint of the plugin's own: offered beside the debugger's, with conditions, hit counts and messages. */
  export interface TcgBreakpointKind {
    /** Names it within the plugin: letters, digits, `_`, `-` and `.`. */
    readonly name: string;
    /** As the user sees it: `Stack Overflow`. */
    readonly label: string;
    readonly description: string;
  }
  /** Something that such a breakpoint may stop at. */
  export interface TcgBreakpointEvent {
    readonly vcpu: number;
    /** Virtual address of the instruction. */
    readonly pc: number;
    /** The address that it is about, for breakpoints on an address; without it `pc` is. */
    readonly address?: number;
    /** Bytes at the address; 1 if absent. */
    readonly size?: number;
    /** What happened, in one line. */
    readonly text?: string;
  }
  /**
   * Returns a function to call at each event: cheap while no breakpoint of the kind is set. Where one stops, it does as
   * {@link tcg_request_stop} does.
   */
  export function tcg_contribute_breakpoint_kind(
    id: qemu_plugin_id_t,
    kind: TcgBreakpointKind,
  ): (event: TcgBreakpointEvent) => void;

  /** A cache operation that the guest asked for. The emulator has no caches; a model of one may obey it. */
  export interface TcgCacheMaintenance {
    /** An instruction of the CPU (CP15), or a store to the L2C-310, which the board has with `-M …,l2c=on`. */
    readonly source: 'cp15' | 'l2c';
    /** Arm's name: `ICIALLU`, `DCISW`, `DCCIMVAC`, …; `InvalidateByWay`, `CleanInvalidateByPA`, `CacheSync`, …. */
    readonly operation: string;
    /** The operand, unsigned: an address (virtual with CP15), a set and way, or a mask of ways. */
    readonly value: number;
  }
  /** Called when the guest has asked for a cache operation; null: no more. */
  export function tcg_register_cache_maintenance_cb(
    id: qemu_plugin_id_t,
    cb: ((id: qemu_plugin_id_t, vcpu_index: number, event: TcgCacheMaintenance) => void) | null,
  ): void;

  /** A new counter, 0, that all vCPUs share: for inline operations of every version. */
  export function tcg_u64_new(): qemu_plugin_u64;
  /**
   * Called each time the instruction has completed, also if it was a branch or its condition failed: not if it faulted, and
   * not for one that raises an exception or calls the host. With other flags than QEMU_PLUGIN_CB_NO_REGS the pc is that of
   * the next instruction.
   */
  export function tcg_register_vcpu_insn_after_cb<T>(
    insn: qemu_plugin_insn,
    cb: qemu_plugin_vcpu_udata_cb_t<T>,
    flags: qemu_plugin_cb_flags,
    userdata: T,
  ): void;

  /** The words of an event in a batch, and how many an event has: where its vCPU, tag, address and info stand. */
  export const TCG_EVENT_VCPU: 0;
  export const TCG_EVENT_TAG: 1;
  export const TCG_EVENT_VADDR: 2;
  export const TCG_EVENT_INFO: 3;
  export const TCG_EVENT_WORDS: 4;
  /** The info of an instruction that is about to run; that of an access is a qemu_plugin_meminfo_t. */
  export const TCG_EVENT_INSN: 0xffffffff;
  /**
   * Has events told in batches, of all vCPUs in the order in which they happened: event `i` of `count` has the words from
   * `i * TCG_EVENT_WORDS` on in `events`, which is used again for the next batch. Translated code writes the events down without a call.
   *
   * `cb` is called when there are many, before any other callback of the plugin, before the guest stops or ends, and every few
   * milliseconds. So where the guest stands then, and its registers and memory, are not those of an event. Once for each plugin;
   * a plugin that is reset registers again.
   */
  export function tcg_register_batch_cb(
    id: qemu_plugin_id_t,
    cb: (id: qemu_plugin_id_t, events: Uint32Array, count: number) => void,
  ): void;
  /** Writes down, each time the instruction is about to run, its address and `tag`, any integer of 32 bits. */
  export function tcg_register_vcpu_insn_exec_batch(insn: qemu_plugin_insn, tag: number): void;
  /** Writes down each access of the instruction that `rw` asks for: its virtual address, what it is, and `tag`. */
  export function tcg_register_vcpu_mem_batch(insn: qemu_plugin_insn, rw: qemu_plugin_mem_rw, tag: number): void;

  /** What a C plugin prints to stderr: shown to the user, not part of the plugin log. No newline is added. */
  export function tcg_error(text: string): void;
  /**
   * Pauses the machine: from an exec callback before the instruction, from a mem or after callback after it, from tb_trans
   * before the block's first run. `reason` is shown to the user.
   */
  export function tcg_request_stop(reason: string): void;
  /**
   * A register by its name in the target (`r0`, `sp`, `pc`, `cpsr`), unsigned; null if there is none of that name, and in a
   * callback whose flags are QEMU_PLUGIN_CB_NO_REGS.
   */
  export function tcg_read_register(vcpu_index: number, name: string): number | null;
  /** Guest memory at a virtual address: up to `length` bytes, fewer where it ends or a device begins. Changes nothing. */
  export function tcg_read_memory(vcpu_index: number, vaddr: number, length: number): Uint8Array;

  /** The source line that the code at a virtual address was made from, by the program's DWARF; null where it says nothing. */
  export function tcg_source_line(vaddr: number): { readonly file: string; readonly line: number } | null;
  /** The lines of the program's source that have code, by its DWARF. */
  export function tcg_code_lines(): readonly { readonly file: string; readonly line: number }[];
  export type TcgFileMode = 'r' | 'w' | 'a';
  /** An open file. What is written is in the file when it is closed at the latest; a session's end closes it. */
  export interface TcgFile {
    /** Text goes as UTF-8. */
    write(data: string | Uint8Array): void;
    /** The whole content, of a file opened for reading. */
    read(): Uint8Array;
    close(): void;
  }
  /** Opens a file of the user's machine: for reading, writing anew, or appending. Throws an Error that names the path. */
  export function tcg_open_file(path: string, mode: TcgFileMode): TcgFile;
  /** A stream socket whose calls wait: the guest stands still meanwhile. */
  export interface TcgSocket {
    send(data: Uint8Array): void;
    /** Exactly so many bytes; null when the other side has gone. */
    receive(length: number): Uint8Array | null;
    close(): void;
  }
  /** Connects to another run at the path of a UNIX-domain socket, or waits for it there. */
  export function tcg_open_socket(path: string): TcgSocket;
  /** Ends the guest with an exit code, as a C plugin's `exit` ends QEMU; atexit callbacks run. */
  export function tcg_exit(code: number, reason?: string): void;
  /** The program that runs: addresses of its code, `end` exclusive. Null where there is none. */
  export function tcg_program(): {
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly entry: number;
  } | null;
  /** The program's functions by address, from its symbols; `end` is exclusive. */
  export function tcg_functions(): readonly { readonly name: string; readonly start: number; readonly end: number }[];
  /** Lets real time pass; returns early when the user wants to stop the machine. */
  export function tcg_sleep(ms: number): void;

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
    /** What every executed instruction did, where `executed` was asked for and the model counts that: for profiles. */
    readonly executed?: readonly TcgInstructionCounts[];
    /** With `executed`: who called whom, where the model knows; parents before their children. */
    readonly calls?: readonly TcgCallPath[];
    /** With `executed`: what code the program has, executed or not. */
    readonly code?: TcgProgramCode;
  }
  export interface TcgSourceLine {
    readonly file: string;
    readonly line: number;
  }
  export interface TcgInstructionCounts extends TcgCosts {
    readonly address: number;
    readonly symbol: string | null;
    readonly source: TcgSourceLine | null;
  }
  /** A function as it was called along one path from the program's start. */
  export interface TcgCallPath {
    /** Index of the caller's path, -1 where nobody called it. */
    readonly parent: number;
    readonly name: string;
    /** The lines of its begin and of the call. */
    readonly source: TcgSourceLine | null;
    readonly site: TcgSourceLine | null;
    readonly calls: number;
    /** Of these calls, with all that was called from there. */
    readonly inclusive: TcgCosts;
  }
  export interface TcgProgramCode {
    readonly lines: readonly TcgSourceLine[];
    readonly functions: readonly {
      readonly name: string;
      readonly address: number;
      readonly source: TcgSourceLine | null;
    }[];
  }
  /** What was done by an instruction, or by several together. */
  export interface TcgCosts {
    readonly executions: number;
    readonly loads: number;
    readonly stores: number;
    readonly l1Misses: TcgMissCounts;
    readonly l2Misses: TcgMissCounts;
    readonly cycles: number;
  }
  export interface TcgMissCounts {
    readonly loads: number;
    readonly stores: number;
    readonly fetches: number;
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
    statistics(limit: number, executed?: boolean): TcgCacheStatistics;
    /** Called with a function to call at each miss, or undefined to stop. */
    setMissListener?(listener: ((miss: TcgCacheMiss) => void) | undefined): void;
    /** Address of the line that a way of a set holds, as the model uses addresses; undefined if it holds none. */
    lineAddress?(level: TcgCacheMiss['level'], core: number, set: number, way: number): number | undefined;
  }
  /** Address of the line that the first cache model loaded holds there; null if it holds none, and without a model. */
  export function tcg_cache_line(level: TcgCacheMiss['level'], core: number, set: number, way: number): number | null;
  /** Sets, ways and bytes of a line of that cache; null without it. */
  export function tcg_cache_geometry(
    level: TcgCacheMiss['level'],
    core: number,
  ): Pick<TcgCacheLevel, 'sets' | 'associativity' | 'lineSize'> | null;
  export function tcg_provide_cache_statistics(id: qemu_plugin_id_t, model: TcgCacheModel): void;
}
