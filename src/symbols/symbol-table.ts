import {
  EM_ARM,
  SHF_EXECINSTR,
  SHN_LORESERVE,
  SHN_UNDEF,
  STT_FILE,
  STT_FUNC,
  STT_NOTYPE,
  STT_OBJECT,
  STT_SECTION,
} from './elf';
import type { ElfFile } from './elf';

/** A symbol as its users want it: the Thumb bit apart from the address. */
export interface ProgramSymbol {
  readonly name: string;
  /** Without the Thumb bit. */
  readonly address: number;
  /** Of the symbol table; 0 when unknown. */
  readonly size: number;
  readonly kind: 'function' | 'object' | 'label' | 'absolute';
  readonly binding: 'local' | 'global' | 'weak';
  /** Whether bit 0 of the value was set: a function in Thumb code. */
  readonly thumb: boolean;
}

export interface SymbolMatch {
  readonly name: string;
  readonly address: number;
  /** Of the symbol, or up to the next one when the table does not say. */
  readonly size: number;
  /** From the symbol's address to the one asked for. */
  readonly offset: number;
}

/** What the code at an address is, by the mapping symbols $a, $t, $d (AAELF32, section "Mapping symbols"). */
export type CodeState = 'arm' | 'thumb' | 'data';

const BINDINGS = ['local', 'global', 'weak'] as const;

/** How {@link SymbolTable.qemuLookup} sees Thumb functions. */
export interface QemuLookupOptions {
  /**
   * Whether bit 0 of function values is cleared, as QEMU does for `-kernel` but not for `-device loader` (observed on
   * QEMU 7.2): there a Thumb function starts one byte late, and its first instruction gets another name or none.
   */
  readonly clearThumbBit: boolean;
}

interface QemuSymbol {
  readonly name: string;
  readonly value: number;
  size: number;
}

/** The symbols of one ELF file, for look-ups by address and by name. */
export class SymbolTable {
  /** Functions by address; of several at one address the one that names it best is first. */
  readonly functions: readonly ProgramSymbol[];
  /** Data objects (STT_OBJECT) by address. */
  readonly objects: readonly ProgramSymbol[];
  /** All symbols that name an address or value, by address; mapping, section and file symbols left out. */
  readonly all: readonly ProgramSymbol[];
  private readonly byName = new Map<string, ProgramSymbol>();
  private readonly codeSymbols: readonly ProgramSymbol[];
  private readonly codeAddresses: Float64Array;
  /** For entry i: the greatest end of a sized function among 0..i, so that a search can stop early. */
  private readonly reach: Float64Array;
  private readonly mapAddresses: Float64Array;
  private readonly mapStates: readonly CodeState[];
  private readonly executable: readonly { start: number; end: number }[];
  private readonly qemuTables = new Map<boolean, readonly QemuSymbol[]>();

  constructor(private readonly elf: ElfFile) {
    const arm = elf.machine === EM_ARM;
    const symbols: ProgramSymbol[] = [];
    const mapping: { address: number; state: CodeState }[] = [];
    this.executable = elf.sections
      .filter((section) => section.flags & SHF_EXECINSTR && section.size > 0)
      .map((section) => ({ start: section.address, end: section.address + section.size }));
    for (const symbol of elf.symbols) {
      if (symbol.section === SHN_UNDEF || symbol.type === STT_SECTION || symbol.type === STT_FILE || !symbol.name)
        continue;
      const map = symbol.name[0] === '$' && symbol.type === STT_NOTYPE ? mappingState(symbol.name) : undefined;
      if (map) {
        mapping.push({ address: symbol.value, state: map });
        continue;
      }
      const isFunction = symbol.type === STT_FUNC;
      const thumb = arm && isFunction && (symbol.value & 1) === 1;
      symbols.push({
        name: symbol.name,
        address: thumb ? symbol.value - 1 : symbol.value,
        size: symbol.size,
        kind:
          symbol.section >= SHN_LORESERVE
            ? 'absolute'
            : isFunction
              ? 'function'
              : symbol.type === STT_OBJECT
                ? 'object'
                : 'label',
        binding: BINDINGS[symbol.binding] ?? 'global',
        thumb,
      });
    }
    symbols.sort((a, b) => a.address - b.address || rank(a) - rank(b) || plainness(a.name) - plainness(b.name));
    mapping.sort((a, b) => a.address - b.address);
    this.all = symbols;
    this.functions = symbols.filter((symbol) => symbol.kind === 'function');
    this.objects = symbols.filter((symbol) => symbol.kind === 'object');
    for (const symbol of symbols) {
      const known = this.byName.get(symbol.name);
      if (!known || rank(symbol) < rank(known)) this.byName.set(symbol.name, symbol);
    }
    this.codeSymbols = symbols.filter(
      (symbol) => symbol.kind === 'function' || (symbol.kind === 'label' && this.isExecutable(symbol.address)),
    );
    this.codeAddresses = Float64Array.from(this.codeSymbols, (symbol) => symbol.address);
    this.reach = new Float64Array(this.codeSymbols.length);
    let reach = 0;
    this.codeSymbols.forEach((symbol, index) => {
      reach = Math.max(reach, symbol.address + symbol.size);
      this.reach[index] = reach;
    });
    this.mapAddresses = Float64Array.from(mapping, (entry) => entry.address);
    this.mapStates = mapping.map((entry) => entry.state);
  }

  /** The symbol of that name: a global one before a weak one before a local one, a function before others. */
  find(name: string): ProgramSymbol | undefined {
    return this.byName.get(name);
  }

  /**
   * The function, or in code without function symbols the label, that contains an address. A function of size 0 and a
   * label reach to the next code symbol or the end of their section.
   */
  lookup(address: number): SymbolMatch | undefined {
    const nearest = lastAtOrBelow(this.codeAddresses, address);
    let label: SymbolMatch | undefined;
    for (let last = nearest; last >= 0;) {
      // All symbols of one address together, the best name first.
      const first = this.firstAt(last);
      for (let i = first; i <= last; i++) {
        const { name, address: start, kind, size } = this.codeSymbols[i];
        const end = kind === 'function' && size > 0 ? start + size : this.endOfUnsized(i);
        if (address >= end) continue;
        const match = { name, address: start, size: end - start, offset: address - start };
        if (kind === 'function') return match;
        label ??= match;
      }
      // Nothing further down reaches this far: what has no size ends at the next symbol.
      last = first - 1;
      if (last >= 0 && this.reach[last] <= address) break;
    }
    return label;
  }

  private firstAt(index: number): number {
    const address = this.codeAddresses[index];
    let first = index;
    while (first > 0 && this.codeAddresses[first - 1] === address) first--;
    return first;
  }

  private endOfUnsized(index: number): number {
    const { address } = this.codeSymbols[index];
    let next = index + 1;
    while (next < this.codeSymbols.length && this.codeAddresses[next] === address) next++;
    const section = this.executable.find((range) => address >= range.start && address < range.end);
    const limit = section ? section.end : Infinity;
    const end = next < this.codeSymbols.length ? Math.min(this.codeAddresses[next], limit) : limit;
    return end === Infinity ? address + 4 : end;
  }

  /** The data object that contains an address. */
  lookupObject(address: number): SymbolMatch | undefined {
    let low = 0;
    let high = this.objects.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.objects[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && i >= low - 16; i--) {
      const { name, address: start, size } = this.objects[i];
      if (address < start + Math.max(size, 1)) return { name, address: start, size, offset: address - start };
    }
    return undefined;
  }

  /** Whether the address is in an executable section. */
  isExecutable(address: number): boolean {
    return this.executable.some((range) => address >= range.start && address < range.end);
  }

  /** ARM code, Thumb code or data at an address, by mapping symbols; undefined when the file does not say. */
  codeState(address: number): CodeState | undefined {
    const index = lastAtOrBelow(this.mapAddresses, address);
    if (index < 0 || !this.isExecutable(address)) return undefined;
    // A mapping symbol holds within its own section only.
    const section = this.executable.find((range) => address >= range.start && address < range.end);
    if (section && this.mapAddresses[index] < section.start) return undefined;
    return this.mapStates[index];
  }

  /** Whether the code at an address is Thumb: by mapping symbols, else by the function that contains it. */
  isThumb(address: number): boolean {
    const state = this.codeState(address);
    if (state) return state === 'thumb';
    const match = this.lookup(address);
    return match !== undefined && this.functions.some((symbol) => symbol.address === match.address && symbol.thumb);
  }

  /** Whether the address is data inside a code section, as a literal pool ($d). */
  isData(address: number): boolean {
    return this.codeState(address) === 'data';
  }

  /**
   * The name QEMU gives to an instruction address, in its log (`IN: name`) and to plugins; undefined when it gives
   * none. Observed on QEMU 7.2: only defined STT_FUNC symbols count; one of size 0 reaches to the next; of several
   * that contain the address the one that a binary search over the table sorted by value meets first is taken.
   */
  qemuLookup(address: number, options: QemuLookupOptions): string | undefined {
    let table = this.qemuTables.get(options.clearThumbBit);
    if (!table) this.qemuTables.set(options.clearThumbBit, (table = this.qemuTable(options.clearThumbBit)));
    let low = 0;
    let high = table.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const symbol = table[middle];
      if (address < symbol.value) high = middle;
      else if (address >= symbol.value + symbol.size) low = middle + 1;
      else return symbol.name || undefined;
    }
    return undefined;
  }

  private qemuTable(clearThumbBit: boolean): readonly QemuSymbol[] {
    // The order of symbols with equal values decides between aliases, and there it comes from this: an unwanted
    // symbol's place is taken by the last of the list, the null symbol at the start included.
    const list: ({ name: string; value: number; size: number } | undefined)[] = [
      undefined,
      ...this.elf.symbols.map((symbol) =>
        symbol.type === STT_FUNC && symbol.section !== SHN_UNDEF && symbol.section < SHN_LORESERVE
          ? {
              name: symbol.name,
              value: clearThumbBit && this.elf.machine === EM_ARM && symbol.value & 1 ? symbol.value - 1 : symbol.value,
              size: symbol.size,
            }
          : undefined,
      ),
    ];
    const kept: QemuSymbol[] = [];
    let count = list.length;
    for (let i = 0; i < count;) {
      const symbol = list[i];
      if (symbol) {
        kept.push(symbol);
        i++;
      } else {
        count--;
        list[i] = list[count];
      }
    }
    kept.sort((a, b) => a.value - b.value);
    for (let i = 0; i + 1 < kept.length; i++) {
      if (kept[i].size === 0) kept[i].size = kept[i + 1].value - kept[i].value;
    }
    return kept;
  }
}

function mappingState(name: string): CodeState | undefined {
  if (name.length > 2 && name[2] !== '.') return undefined;
  switch (name[1]) {
    case 'a':
      return 'arm';
    case 't':
      return 'thumb';
    case 'd':
      return 'data';
    default:
      return undefined;
  }
}

/** Lower is the better name for an address. */
function rank(symbol: ProgramSymbol): number {
  const kind = symbol.kind === 'function' ? 0 : symbol.kind === 'object' ? 1 : symbol.kind === 'label' ? 2 : 3;
  const binding = symbol.binding === 'global' ? 0 : symbol.binding === 'weak' ? 1 : 2;
  return kind * 3 + binding;
}

/** Of aliases the plainer name is smaller: `memcpy` before `__aeabi_memcpy`, `_start` before `_mainCRTStartup`. */
function plainness(name: string): number {
  return name.search(/[^_]|$/) * 1000 + name.length;
}

function lastAtOrBelow(addresses: Float64Array, address: number): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle] <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
