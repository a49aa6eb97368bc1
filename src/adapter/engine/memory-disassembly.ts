import { disassembleArm } from '../../target/arm/disas';
import type { DisassembledInstruction } from './api';
import type { Session } from './session';

/**
 * Up to `count` instructions from the address on, as the vCPU sees memory; fewer where there is none. `thumb` absent: as
 * the symbols say, else as the vCPU executes.
 */
export function disassembleMemory(
  { system, symbols }: Pick<Session, 'system' | 'symbols'>,
  vcpu: number,
  address: number,
  count: number,
  thumb: boolean | undefined,
): readonly DisassembledInstruction[] {
  const cpu = system.cpus[vcpu];
  const isThumb = thumb ?? symbols.isThumb(address) ?? cpu.isThumb;
  const bytes = system.machine.readVirtual(cpu, address >>> 0, count * 4);
  const result: DisassembledInstruction[] = [];
  for (let offset = 0; result.length < count && offset < bytes.length;) {
    const at = (address + offset) >>> 0;
    const { text, size } = disassembleArm(at, bytes.subarray(offset, offset + 4), isThumb, {
      symbols: (target) => symbols.describe(target),
    });
    const valid = !text.startsWith('.byte');
    result.push({ address: at, size, bytes: bytes.slice(offset, offset + size), text: text.trim(), valid });
    offset += size;
  }
  return result;
}
