import { coreRegister } from '../../symbols';
import type { MachineAccess, Scalar } from '../../symbols';
import type { RegisterValue } from '../engine/api';
import { reference } from './addresses';
import { RequestError } from './errors';
import type { Program } from './program';

/**
 * One vCPU as the symbols layer sees it: everything is known at once, and what is written takes effect afterwards, by
 * {@link Machine.commit}.
 */
export class Machine implements MachineAccess {
  /** r0 to r15. */
  readonly core: readonly number[];
  private readonly byName: ReadonlyMap<string, RegisterValue>;
  private memoryWrites: { address: number; bytes: Uint8Array }[] = [];
  private registerWrites = new Map<string, number>();

  constructor(
    readonly registers: readonly RegisterValue[],
    readonly readMemory: MachineAccess['readMemory'],
  ) {
    this.byName = new Map(registers.map((register) => [register.name.toLowerCase(), register]));
    const core = new Array<number>(16).fill(0);
    for (const { name, value } of registers) {
      const index = coreRegister(name);
      if (index !== undefined) core[index] = value;
    }
    this.core = core;
  }

  readonly register = (name: string): Scalar | undefined => {
    const found = this.find(name);
    return found?.high === undefined ? found?.value : (BigInt(found.high) << 32n) | BigInt(found.value);
  };

  readonly writeMemory = (address: number, bytes: Uint8Array): boolean => {
    this.memoryWrites.push({ address, bytes: bytes.slice() });
    return true;
  };

  readonly setRegister = (name: string, value: Scalar): boolean => {
    const register = this.find(name);
    if (!register?.writable) return false;
    this.registerWrites.set(register.name, Number(BigInt.asUintN(32, BigInt(value))));
    return true;
  };

  /** The register of that name; a core register under any of its names. */
  find(name: string): RegisterValue | undefined {
    const found = this.byName.get(name.toLowerCase());
    if (found) return found;
    const index = coreRegister(name);
    return index === undefined ? undefined : this.registers.find((one) => coreRegister(one.name) === index);
  }

  /** Forgets what was written. */
  discard(): void {
    this.memoryWrites = [];
    this.registerWrites.clear();
  }

  /**
   * Does what was written.
   * @returns whether anything was
   * @throws RequestError when the guest's memory refuses it
   */
  async commit(program: Program, vcpu: number): Promise<boolean> {
    const { memoryWrites, registerWrites } = this;
    for (const { address, bytes } of memoryWrites) {
      const written = await program.engine.writeMemory(address, bytes, vcpu);
      if (written < bytes.length) throw new RequestError(`memory at ${reference(address + written)} cannot be written`);
    }
    for (const [name, value] of registerWrites) await program.engine.writeRegister(vcpu, name, value);
    const any = memoryWrites.length > 0 || registerWrites.size > 0;
    this.discard();
    if (any) program.view.forget();
    return any;
  }
}

/** A vCPU's machine; while the guest runs as it is at this moment. */
export async function machineOf(program: Program, vcpu: number): Promise<Machine> {
  if (program.run.state === 'running') program.view.forget();
  return new Machine(await program.view.registersOf(vcpu), program.view.readBy(vcpu));
}

/** Computes on a machine, with all the memory it takes, and does what the computation wrote. */
export async function inspect<T>(
  program: Program,
  vcpu: number,
  compute: (machine: Machine) => T,
): Promise<{ readonly value: T; readonly wrote: boolean }> {
  const machine = await machineOf(program, vcpu);
  const value = await program.view.look(vcpu, () => {
    machine.discard();
    return compute(machine);
  });
  return { value, wrote: await machine.commit(program, vcpu) };
}
