/** The IR's operations. Names are TCG's. All values are 32 bits wide; 64-bit results come as (low, high) pairs. */
export enum Opcode {
  /** immediates: guest pc, target word (ARM: the IT state) — what a fault at this instruction restores. */
  insn_start,
  set_label,
  br,
  brcond_i32,
  mov_i32,
  add_i32,
  sub_i32,
  neg_i32,
  mul_i32,
  and_i32,
  or_i32,
  xor_i32,
  andc_i32,
  not_i32,
  shl_i32,
  shr_i32,
  sar_i32,
  rotr_i32,
  clz_i32,
  bswap16_i32,
  bswap32_i32,
  ext8s_i32,
  ext8u_i32,
  ext16s_i32,
  ext16u_i32,
  extract_i32,
  sextract_i32,
  deposit_i32,
  setcond_i32,
  movcond_i32,
  add2_i32,
  sub2_i32,
  mulu2_i32,
  muls2_i32,
  qemu_ld_i32,
  qemu_st_i32,
  /** 64-bit access: value as (low, high); one access to plugins. */
  qemu_ld_i64,
  qemu_st_i64,
  call,
  goto_tb,
  goto_ptr,
  exit_tb,
  /**
   * Before an instruction. Immediates: index, flags. Calls `PluginRuntime.execCallback(vcpu, index)`; true stops here.
   * With flags 0 the callback neither reads nor writes registers; else the pc and aux globals are set to the current
   * insn_start's before the call and all globals are in the environment, and with flags 2 and 3 they are read anew after
   * it. The call may throw a CpuLoopExit, which ends the block (`qemu_plugin_set_pc`).
   */
  plugin_exec_cb,
  /**
   * A plugin_exec_cb that is called only if `u64 cond imm` holds. Immediates: index, flags, cond (eq, ne or an unsigned
   * one), base, stride, the immediate's low and high word. The u64 lies at byte `base + vcpu * stride` of the memory.
   */
  plugin_exec_cond_cb,
  /**
   * After an instruction, before what leaves the block. Immediates: index, flags. As plugin_exec_cb, but pc and aux stay
   * as they are, and true stops after the instruction: the budget is withheld as for plugin_mem_cb.
   */
  plugin_after_cb,
  /**
   * After an access. Inputs: address, the value's low and high word (as the register has it: extended, in register order);
   * immediates: memop, 1 for a load or 2 for a store, index, flags. Puts the value into Control.MemValue, then calls
   * `PluginRuntime.memCallback`; true stops after the instruction. Flags as for plugin_exec_cb, except that pc and aux have
   * their old values again after the call.
   */
  plugin_mem_cb,
  /**
   * u64 += imm. Immediates: base, stride, the immediate's low and high word. The u64 lies at byte `base + vcpu * stride` of
   * the memory, aligned to 8; a counter that all vCPUs share has stride 0.
   */
  plugin_inline_add_u64,
  /** u64 = imm; as plugin_inline_add_u64. */
  plugin_inline_store_u64,
  /**
   * A plugin_exec_cb that is left out while a word of the memory has a value, which it has after the call. Immediates: the
   * word's byte offset, the value, index, flags (0 or 1).
   */
  plugin_exec_filtered_cb,
  /**
   * A plugin_mem_cb without the value, left out while a line table (line-table.ts) has the access's line. Input: address;
   * immediates: memop, 1 for a load or 2 for a store, index, flags (0 or 1), byte offset of the table's part for the MMU index,
   * bits of an address within a line, mask of line numbers, byte offset of the model's clock or 0.
   */
  plugin_mem_filtered_cb,
}

/** Comparisons; the `u` forms compare unsigned. */
export enum Cond {
  eq,
  ne,
  lt,
  ge,
  le,
  gt,
  ltu,
  geu,
  leu,
  gtu,
}

/** How an immediate argument is written in the text form. */
export type ImmediateKind = 'hex' | 'dec' | 'cond' | 'label' | 'memop' | 'helper';

export interface OpcodeDef {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  /** Immediates follow outputs and inputs in `args`. */
  readonly immediates: readonly ImmediateKind[];
  /** Ends the block's straight line: nothing after it in the block runs without a label. */
  readonly endsBlock: boolean;
  /** Has an effect besides its outputs, so it may never be dropped. */
  readonly sideEffect: boolean;
}

function def(
  opcode: Opcode,
  outputs: number,
  inputs: number,
  immediates: readonly ImmediateKind[] = [],
  flags: { end?: boolean; effect?: boolean } = {},
): OpcodeDef {
  const endsBlock = flags.end ?? false;
  return {
    name: Opcode[opcode],
    outputs,
    inputs,
    immediates,
    endsBlock,
    sideEffect: endsBlock || (flags.effect ?? false),
  };
}

const effect = { effect: true };
const end = { end: true };

/** `call` is the one operation of variable shape: outputs = [out?], inputs = its arguments, one `helper` immediate. */
export const OPCODES: Readonly<Record<Opcode, OpcodeDef>> = {
  [Opcode.insn_start]: def(Opcode.insn_start, 0, 0, ['hex', 'hex'], effect),
  [Opcode.set_label]: def(Opcode.set_label, 0, 0, ['label'], effect),
  [Opcode.br]: def(Opcode.br, 0, 0, ['label'], end),
  [Opcode.brcond_i32]: def(Opcode.brcond_i32, 0, 2, ['cond', 'label'], effect),
  [Opcode.mov_i32]: def(Opcode.mov_i32, 1, 1),
  [Opcode.add_i32]: def(Opcode.add_i32, 1, 2),
  [Opcode.sub_i32]: def(Opcode.sub_i32, 1, 2),
  [Opcode.neg_i32]: def(Opcode.neg_i32, 1, 1),
  [Opcode.mul_i32]: def(Opcode.mul_i32, 1, 2),
  [Opcode.and_i32]: def(Opcode.and_i32, 1, 2),
  [Opcode.or_i32]: def(Opcode.or_i32, 1, 2),
  [Opcode.xor_i32]: def(Opcode.xor_i32, 1, 2),
  [Opcode.andc_i32]: def(Opcode.andc_i32, 1, 2),
  [Opcode.not_i32]: def(Opcode.not_i32, 1, 1),
  [Opcode.shl_i32]: def(Opcode.shl_i32, 1, 2),
  [Opcode.shr_i32]: def(Opcode.shr_i32, 1, 2),
  [Opcode.sar_i32]: def(Opcode.sar_i32, 1, 2),
  [Opcode.rotr_i32]: def(Opcode.rotr_i32, 1, 2),
  [Opcode.clz_i32]: def(Opcode.clz_i32, 1, 1),
  [Opcode.bswap16_i32]: def(Opcode.bswap16_i32, 1, 1),
  [Opcode.bswap32_i32]: def(Opcode.bswap32_i32, 1, 1),
  [Opcode.ext8s_i32]: def(Opcode.ext8s_i32, 1, 1),
  [Opcode.ext8u_i32]: def(Opcode.ext8u_i32, 1, 1),
  [Opcode.ext16s_i32]: def(Opcode.ext16s_i32, 1, 1),
  [Opcode.ext16u_i32]: def(Opcode.ext16u_i32, 1, 1),
  [Opcode.extract_i32]: def(Opcode.extract_i32, 1, 1, ['dec', 'dec']),
  [Opcode.sextract_i32]: def(Opcode.sextract_i32, 1, 1, ['dec', 'dec']),
  [Opcode.deposit_i32]: def(Opcode.deposit_i32, 1, 2, ['dec', 'dec']),
  [Opcode.setcond_i32]: def(Opcode.setcond_i32, 1, 2, ['cond']),
  [Opcode.movcond_i32]: def(Opcode.movcond_i32, 1, 4, ['cond']),
  [Opcode.add2_i32]: def(Opcode.add2_i32, 2, 4),
  [Opcode.sub2_i32]: def(Opcode.sub2_i32, 2, 4),
  [Opcode.mulu2_i32]: def(Opcode.mulu2_i32, 2, 2),
  [Opcode.muls2_i32]: def(Opcode.muls2_i32, 2, 2),
  [Opcode.qemu_ld_i32]: def(Opcode.qemu_ld_i32, 1, 1, ['memop'], effect),
  [Opcode.qemu_st_i32]: def(Opcode.qemu_st_i32, 0, 2, ['memop'], effect),
  [Opcode.qemu_ld_i64]: def(Opcode.qemu_ld_i64, 2, 1, ['memop'], effect),
  [Opcode.qemu_st_i64]: def(Opcode.qemu_st_i64, 0, 3, ['memop'], effect),
  [Opcode.call]: def(Opcode.call, 0, 0, ['helper'], effect),
  [Opcode.goto_tb]: def(Opcode.goto_tb, 0, 0, ['dec', 'hex'], end),
  [Opcode.goto_ptr]: def(Opcode.goto_ptr, 0, 0, [], end),
  [Opcode.exit_tb]: def(Opcode.exit_tb, 0, 0, [], end),
  [Opcode.plugin_exec_cb]: def(Opcode.plugin_exec_cb, 0, 0, ['dec', 'dec'], effect),
  [Opcode.plugin_exec_cond_cb]: def(
    Opcode.plugin_exec_cond_cb,
    0,
    0,
    ['dec', 'dec', 'cond', 'hex', 'hex', 'hex', 'hex'],
    effect,
  ),
  [Opcode.plugin_after_cb]: def(Opcode.plugin_after_cb, 0, 0, ['dec', 'dec'], effect),
  [Opcode.plugin_mem_cb]: def(Opcode.plugin_mem_cb, 0, 3, ['memop', 'dec', 'dec', 'dec'], effect),
  [Opcode.plugin_inline_add_u64]: def(Opcode.plugin_inline_add_u64, 0, 0, ['hex', 'hex', 'hex', 'hex'], effect),
  [Opcode.plugin_inline_store_u64]: def(Opcode.plugin_inline_store_u64, 0, 0, ['hex', 'hex', 'hex', 'hex'], effect),
  [Opcode.plugin_exec_filtered_cb]: def(Opcode.plugin_exec_filtered_cb, 0, 0, ['hex', 'hex', 'dec', 'dec'], effect),
  [Opcode.plugin_mem_filtered_cb]: def(
    Opcode.plugin_mem_filtered_cb,
    0,
    1,
    ['memop', 'dec', 'dec', 'dec', 'hex', 'dec', 'hex', 'hex'],
    effect,
  ),
};
