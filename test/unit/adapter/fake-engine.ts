import { parseElf } from '../../../src/symbols';
import type { PluginSummary } from '../../../src/adapter/protocol/custom';
import type {
  DisassembledInstruction,
  EngineApi,
  EngineBreakpoint,
  EngineCallbackBreakpoint,
  EngineConfig,
  EngineHostEvents,
  EnginePlugin,
  RegisterValue,
  RunMode,
  StopReason,
} from '../../../src/adapter/engine/api';

const BANKED = ['sp_svc', 'lr_svc', 'spsr_svc'];

/**
 * An engine without an emulator: memory is the ELF's segments, registers are cells, and running is whatever the test
 * decides by {@link FakeEngine.onRun}.
 */
export class FakeEngine implements EngineApi {
  config: EngineConfig | undefined;
  breakpoints: readonly EngineBreakpoint[] = [];
  callbacks: readonly EngineCallbackBreakpoint[] = [];
  readonly runs: RunMode[] = [];
  readonly input: { channel: string; text: string }[] = [];
  readonly registers = new Map<string, number>();
  readonly memory = new Map<number, number>();
  restarts = 0;
  disposed = false;
  readonly inactive = new Set<number>();
  readonly reloads: { id: number; plugin: EnginePlugin }[] = [];
  /** What initialize rejects with. */
  initializeError: string | undefined;
  /** What a breakpoint's condition is refused with. */
  refuse: (breakpoint: { condition?: string }) => string | undefined = () => undefined;
  /** Called when the guest is let go. */
  onRun: (mode: RunMode) => void = () => undefined;

  constructor(readonly events: EngineHostEvents) {
    for (let i = 0; i < 13; i++) this.registers.set(`r${i}`, 0);
    for (const name of ['sp', 'lr', 'pc']) this.registers.set(name, 0);
    this.registers.set('cpsr', 0x600001d3);
    for (const name of BANKED) this.registers.set(name, 0);
    this.registers.set('sctlr', 0xc50078);
  }

  /** Tells of a stop on the next turn of the event loop. */
  stop(reason: StopReason, pc?: number): void {
    if (pc !== undefined) this.registers.set('pc', pc);
    const event = { reason, vcpu: 0, pc: this.registers.get('pc')!, instructions: 1 };
    setImmediate(() => this.events.stopped(event));
  }

  exit(code: number, reason = 'semihosting exit'): void {
    setImmediate(() => this.events.exited({ code, reason }));
  }

  async initialize(config: EngineConfig) {
    if (this.initializeError) throw new Error(this.initializeError);
    this.config = config;
    const [program] = config.symbolFiles;
    const elf = parseElf(program.bytes);
    for (const segment of elf.segments.filter(({ type }) => type === 1)) {
      // Whole pages, as memory is.
      const start = segment.vaddr - (segment.vaddr % 4096);
      for (let i = start; i < segment.vaddr + segment.memsz + 4096; i++) {
        if (!this.memory.has(i)) this.memory.set(i, 0);
      }
      elf.segmentData(segment).forEach((byte, index) => this.memory.set(segment.vaddr + index, byte));
    }
    this.registers.set('pc', elf.entry & ~1);
    return {
      plugins: await this.plugins(),
      cpu: 'cortex-a9',
      ramBytes: config.memoryBytes,
    };
  }

  async plugins(): Promise<PluginSummary[]> {
    return (this.config?.plugins ?? []).map(({ spec }, id) => {
      const [name, ...args] = spec.split(',');
      return { id, name, file: name, arguments: args, state: this.inactive.has(id) ? 'off' : 'loaded' };
    });
  }

  async pluginBreakpointKinds() {
    return [];
  }

  async setPluginActive(id: number, active: boolean): Promise<void> {
    if (active) this.inactive.delete(id);
    else this.inactive.add(id);
  }

  async reloadPlugin(id: number, plugin: EnginePlugin): Promise<void> {
    this.reloads.push({ id, plugin });
  }

  async pluginStatistics() {
    return (await this.plugins()).map(({ id, name }) => ({
      pluginId: id,
      pluginName: name,
      text: `${name} counts\n`,
      tables: [{ id: 't', title: 'Table', columns: ['what', 'count'], rows: [['x', 12]] }],
    }));
  }

  async run(mode: RunMode): Promise<void> {
    this.runs.push(mode);
    this.onRun(mode);
  }

  async pause(): Promise<void> {
    this.stop({ kind: 'pause' });
  }

  async terminate(): Promise<void> {
    this.exit(0, 'the session was ended');
  }

  async restart(): Promise<void> {
    this.restarts++;
  }

  async setBreakpoints(breakpoints: readonly EngineBreakpoint[]) {
    this.breakpoints = breakpoints;
    return breakpoints.map((one) => ({ id: one.id, error: this.refuse(one) }));
  }

  async setCallbackBreakpoints(callbacks: readonly EngineCallbackBreakpoint[]) {
    this.callbacks = callbacks;
    return callbacks.map((one) => ({ id: one.id, error: this.refuse(one) }));
  }

  async readMemory(address: number, count: number): Promise<Uint8Array> {
    const bytes: number[] = [];
    for (let i = 0; i < count; i++) {
      const byte = this.memory.get(address + i);
      if (byte === undefined) break;
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }

  async writeMemory(address: number, data: Uint8Array): Promise<number> {
    const there = (await this.readMemory(address, data.length)).length;
    for (let i = 0; i < there; i++) this.memory.set(address + i, data[i]);
    return there;
  }

  async readRegisters(): Promise<readonly RegisterValue[]> {
    return [...this.registers].map(([name, value]) => ({
      name,
      value,
      group: name === 'cpsr' ? 'status' : BANKED.includes(name) ? 'banked' : name === 'sctlr' ? 'system' : 'core',
      ...(name === 'cpsr' && { description: 'svc A32' }),
      writable: name !== 'sctlr',
    }));
  }

  async writeRegister(_vcpu: number, name: string, value: number): Promise<void> {
    const alias = { r13: 'sp', r14: 'lr', r15: 'pc' }[name] ?? name;
    if (!this.registers.has(alias)) throw new Error(`no register ${name}`);
    this.registers.set(alias, value);
  }

  /** Every Thumb halfword below 0xe800 is an instruction of its own, as in the real encoding; the text is the bytes'. */
  async disassemble(address: number, count: number, thumb: boolean | undefined) {
    const result: DisassembledInstruction[] = [];
    let at = address;
    while (result.length < count) {
      const bytes = await this.readMemory(at, 4);
      if (bytes.length < 2) break;
      const size = !thumb ? 4 : bytes[1] >= 0xe8 ? 4 : 2;
      if (bytes.length < size) break;
      const text = `${thumb ? 't' : 'a'}${size}`;
      result.push({ address: at, size, bytes: bytes.slice(0, size), text, valid: true });
      at += size;
    }
    return result;
  }

  async statistics() {
    return [];
  }

  async translation() {
    return { blocks: 3 };
  }

  async consoleInput(channel: string, bytes: Uint8Array): Promise<void> {
    this.input.push({ channel, text: new TextDecoder().decode(bytes) });
  }

  async guestFiles() {
    return [];
  }

  async dispose(): Promise<void> {
    this.disposed = true;
  }
}
