import { byteSwap32 } from '../../../common/bits';
import { AccessType } from '../../../tcg/guest-cpu';
import { Cp15Slot } from '../cp15/state';

/** Address translation with the short-descriptor format (DDI 0406C B3.5). */

const SCTLR_EE = 1 << 25;
const SCTLR_AFE = 1 << 29;
const TTBCR_PD0 = 1 << 4;
const TTBCR_PD1 = 1 << 5;
const DOMAIN_MANAGER = 3;

/** Kinds of fault: the fault status at the first level; that of the second is 2 more (B3.13.3). */
enum Fault {
  AccessFlag = 0x3,
  Translation = 0x5,
  Domain = 0x9,
  ExternalOnWalk = 0xc,
  Permission = 0xd,
}
/** The access flag's second status is out of line. */
const ACCESS_FLAG_PAGE = 0x6;

export interface Translated {
  readonly fault?: undefined;
  /** Physical address of the byte; a supersection's may lie beyond 4 GiB. */
  readonly physical: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly supersection: boolean;
}

export type Translation = Translated | { /** FSR: status and domain. */ readonly fault: number };

/** A word of physical memory, or undefined where the bus answers with an error. */
export type TableReader = (physical: number) => number | undefined;

/** What asks for a translation; without `access` permissions, domains and the access flag do not matter (a debugger). */
export interface Request {
  readonly vaddr: number;
  readonly user: boolean;
  readonly access?: AccessType;
}

/** A leaf descriptor, taken apart. */
interface Leaf {
  readonly physical: number;
  /** AP[2:0] */
  readonly ap: number;
  readonly executeNever: boolean;
  readonly level: 1 | 2;
  readonly supersection: boolean;
}

/** Walks the tables that the registers in `env` name for the unsigned virtual address. */
export function translateShort(env: Int32Array, read: TableReader, request: Request): Translation {
  const { vaddr } = request;
  const table = firstLevelTable(env, vaddr);
  if (table === undefined) return fail(Fault.Translation, 1, 0);
  const word = (address: number): number | undefined => {
    const value = read(address >>> 0);
    return value !== undefined && env[Cp15Slot.SCTLR] & SCTLR_EE ? byteSwap32(value) : value;
  };
  const first = word(table | ((vaddr >>> 18) & 0x3ffc));
  if (first === undefined) return fail(Fault.ExternalOnWalk, 1, 0);
  const type = first & 3;
  if (type === 0 || type === 3) return fail(Fault.Translation, 1, 0);
  const isSupersection = type === 2 && (first & (1 << 18)) !== 0;
  const domain = isSupersection ? 0 : (first >>> 5) & 15;
  const rights = (env[Cp15Slot.DACR] >>> (2 * domain)) & 3;
  const level = type === 1 ? 2 : 1;
  // As on QEMU, the domain is looked at before the second level is read.
  if (request.access !== undefined && (rights & 1) === 0) return fail(Fault.Domain, level, domain);
  if (type === 2) return judge(env, request, sectionLeaf(first, vaddr), rights, domain);
  const second = word((first & 0xfffffc00) | ((vaddr >>> 10) & 0x3fc));
  if (second === undefined) return fail(Fault.ExternalOnWalk, 2, domain);
  if ((second & 3) === 0) return fail(Fault.Translation, 2, domain);
  return judge(env, request, pageLeaf(second, vaddr), rights, domain);
}

/** TTBCR.N splits the address space between TTBR0 and TTBR1, and gives TTBR0's table its size. */
function firstLevelTable(env: Int32Array, vaddr: number): number | undefined {
  const ttbcr = env[Cp15Slot.TTBCR];
  const n = ttbcr & 7;
  if (n !== 0 && vaddr >>> (32 - n) !== 0) {
    return ttbcr & TTBCR_PD1 ? undefined : env[Cp15Slot.TTBR1] & 0xffffc000;
  }
  if (ttbcr & TTBCR_PD0) return undefined;
  return env[Cp15Slot.TTBR0] & ~(0x3fff >>> n);
}

function sectionLeaf(descriptor: number, vaddr: number): Leaf {
  const supersection = (descriptor & (1 << 18)) !== 0;
  const bits = supersection ? 24 : 20;
  const low = (((descriptor >>> bits) << bits) | (vaddr & ((1 << bits) - 1))) >>> 0;
  // Bits 39..36 and 35..32 of a supersection's base.
  const high = supersection ? (((descriptor >>> 5) & 15) << 4) | ((descriptor >>> 20) & 15) : 0;
  return {
    physical: high * 0x100000000 + low,
    ap: ((descriptor >>> 10) & 3) | ((descriptor >>> 13) & 4),
    executeNever: (descriptor & 0x10) !== 0,
    level: 1,
    supersection,
  };
}

function pageLeaf(descriptor: number, vaddr: number): Leaf {
  const large = (descriptor & 3) === 1;
  const offset = large ? 0xffff : 0xfff;
  return {
    physical: ((descriptor & ~offset) | (vaddr & offset)) >>> 0,
    ap: ((descriptor >>> 4) & 3) | ((descriptor >>> 7) & 4),
    executeNever: (descriptor & (large ? 0x8000 : 1)) !== 0,
    level: 2,
    supersection: false,
  };
}

function judge(env: Int32Array, request: Request, leaf: Leaf, rights: number, domain: number): Translation {
  const { access, user } = request;
  const { physical, supersection, level, executeNever } = leaf;
  const all = { physical, supersection, readable: true, writable: true, executable: true };
  if (rights === DOMAIN_MANAGER || access === undefined) return all;
  if (executeNever && access === AccessType.Fetch) return fail(Fault.Permission, level, domain);
  const flagged = (env[Cp15Slot.SCTLR] & SCTLR_AFE) !== 0;
  if (flagged && !(leaf.ap & 1)) return fail(Fault.AccessFlag, level, domain);
  const { readable, writable } = permissions(flagged ? SIMPLIFIED[leaf.ap >>> 1] : leaf.ap, user);
  const executable = readable && !executeNever;
  const allowed = [readable, writable, executable][access];
  return allowed ? { physical, supersection, readable, writable, executable } : fail(Fault.Permission, level, domain);
}

/** AP[2:0] that has the meaning of the simplified model's AP[2:1] (B3.7.1). */
const SIMPLIFIED = [1, 3, 5, 7];

/** What AP[2:0] allows (table B3-8). */
function permissions(ap: number, user: boolean): { readable: boolean; writable: boolean } {
  switch (ap) {
    case 1:
      return { readable: !user, writable: !user };
    case 2:
      return { readable: true, writable: !user };
    case 3:
      return { readable: true, writable: true };
    case 5:
      return { readable: !user, writable: false };
    case 6:
    case 7:
      return { readable: true, writable: false };
    default:
      return { readable: false, writable: false };
  }
}

function fail(fault: Fault, level: 1 | 2, domain: number): Translation {
  const status = level === 1 ? fault : fault === Fault.AccessFlag ? ACCESS_FLAG_PAGE : fault + 2;
  return { fault: status | (domain << 4) };
}

/** Whether the fault is that a table could not be read. */
export function isExternalOnWalk(fault: number): boolean {
  return (fault & 0xd) === Fault.ExternalOnWalk; // 0xc or 0xe
}
