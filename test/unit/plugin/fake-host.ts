import type { BlockFilter } from '../../../src/tcg/instrument';
import type { WasmHost } from '../../../src/tcg/wasm/host';
import { SCOREBOARD_BASE } from '../../../src/tcg/layout';
import { HwaddrResult, type PluginFault, type PluginHost, type PluginRegion } from '../../../src/plugin/host';

/** A machine with RAM from 0 to 0x10000000 and a UART at 0xe0001000, identity-mapped up to 0xf0000000. */
export class FakeHost implements PluginHost {
  readonly targetName: string = 'arm';
  readonly systemEmulation = true;
  readonly memory: SharedArrayBuffer;
  readonly registers = new Map<string, number>();
  log = '';
  stderr = '';
  readonly faults: PluginFault[] = [];
  reinstrumented = 0;
  flushes = 0;
  /** Calls of {@link regionAt}. */
  regionQuestions = 0;

  constructor(
    readonly smpVcpus = 1,
    readonly maxVcpus = smpVcpus,
    /** Without room for models, unless told otherwise. */
    memoryBytes = SCOREBOARD_BASE + 0x1000,
    readonly wasm?: WasmHost,
  ) {
    this.memory = wasm ? (wasm.memory as { buffer: SharedArrayBuffer }).buffer : new SharedArrayBuffer(memoryBytes);
  }

  disassemble({ vaddr, data }: { vaddr: number; data: Uint8Array }): string {
    return `insn ${vaddr.toString(16)}/${data.length}`;
  }
  symbolAt(vaddr: number): string | undefined {
    return vaddr >= 0x100000 && vaddr < 0x100100 ? 'main' : undefined;
  }
  lineAt(vaddr: number): { file: string; line: number } | undefined {
    return vaddr >= 0x100000 && vaddr < 0x100100 ? { file: '/src/main.c', line: 1 + ((vaddr >> 3) & 0xf) } : undefined;
  }
  private unmapped = -1;
  /** The page of the address is mapped no more. */
  unmap(vaddr: number): void {
    this.unmapped = vaddr >>> 12;
  }
  translate(_vcpu: number, vaddr: number): number | undefined {
    return vaddr < 0xf0000000 && vaddr >>> 12 !== this.unmapped ? vaddr : undefined;
  }
  regionAt(physical: number): PluginRegion | undefined {
    this.regionQuestions++;
    if (physical < 0x10000000) return { name: 'RAM', io: false, base: 0, start: 0, end: 0x10000000 };
    const [base, end] = [0xe0001000, 0xe0002000];
    return physical >= base && physical < end ? { name: 'uart', io: true, base, start: base, end } : undefined;
  }
  readRegister(_vcpu: number, name: string): number | undefined {
    return this.registers.get(name);
  }
  readMemory(_vcpu: number, vaddr: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => (vaddr + i) & 0xff);
  }
  readonly registerList = [
    { name: 'r0', feature: 'org.gnu.gdb.arm.core' },
    { name: 'pc', feature: 'org.gnu.gdb.arm.core' },
  ];
  readRegisterBytes(_vcpu: number, register: number): Uint8Array | undefined {
    const value = this.registers.get(this.registerList[register].name);
    return value === undefined ? undefined : new Uint8Array(Uint32Array.of(value).buffer);
  }
  writeRegisterBytes(_vcpu: number, register: number, bytes: Uint8Array): number {
    this.registers.set(this.registerList[register].name, new Uint32Array(bytes.slice(0, 4).buffer)[0]);
    return 4;
  }
  writeMemory(_vcpu: number, _vaddr: number, bytes: Uint8Array): number {
    return bytes.length;
  }
  readPhysical(physical: number, length: number): { result: HwaddrResult; bytes: Uint8Array } {
    return { result: HwaddrResult.Ok, bytes: this.readMemory(0, physical, length) };
  }
  writePhysical(): HwaddrResult {
    return HwaddrResult.InvalidAddress;
  }
  instructions(): number {
    return 0;
  }
  controlTime(): void {}
  updateTime(): void {}
  isSyscall({ data }: { data: Uint8Array }): boolean {
    return data.length === 4 && (data[3] & 0xf) === 0xf;
  }
  output(text: string): void {
    this.log += text;
  }
  error(text: string): void {
    this.stderr += text;
  }
  pluginFailed(fault: PluginFault): void {
    this.faults.push(fault);
  }
  /** Which blocks the last {@link reinstrument} was about. */
  concerns: BlockFilter | undefined;
  reinstrument(concerns?: BlockFilter): void {
    this.concerns = concerns;
    this.reinstrumented++;
  }
  flush(): void {
    this.flushes++;
  }
}
