import * as control from './control';
import * as debug from './debug';
import * as pmu from './pmu';
import {
  CpKind,
  cacheOperation,
  modelConstant,
  nop,
  stored,
  value,
  type CpBehaviour,
  type CpRegister,
} from './register';
import { Cp15Slot, PMU_COUNTERS } from './state';

export { CpKind, type CpAccess, type CpRegister } from './register';

const registers: CpRegister[] = [];

/**
 * Adds a register. `encoding` is `p15,opc1,crn,crm,opc2`, `*` for any; `access` what privileged modes may do, and what
 * User mode may after a slash.
 */
function add(name: string, encoding: string, access: string, behaviour: CpBehaviour): void {
  const [coproc, opc1, crn, crm, opc2] = encoding.split(',').map((part) => {
    const digits = part.replace(/^[pc]/, '');
    return digits === '*' ? undefined : Number(digits);
  });
  if (coproc === undefined || crn === undefined) throw new Error(`register ${name}: ${encoding}`);
  const [privileged, user = ''] = access.split('/');
  registers.push({ ...behaviour, name, index: registers.length, coproc, opc1, crn, crm, opc2, privileged, user });
}

// Identification (B4.1, c0)
add(
  'MIDR',
  'p15,0,c0,c0,0',
  'r',
  modelConstant((m) => m.midr),
);
add(
  'CTR',
  'p15,0,c0,c0,1',
  'r',
  modelConstant((m) => m.ctr),
);
add('TCMTR', 'p15,0,c0,c0,2', 'r', value(0));
add('TLBTR', 'p15,0,c0,c0,3', 'r', value(0));
add(
  'MPIDR',
  'p15,0,c0,c0,5',
  'r',
  modelConstant((_m, index) => 0x80000000 | index),
);
for (const opc2 of [4, 6, 7])
  add(
    `MIDR_alias${opc2}`,
    `p15,0,c0,c0,${opc2}`,
    'r',
    modelConstant((m) => m.midr),
  );
const ID_NAMES = [
  ['ID_PFR0', 'ID_PFR1', 'ID_DFR0', 'ID_AFR0', 'ID_MMFR0', 'ID_MMFR1', 'ID_MMFR2', 'ID_MMFR3'],
  ['ID_ISAR0', 'ID_ISAR1', 'ID_ISAR2', 'ID_ISAR3', 'ID_ISAR4', 'ID_ISAR5', 'ID_MMFR4', 'ID_ISAR6'],
];
ID_NAMES.forEach((names, i) =>
  names.forEach((name, opc2) =>
    add(
      name,
      `p15,0,c0,c${i + 1},${opc2}`,
      'r',
      modelConstant((m) => m.idRegisters[8 * i + opc2]),
    ),
  ),
);
for (const crm of [3, 4, 5, 6, 7]) add(`ID_RAZ_c${crm}`, `p15,0,c0,c${crm},*`, 'r', value(0));
add('CCSIDR', 'p15,1,c0,c0,0', 'r', control.ccsidr);
add(
  'CLIDR',
  'p15,1,c0,c0,1',
  'r',
  modelConstant((m) => m.clidr),
);
add('AIDR', 'p15,1,c0,c0,7', 'r', value(0));
add('CSSELR', 'p15,2,c0,c0,0', 'rw', stored(Cp15Slot.CSSELR, 15));

// System control (c1), translation (c2, c3), faults (c5, c6)
add('SCTLR', 'p15,0,c1,c0,0', 'rw', control.sctlr);
add('ACTLR', 'p15,0,c1,c0,1', 'rw', value(0));
add('CPACR', 'p15,0,c1,c0,2', 'rw', control.cpacr);
add('TTBR0', 'p15,0,c2,c0,0', 'rw', control.storedFlushing(Cp15Slot.TTBR0));
add('TTBR1', 'p15,0,c2,c0,1', 'rw', control.storedFlushing(Cp15Slot.TTBR1));
add('TTBCR', 'p15,0,c2,c0,2', 'rw', control.storedFlushing(Cp15Slot.TTBCR, 7));
add('DACR', 'p15,*,c3,*,*', 'rw', control.storedFlushing(Cp15Slot.DACR));
add('DFSR', 'p15,0,c5,c0,0', 'rw', stored(Cp15Slot.DFSR));
add('IFSR', 'p15,0,c5,c0,1', 'rw', stored(Cp15Slot.IFSR));
add('ADFSR', 'p15,0,c5,c1,0', 'rw', value(0));
add('AIFSR', 'p15,0,c5,c1,1', 'rw', value(0));
add('DFAR', 'p15,0,c6,c0,0', 'rw', stored(Cp15Slot.DFAR));
add('WFAR', 'p15,0,c6,c0,1', 'rw', value(0));
add('IFAR', 'p15,0,c6,c0,2', 'rw', stored(Cp15Slot.IFAR));

// Cache, barrier and address translation operations (c7). Most do nothing here; plugins see them.
add('WFI', 'p15,0,c7,c0,4', 'w', { kind: CpKind.Wfi });
add('PAR', 'p15,0,c7,c4,0', 'rw', stored(Cp15Slot.PAR, 0xfffff6ff | 0));
add('CP15ISB', 'p15,0,c7,c5,4', 'w/w', control.writeIgnored);
['ATS1CPR', 'ATS1CPW', 'ATS1CUR', 'ATS1CUW'].forEach((name, opc2) =>
  add(name, `p15,0,c7,c8,${opc2}`, 'w', control.addressTranslation((opc2 & 1) !== 0, opc2 >= 2)),
);
add('CP15DSB', 'p15,0,c7,c10,4', 'w/w', nop);
add('CP15DMB', 'p15,0,c7,c10,5', 'w/w', nop);
const CACHE_OPERATIONS: readonly [string, number, number][] = [
  ['ICIALLUIS', 1, 0],
  ['BPIALLIS', 1, 6],
  ['ICIALLU', 5, 0],
  ['ICIMVAU', 5, 1],
  ['BPIALL', 5, 6],
  ['BPIMVA', 5, 7],
  ['DCIMVAC', 6, 1],
  ['DCISW', 6, 2],
  ['DCCMVAC', 10, 1],
  ['DCCSW', 10, 2],
  ['DCCMVAU', 11, 1],
  ['DCCIMVAC', 14, 1],
  ['DCCISW', 14, 2],
];
for (const [name, crm, opc2] of CACHE_OPERATIONS) add(name, `p15,0,c7,c${crm},${opc2}`, 'w', cacheOperation);
for (const crm of [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15])
  add(`c7_c${crm}`, `p15,0,c7,c${crm},*`, 'w', nop);

// TLB maintenance (c8) and lockdown (c10)
const TLB_OPERATIONS: readonly [number, readonly string[]][] = [
  [3, ['TLBIALLIS', 'TLBIMVAIS', 'TLBIASIDIS', 'TLBIMVAAIS']],
  [5, ['ITLBIALL', 'ITLBIMVA', 'ITLBIASID']],
  [6, ['DTLBIALL', 'DTLBIMVA', 'DTLBIASID']],
  [7, ['TLBIALL', 'TLBIMVA', 'TLBIASID', 'TLBIMVAA']],
];
for (const [crm, names] of TLB_OPERATIONS) {
  const behaviour = crm === 3 ? control.tlbInvalidateShared : control.tlbInvalidate;
  names.forEach((name, opc2) => add(name, `p15,0,c8,c${crm},${opc2}`, 'w', behaviour));
}
add('PRRR', 'p15,0,c10,c2,0', 'rw', control.storedFlushing(Cp15Slot.PRRR));
add('NMRR', 'p15,0,c10,c2,1', 'rw', control.storedFlushing(Cp15Slot.NMRR));
for (const crm of [0, 1, 4, 8]) add(`TLB_LOCKDOWN_c${crm}`, `p15,*,c10,c${crm},*`, 'rw', nop);

// Performance monitor (c9, c14)
add('PMCR', 'p15,0,c9,c12,0', 'rw/rw', pmu.pmcr);
add('PMCNTENSET', 'p15,0,c9,c12,1', 'rw/rw', pmu.pmcntenset);
add('PMCNTENCLR', 'p15,0,c9,c12,2', 'rw/rw', pmu.pmcntenclr);
add('PMOVSR', 'p15,0,c9,c12,3', 'rw/rw', pmu.pmovsr);
add('PMSWINC', 'p15,0,c9,c12,4', 'w/w', pmu.pmswinc);
add('PMSELR', 'p15,0,c9,c12,5', 'rw/rw', pmu.pmselr);
add('PMCCNTR', 'p15,0,c9,c13,0', 'rw/rw', pmu.pmccntr);
add('PMXEVTYPER', 'p15,0,c9,c13,1', 'rw/rw', pmu.pmxevtyper);
add('PMXEVCNTR', 'p15,0,c9,c13,2', 'rw/rw', pmu.pmxevcntr);
add('PMUSERENR', 'p15,0,c9,c14,0', 'rw/r', pmu.pmuserenr);
add('PMINTENSET', 'p15,0,c9,c14,1', 'rw', pmu.pmintenset);
add('PMINTENCLR', 'p15,0,c9,c14,2', 'rw', pmu.pmintenclr);
for (let n = 0; n < PMU_COUNTERS; n++) {
  add(`PMEVCNTR${n}`, `p15,0,c14,c8,${n}`, 'rw/rw', pmu.pmevcntr(n));
  add(`PMEVTYPER${n}`, `p15,0,c14,c12,${n}`, 'rw/rw', pmu.pmevtyper(n));
}
add('PMCCFILTR', 'p15,0,c14,c15,7', 'rw/rw', pmu.pmccfiltr);

// Vectors (c12), process and thread identification (c13)
add('VBAR', 'p15,0,c12,c0,0', 'rw', stored(Cp15Slot.VBAR, ~0x1f));
add('ISR', 'p15,0,c12,c1,0', 'r', control.isr);
add('FCSEIDR', 'p15,0,c13,c0,0', 'rw', control.storedFlushing(Cp15Slot.FCSEIDR));
add('CONTEXTIDR', 'p15,0,c13,c0,1', 'rw', control.storedFlushing(Cp15Slot.CONTEXTIDR));
add('TPIDRURW', 'p15,0,c13,c0,2', 'rw/rw', stored(Cp15Slot.TPIDRURW));
add('TPIDRURO', 'p15,0,c13,c0,3', 'rw/r', stored(Cp15Slot.TPIDRURO));
add('TPIDRPRW', 'p15,0,c13,c0,4', 'rw', stored(Cp15Slot.TPIDRPRW));

// Cortex-A9 (c15): power control, diagnostics, NEON busy, peripheral base, TLB lockdown
add('A9_PWRCTL', 'p15,0,c15,c0,0', 'rw', stored(Cp15Slot.A9_PWRCTL));
add('A9_DIAG', 'p15,0,c15,c0,1', 'rw', stored(Cp15Slot.A9_DIAG));
add('A9_PWRDIAG', 'p15,0,c15,c0,2', 'rw', stored(Cp15Slot.A9_PWRDIAG));
add('NEONBUSY', 'p15,0,c15,c1,0', 'rw', value(0));
add(
  'CBAR',
  'p15,4,c15,c0,0',
  'r',
  modelConstant((m) => m.periphBase),
);
add('TLB_LOCKR', 'p15,5,c15,c4,2', 'w', nop);
add('TLB_LOCKW', 'p15,5,c15,c4,4', 'w', nop);
add('TLB_VA', 'p15,5,c15,c5,2', 'rw', value(0));
add('TLB_PA', 'p15,5,c15,c6,2', 'rw', value(0));
add('TLB_ATTR', 'p15,5,c15,c7,2', 'rw', value(0));

// Debug, ThumbEE and Jazelle (coprocessor 14)
add(
  'DBGDIDR',
  'p14,0,c0,c0,0',
  'r/r',
  modelConstant((m) => m.dbgdidr),
);
add('DBGDSCRint', 'p14,0,c0,c1,0', 'r', stored(Cp15Slot.DBGDSCR));
add('DBGDCCINT', 'p14,0,c0,c2,0', 'rw', nop);
add('DBGDSCRext', 'p14,0,c0,c2,2', 'rw', stored(Cp15Slot.DBGDSCR));
add('DBGVCR', 'p14,0,c0,c7,0', 'rw', nop);
add('DBGDRAR', 'p14,0,c1,c0,0', 'r/r', value(0));
add('OSLAR', 'p14,0,c1,c0,4', 'w', debug.oslar);
add('OSLSR', 'p14,0,c1,c1,4', 'r', debug.oslsr);
add('OSDLR', 'p14,0,c1,c3,4', 'rw', control.writeIgnored);
add('DBGDSAR', 'p14,0,c2,c0,0', 'r/r', value(0));
for (let n = 0; n < 6; n++) {
  add(`DBGBVR${n}`, `p14,0,c0,c${n},4`, 'rw', debug.dbgbvr(n));
  add(`DBGBCR${n}`, `p14,0,c0,c${n},5`, 'rw', debug.dbgbcr(n));
}
for (let n = 0; n < 4; n++) {
  add(`DBGWVR${n}`, `p14,0,c0,c${n},6`, 'rw', debug.dbgwvr(n));
  add(`DBGWCR${n}`, `p14,0,c0,c${n},7`, 'rw', debug.dbgwcr(n));
}
add('TEECR', 'p14,6,c0,c0,0', 'rw', stored(Cp15Slot.TEECR, 1));
add('TEEHBR', 'p14,6,c1,c0,0', 'rw/rw', stored(Cp15Slot.TEEHBR));
add('JIDR', 'p14,7,c0,c0,0', 'r', value(0));
add('JOSCR', 'p14,7,c1,c0,0', 'rw', value(0));
add('JMCR', 'p14,7,c2,c0,0', 'rw', value(0));

/** Every coprocessor register. Where wildcards overlap, the earlier one wins. */
export const CP_REGISTERS: readonly CpRegister[] = registers;

const byEncoding = new Map<number, CpRegister | undefined>();

/** The register at an encoding, or undefined: UNDEFINED. */
export function coprocRegister(
  coproc: number,
  opc1: number,
  crn: number,
  crm: number,
  opc2: number,
): CpRegister | undefined {
  const key = (coproc << 14) | (opc1 << 11) | (crn << 7) | (crm << 3) | opc2;
  if (!byEncoding.has(key)) {
    const found = registers.find(
      (r) =>
        r.coproc === coproc &&
        r.crn === crn &&
        (r.opc1 ?? opc1) === opc1 &&
        (r.crm ?? crm) === crm &&
        (r.opc2 ?? opc2) === opc2,
    );
    byEncoding.set(key, found);
  }
  return byEncoding.get(key);
}
