import type { AddressSpace } from '../../emulator/address-space';
import type { Machine } from '../../emulator/machine';
import { describeFault, HwaddrResult, visibleSpan, type PluginHost, type PluginRegion } from '../../plugin/host';
import { isThumbBlock, type ArmCpu } from '../../target/arm';
import { disassembleArm } from '../../target/arm/disas';
import type { WasmHost } from '../../tcg/wasm/host';
import type { GuestSymbols } from './guest-symbols';
import type { GuestTime } from './guest-time';
import type { SystemEvents } from './system';

/** What plugins may ask about and do in a machine. */
export interface PluginHostParts {
  readonly memory: ArrayBufferLike;
  /** Absent where the guest is interpreted only. */
  readonly wasm: WasmHost | undefined;
  readonly timestamps: boolean;
  readonly cpus: readonly ArmCpu[];
  readonly symbols: GuestSymbols;
  readonly events: SystemEvents;
  readonly time: GuestTime;
  /** Files, the program and its end. */
  readonly world: Pick<PluginHost, 'openFile' | 'openSocket' | 'exit' | 'image' | 'functions' | 'sleep'>;
  /** Not there yet when the plugins' engine is made. */
  readonly machine: () => Machine;
  readonly space: () => AddressSpace;
}

const RESULTS = {
  ok: HwaddrResult.Ok,
  error: HwaddrResult.DeviceError,
  nowhere: HwaddrResult.InvalidAddress,
} as const;

/** The machine as the plugins' engine sees it. */
export function createPluginHost(parts: PluginHostParts): PluginHost {
  const { cpus, symbols, events, time, machine } = parts;
  return {
    targetName: 'arm',
    systemEmulation: true,
    smpVcpus: cpus.length,
    maxVcpus: cpus.length,
    memory: parts.memory,
    ...(parts.wasm && { wasm: parts.wasm }),
    timestamps: parts.timestamps,
    disassemble: ({ vaddr, data, flags }) => disassembleArm(vaddr, data, isThumbBlock(flags)).text,
    symbolAt: (vaddr) => symbols.qemuName(vaddr),
    lineAt: (vaddr) => symbols.lineAt(vaddr),
    codeLines: () => symbols.codeLines,
    translate: (vcpu, vaddr) => machine().execs[vcpu].physicalOf(vaddr),
    regionAt: (physical) => regionAt(parts.space(), physical),
    readRegister: (vcpu, name) => cpus[vcpu].readRegister(name),
    registerList: cpus[0].gdbRegisters.list,
    readRegisterBytes: (vcpu, register) => cpus[vcpu].gdbRegisters.read(register),
    writeRegisterBytes: (vcpu, register, bytes) => cpus[vcpu].gdbRegisters.write(register, bytes),
    readMemory: (vcpu, vaddr, length) => machine().readVirtual(cpus[vcpu], vaddr, length),
    writeMemory: (vcpu, vaddr, bytes) => machine().writeVirtual(cpus[vcpu], vaddr, bytes),
    readPhysical(physical, length) {
      const bytes = new Uint8Array(length);
      return { result: RESULTS[machine().bus.read(physical, bytes)], bytes };
    },
    writePhysical: (physical, bytes) => RESULTS[machine().bus.write(physical, bytes)],
    instructions: () => machine().instructions,
    controlTime: () => time.control(),
    updateTime(ns): void {
      time.request(ns);
      for (const exec of machine().execs) exec.requestStop();
    },
    isSyscall: ({ data, flags }) => isSupervisorCall(data, isThumbBlock(flags)),
    output: (text) => events.pluginLog(text),
    error: (text) => events.notice({ severity: 'error', message: text.replace(/\n$/, '') }),
    pluginFailed(fault): void {
      events.notice({ severity: 'error', message: describeFault(fault) });
      events.pluginsChanged?.();
    },
    reinstrument: (concerns) => events.reinstrument(concerns),
    flush: () => events.flush(),
    ...parts.world,
  };
}

function regionAt(space: AddressSpace, physical: number): PluginRegion | undefined {
  const region = space.find(physical);
  if (!region) return undefined;
  const io = region.kind === 'mmio';
  return { name: io ? region.name : 'RAM', io, base: region.base, ...visibleSpan(space.all, region, physical) };
}

/** SVC: A32 `cccc 1111 …` (any condition but 1111), T32 `1101 1111 iiii iiii` (DDI 0406C A8.8.229). */
export function isSupervisorCall(data: Uint8Array, thumb: boolean): boolean {
  if (thumb) return data.length === 2 && data[1] === 0xdf;
  return data.length === 4 && (data[3] & 0x0f) === 0x0f && data[3] >>> 4 !== 0x0f;
}
