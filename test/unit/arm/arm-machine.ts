import assert from 'node:assert/strict';
import { AddressSpace } from '../../../src/emulator/address-space';
import { nodeWebAssembly } from '../../../src/adapter/node/web-assembly';
import type { EventSource } from '../../../src/emulator/exec-services';
import { Machine } from '../../../src/emulator/machine';
import type { TierPolicy } from '../../../src/emulator/tier-policy';
import { createArmCpu, findArmModel, type ArmCpu, type ArmServices } from '../../../src/target/arm';
import { ENV_BASE, ENV_WORDS, GUEST_BASE } from '../../../src/tcg/layout';
import type { TranslatedBlock } from '../../../src/tcg/translator';

const RAM_BYTES = 0x100000;

/** One Cortex-A9 with RAM (a MiB unless told otherwise) at 0 and nothing else, for executing a few instructions. */
export class ArmMachine {
  readonly cpu: ArmCpu;
  readonly machine: Machine;
  /** Every block translated (with a tier not those that run without that), as `address:instructions`. */
  readonly blocks: string[] = [];
  /** What plugins are told about halting. */
  readonly halts: string[] = [];
  /** How often there was too much translated code. */
  fullnesses = 0;

  /**
   * @param tier how often a block is interpreted before it is compiled; without it everything is interpreted
   * @param now the host's clock, in milliseconds, instead of the real one
   */
  constructor(
    services: ArmServices = {},
    tier?: TierPolicy,
    ramBytes = RAM_BYTES,
    time?: EventSource,
    now?: () => number,
  ) {
    const pages = (GUEST_BASE + ramBytes) / 65536;
    const memory = tier && new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const buffer = memory?.buffer ?? new ArrayBuffer(GUEST_BASE + ramBytes);
    const env = new Int32Array(buffer, ENV_BASE, ENV_WORDS);
    this.cpu = createArmCpu({
      index: 0,
      env,
      model: findArmModel('cortex-a9'),
      services: {
        readTable: (physical, inspects) => this.machine.readTable(physical, inspects),
        flushTlb: () => this.machine.execs[0].mappingChanged(),
        ...services,
      },
    });
    const space = new AddressSpace();
    space.addRam('ram', 0, ramBytes, GUEST_BASE);
    const note = (block: TranslatedBlock): void => {
      this.blocks.push(`${block.pc.toString(16)}:${block.insns.length}`);
    };
    this.machine = new Machine(
      buffer,
      [this.cpu],
      space,
      { observesBlocks: !tier, instrument: note, release: () => undefined },
      {
        execCallback: () => false,
        memCallback: () => false,
        mappingChanged: () => undefined,
        codeFull: () => void this.fullnesses++,
        filteredFunction: () => undefined,
        wantsStop: false,
        directCallback: () => undefined,
        callbackThrew: () => undefined,
        vcpuIdle: () => this.halts.push('idle'),
        discontinuity: () => false,
        vcpuResume: () => this.halts.push('resume'),
      },
      { busErrors: true, report: () => undefined },
      time,
      memory && tier && { host: { ...nodeWebAssembly(memory), ...(now && { now }) }, policy: tier },
    );
  }

  get env(): Int32Array {
    return this.cpu.env;
  }

  /** Puts 32-bit words at `address`. */
  words(address: number, ...words: number[]): this {
    this.machine.writePhysical(address, new Uint8Array(Uint32Array.from(words).buffer));
    return this;
  }

  /** Puts halfwords (Thumb code) at `address`. */
  halfwords(address: number, ...halfwords: number[]): this {
    this.machine.writePhysical(address, new Uint8Array(Uint16Array.from(halfwords).buffer));
    return this;
  }

  set(registers: Record<string, number>): this {
    for (const [name, value] of Object.entries(registers)) this.cpu.writeRegister(name, value);
    this.machine.execs[0].stateChanged();
    return this;
  }

  get(name: string): number {
    const value = this.cpu.readRegister(name);
    assert.notEqual(value, undefined, `register ${name}`);
    return value as number;
  }

  /** Executes `count` instructions, in slices of `slice`. */
  run(count: number, slice = count): this {
    for (let done = 0; done < count; done += slice) this.machine.execs[0].run(Math.min(slice, count - done), false);
    return this;
  }

  word(address: number): number {
    const value = this.machine.readWord(this.cpu, address);
    assert.notEqual(value, undefined, `no memory at ${address}`);
    return (value as number) >>> 0;
  }

  expect(registers: Record<string, number>): this {
    for (const [name, value] of Object.entries(registers)) {
      assert.equal(hex(this.get(name)), hex(value), name);
    }
    return this;
  }
}

export const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
