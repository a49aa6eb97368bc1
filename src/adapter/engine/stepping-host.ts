import { disassembleArm } from '../../target/arm/disas';
import { isSupervisorCall } from './plugin-host';
import type { Session } from './session';
import type { SteppingHost } from './stepping';

/** r14, where the environment has it. */
const LR = 14;

/** What stepping the vCPU looks at. */
export function steppingHost({ system, symbols, arrivals }: Session, vcpu: number): SteppingHost {
  const cpu = system.cpus[vcpu];
  return {
    pc: () => system.pc(vcpu),
    stackPointer: () => cpu.stackPointer,
    linkRegister: () => (cpu.env[LR] & ~1) >>> 0,
    mode: () => cpu.mode,
    interrupts: () => system.machine.execs[vcpu].interrupts,
    judged: () => arrivals[vcpu].judged,
    hasSource: (address) => symbols.hasSource(address),
    startsFunction: (address) => symbols.describe(address)?.includes('+') === false,
    instructionAt: (address) => {
      const bytes = system.machine.readVirtual(cpu, address, 4);
      const { isCall, isReturn, size } = disassembleArm(address, bytes, cpu.isThumb);
      return { size, isReturn, isCall: isCall || isSupervisorCall(bytes.subarray(0, size), cpu.isThumb) };
    },
  };
}
