/** A class of instructions of howvec: `option` is its name in `count=`. */
export interface InstructionClass {
  readonly label: string;
  readonly option: string;
  /** The mnemonic, without width and condition (`addseq.w` is `add`). */
  readonly match: RegExp;
}

/**
 * Classes of A32 and T32 instructions by mnemonic, as chapter A4 of the ARM ARM (DDI 0406C) groups them. The first that
 * matches counts.
 */
export const ARM_CLASSES: readonly InstructionClass[] = [
  { label: 'Branch with link', option: 'blr', match: /^blx?$/ },
  { label: 'Branch', option: 'br', match: /^(b|bx|bxj|cbz|cbnz|tbb|tbh)$/ },
  { label: 'If-then', option: 'it', match: /^it[te]{0,3}$/ },
  { label: 'Saturating', option: 'sat', match: /^(q(add|sub|dadd|dsub)|[us]sat(16)?)$/ },
  {
    label: 'Parallel add/subtract',
    option: 'par',
    match: /^([su]h?|q|uq)(add|sub)(8|16)$|^([su]h?|q|uq)(asx|sax)$|^usada?8$|^sel$/,
  },
  {
    label: 'Multiply',
    option: 'mul',
    match: /^(mul|mla|mls|[us]mull|[us]mlal|umaal|sm(la|ul|lal|mla|mls|mul|uad|usd|lad|lsd|lald|lsld).*)$/,
  },
  { label: 'Divide', option: 'div', match: /^[us]div$/ },
  {
    label: 'Packing and extending',
    option: 'ext',
    match: /^([us]xta?(b|h|b16)|pkhbt|pkhtb|rev|rev16|revsh|rbit|[us]bfx|bf[ci]|clz)$/,
  },
  { label: 'Load multiple', option: 'ldm', match: /^(ldm(ia|ib|da|db)?|pop|rfe.*)$/ },
  { label: 'Store multiple', option: 'stm', match: /^(stm(ia|ib|da|db)?|push|srs.*)$/ },
  { label: 'Exclusive', option: 'excl', match: /^((ldr|str)ex[bhd]?|clrex|swpb?)$/ },
  { label: 'Load', option: 'ld', match: /^ldr(b|h|d|sb|sh|t|bt|ht|sbt|sht)?$/ },
  { label: 'Store', option: 'st', match: /^str(b|h|d|t|bt|ht)?$/ },
  { label: 'Preload', option: 'pld', match: /^(pldw?|pli)$/ },
  { label: 'Compare and test', option: 'cmp', match: /^(cmp|cmn|tst|teq)$/ },
  { label: 'Move', option: 'mov', match: /^(mov|mvn|movw|movt)$/ },
  { label: 'Shift', option: 'shift', match: /^(lsl|lsr|asr|ror|rrx)$/ },
  { label: 'Logical', option: 'logic', match: /^(and|orr|orn|eor|bic)$/ },
  { label: 'Add and subtract', option: 'arith', match: /^(add|addw|adc|sub|subw|sbc|rsb|rsc|adr)$/ },
  { label: 'Exception', option: 'exc', match: /^(svc|bkpt|smc|hvc|udf|eret|hlt)$/ },
  { label: 'Status register', option: 'psr', match: /^(mrs|msr|cps.*|setend)$/ },
  { label: 'Barrier', option: 'bar', match: /^(dmb|dsb|isb)$/ },
  { label: 'Hint', option: 'hint', match: /^(nop|yield|wfe|wfi|sev|dbg)$/ },
  { label: 'Coprocessor', option: 'cp', match: /^(mcrr?2?|mrrc2?|mrc2?|cdp2?|(ldc|stc)2?l?)$/ },
  { label: 'SIMD and FP load', option: 'vld', match: /^(vldr|vldm(ia|db)?|vpop|vld[1-4])$/ },
  { label: 'SIMD and FP store', option: 'vst', match: /^(vstr|vstm(ia|db)?|vpush|vst[1-4])$/ },
  { label: 'SIMD and FP move', option: 'vmov', match: /^(vmov[ln]?|vmvn|vmsr|vmrs|vdup|vswp|vq?movu?n|fmstat)$/ },
  { label: 'SIMD and FP convert', option: 'vcvt', match: /^vcvt[rbt]?$/ },
  { label: 'SIMD and FP data', option: 'vdata', match: /^v/ },
];

const CONDITION = /(eq|ne|hs|cs|lo|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)$/;

/** The mnemonics that a disassembly may stand for, the likeliest first: without width, data type, condition and `s`. */
export function mnemonics(disassembly: string): string[] {
  const word = (/^\S+/.exec(disassembly)?.[0] ?? '').split('.')[0];
  const bare = word.replace(CONDITION, '');
  return [word, bare, bare.replace(/s$/, ''), word.replace(/s$/, '')];
}

/** The class of an instruction; undefined where none is known. */
export function classify(disassembly: string, classes = ARM_CLASSES): InstructionClass | undefined {
  for (const mnemonic of mnemonics(disassembly)) {
    const found = classes.find(({ match }) => match.test(mnemonic));
    if (found) return found;
  }
  return undefined;
}
