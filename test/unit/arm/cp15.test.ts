import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { coprocRegister } from '../../../src/target/arm';
import { ArmMachine, hex } from './arm-machine';

interface Fact {
  readonly name: string;
  readonly coproc: number;
  readonly opc1: number;
  readonly crn: number;
  readonly crm: number;
  readonly opc2: number;
  readonly privileged: string;
  readonly user: string;
  readonly values: readonly string[];
}

/** One line of cp15-facts.txt; a wildcard is read at one of its encodings. */
function parse(line: string): Fact {
  const [name, access, ...values] = line.split(/\s+/);
  const [coproc, opc1, crn, crm, opc2] = name.split(',').map((p) => (p === '*' ? 0 : Number(p.replace(/^[pc]/, ''))));
  const [privileged, user = ''] = access.split('/');
  return { name, coproc, opc1, crn, crm, opc2, privileged, user, values };
}

const FACTS = readFileSync('test/unit/arm/cp15-facts.txt', 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith(';'))
  .map(parse);

/** Every encoding listed, wildcards spelled out, as numbers `opc1 << 11 | crn << 7 | crm << 3 | opc2`. */
function listedEncodings(coproc: number): Set<number> {
  const values = (part: string, count: number): number[] =>
    part === '*' ? Array.from({ length: count }, (_, i) => i) : [Number(part.replace(/^[pc]/, ''))];
  const listed = new Set<number>();
  for (const fact of FACTS.filter((f) => f.coproc === coproc)) {
    const [, opc1s, crns, crms, opc2s] = fact.name.split(',');
    for (const opc1 of values(opc1s, 8)) {
      for (const crm of values(crms, 16)) {
        for (const opc2 of values(opc2s, 8)) {
          listed.add((opc1 << 11) | (values(crns, 16)[0] << 7) | (crm << 3) | opc2);
        }
      }
    }
  }
  return listed;
}

const CODE = 0x1000;
const UNDEFINED_VECTOR = 4;
const USER = 0x1d0;
const SYSTEM = 0x1df;
const DESTINATION = 0xdeadbeef;

/** Executes MRC or MCR with r0; undefined when the instruction is undefined. */
function transfer(m: ArmMachine, f: Fact, read: boolean, value: number, cpsr = SYSTEM): number | undefined {
  const word =
    0xee000010 | (f.opc1 << 21) | ((read ? 1 : 0) << 20) | (f.crn << 16) | (f.coproc << 8) | (f.opc2 << 5) | f.crm;
  m.words(CODE, word);
  m.set({ cpsr, r0: value, pc: CODE }).run(1);
  return m.get('pc') === UNDEFINED_VECTOR ? undefined : m.get('r0');
}

const shown = (value: number | undefined): string =>
  value === undefined ? 'UNDEFINED' : value === DESTINATION ? '-' : hex(value);

describe('coprocessor registers, as measured on QEMU', () => {
  const m = new ArmMachine();
  it('read, keep and mask what they do there', () => {
    for (const f of FACTS) {
      const read = (): string => shown(transfer(m, f, true, DESTINATION));
      assert.equal(f.privileged.includes('r') ? read() : 'UNDEFINED', f.values[0] ?? 'UNDEFINED', f.name);
      if (!f.privileged.includes('w')) {
        assert.equal(transfer(m, f, false, 0), undefined, `${f.name} cannot be written`);
        continue;
      }
      const isSctlr = f.crn === 1 && f.crm === 0 && f.opc2 === 0 && f.coproc === 15;
      const first = isSctlr || f.privileged.includes('r') ? parseInt(f.values[0], 16) || 0 : 0;
      const writes = isSctlr ? [0xbdffdffc, 0, first] : [0xffffffff, 0, 0xa5a5a5a4];
      if (f.privileged.includes('r') && f.values.length === 1) continue; // not probed: FCSEIDR moves the program
      writes.forEach((value, i) => {
        assert.notEqual(transfer(m, f, false, value), undefined, `${f.name} can be written`);
        if (f.privileged.includes('r')) assert.equal(read(), f.values[i + 1], `${f.name} after ${hex(value)}`);
      });
      transfer(m, f, false, first);
    }
  });

  it('User mode reaches the same ones', () => {
    const machine = new ArmMachine();
    for (const f of FACTS) {
      const allowed = (read: boolean): boolean => transfer(machine, f, read, 0, USER) !== undefined;
      assert.equal(allowed(true), f.user.includes('r'), `${f.name} read in User mode`);
      assert.equal(allowed(false), f.user.includes('w'), `${f.name} written in User mode`);
    }
  });

  it('everything else is undefined', () => {
    for (const coproc of [14, 15]) {
      const listed = listedEncodings(coproc);
      if (coproc === 15) listed.add((7 << 7) | 4); // WFI, which the probe left out
      for (let rest = 0; rest < 1 << 14; rest++) {
        const [opc1, crn, crm, opc2] = [(rest >>> 11) & 7, (rest >>> 7) & 15, (rest >>> 3) & 15, rest & 7];
        const register = coprocRegister(coproc, opc1, crn, crm, opc2);
        if ((register !== undefined) !== listed.has(rest)) assert.fail(`p${coproc},${opc1},c${crn},c${crm},${opc2}`);
      }
    }
  });

  it('User mode uses the performance monitor when PMUSERENR.EN is set', () => {
    const machine = new ArmMachine();
    const pmcr = parse('p15,0,c9,c12,0 rw');
    assert.equal(transfer(machine, pmcr, true, 0, USER), undefined);
    machine.set({ cpsr: SYSTEM, pmuserenr: 1 });
    assert.equal(transfer(machine, pmcr, true, 0, USER), 0x41093000);
  });

  it('a BKPT leaves its method of entry in DBGDSCR', () => {
    const machine = new ArmMachine();
    const [inner, outer] = [parse('p14,0,c0,c1,0 r'), parse('p14,0,c0,c2,2 rw')];
    assert.equal(transfer(machine, outer, false, 0x00040003), 0x00040003);
    assert.equal(transfer(machine, inner, true, 0), 0x00040003);
    machine.words(CODE, 0xe1200070); // BKPT #0
    machine.set({ cpsr: SYSTEM, pc: CODE }).run(1);
    assert.equal(transfer(machine, inner, true, 0), 0x0004000f);
  });

  it('the cycle counter counts while it is enabled', () => {
    let now = 1000;
    const machine = new ArmMachine({ clock: { nowNs: () => now } });
    machine.set({ pmcntenset: 0x80000000, pmcr: 5 });
    now += 250;
    assert.equal(machine.get('pmccntr'), 250);
    machine.set({ pmcr: 0 });
    now += 1000;
    assert.equal(machine.get('pmccntr'), 250);
  });
});
