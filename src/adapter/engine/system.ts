import { hex } from '../../common/bits';
import type { Board } from '../../emulator/boards/board';
import { findBoard } from '../../emulator/boards';
import type { EventSource } from '../../emulator/exec-services';
import { OnceLog } from '../../emulator/guest-log';
import { copyBlobs, largestGap, planLoad, type LoadPlan } from '../../emulator/loader';
import { Machine } from '../../emulator/machine';
import { TIER_POLICIES } from '../../emulator/tier-policy';
import { Semihosting } from '../../emulator/semihosting/semihosting';
import type { VirtualClock } from '../../emulator/device';
import { PluginEngine } from '../../plugin/engine';
import { createArmCpu, findArmModel, type ArmCpu } from '../../target/arm';
import type { AccessType } from '../../tcg/guest-cpu';
import type { BlockFilter } from '../../tcg/instrument';
import { ENV_BASE, ENV_STRIDE, ENV_WORDS, GUEST_BASE } from '../../tcg/layout';
import { DEFAULT_TIER, type EngineConfig, type EngineEvents, type GuestFile } from './api';
import { Consoles } from './consoles';
import { loaderRequests } from './images';
import type { EnginePlatform } from './platform';
import { GuestTime } from './guest-time';
import { OverlayHost } from './overlay-host';
import { createPluginHost } from './plugin-host';
import { pluginWorld } from './plugin-world';
import type { GuestSymbols } from './guest-symbols';

/** What happens in the machine that whoever runs it must act on. */
export interface SystemEvents extends Pick<EngineEvents, 'console' | 'notice' | 'guestLog'> {
  pluginLog(text: string): void;
  /** The guest has ended by semihosting. */
  exit(code: number, reason: string): void;
  /** The guest wants {@link System.restartGuest} once no vCPU executes. */
  resetRequested(): void;
  /** Blocks are to be instrumented anew, or dropped, before the guest goes on. */
  reinstrument(concerns?: BlockFilter): void;
  flush(): void;
  /** A plugin has failed. */
  pluginsChanged?(): void;
}

/** The machine of one session: board, vCPUs, memory, plugins' engine and their connections. */
export class System {
  readonly machine: Machine;
  readonly plugins: PluginEngine;
  private readonly world: ReturnType<typeof pluginWorld>;
  readonly consoles: Consoles;
  readonly cpus: readonly ArmCpu[];
  readonly clock: VirtualClock;
  private readonly time: GuestTime;
  readonly ramBytes: number;
  /** Guest time and interrupts are those of QEMU's `-icount`. */
  private readonly followsIcount: boolean;
  private readonly board: Board;
  private readonly semihosting: Semihosting | undefined;
  private overlay: OverlayHost | undefined;
  private readonly plan: LoadPlan;
  private readonly guestLog: OnceLog;

  /**
   * Builds the machine and checks what is to be loaded; {@link reset} then puts it to its start.
   * Throws an Error that names what cannot be built or loaded.
   */
  constructor(
    config: EngineConfig,
    platform: EnginePlatform,
    symbols: GuestSymbols,
    private readonly events: SystemEvents,
  ) {
    const type = findBoard(config.machine);
    if (config.smp > type.maxCpus) {
      throw new Error(
        `Invalid SMP CPUs ${config.smp}. The max CPUs supported by machine '${type.name}' is ${type.maxCpus}`,
      );
    }
    const model = findArmModel(config.cpu ?? type.defaultCpu);
    this.followsIcount = config.icountExact ?? false;
    this.ramBytes = type.ramBytes(config.memoryBytes);
    const buffer = platform.createMemory(GUEST_BASE + this.ramBytes);
    this.clock = this.time = new GuestTime(() => this.machine.instructions, 2 ** config.icountShift);
    this.guestLog = new OnceLog({
      unimplemented: (text) => events.guestLog({ item: 'unimp', text }),
      guestError: (text) => events.guestLog({ item: 'guest_errors', text }),
    });
    this.consoles = new Consoles(
      (channel, bytes) => events.console({ channel, bytes }),
      platform.tail?.bind(platform),
      config.silent,
    );
    this.semihosting = config.semihosting.enabled ? this.createSemihosting(config, platform) : undefined;
    this.cpus = Array.from({ length: config.smp }, (_, index) =>
      createArmCpu({
        index,
        env: new Int32Array(buffer, ENV_BASE + index * ENV_STRIDE, ENV_WORDS),
        model,
        multiprocessor: config.smp > 1,
        services: {
          semihosting: this.semihosting && ((cpu) => this.callSemihosting(cpu)),
          unimplemented: (text) => this.guestLog.unimplemented(text),
          cacheMaintenance: (cpu, operation, value) =>
            this.plugins.cacheMaintenance(cpu.index, { source: 'cp15', operation, value }),
          flushTlb: (cpu, everywhere) => {
            for (const exec of this.machine.execs) if (everywhere || exec.cpu === cpu) exec.mappingChanged();
          },
          sendEvent: () => this.cpus.forEach((cpu) => cpu.signalEvent()),
          yield: () => this.machine.scheduler.yield(),
          clock: this.clock,
          readTable: (physical, inspects) => this.machine.readTable(physical, inspects),
        },
      }),
    );
    this.board = type.create({
      memoryBytes: config.memoryBytes,
      hostBase: GUEST_BASE,
      clock: this.clock,
      bus: {
        read: (address, into) => this.machine.bus.read(address, into),
        write: (address, bytes) => this.machine.bus.write(address, bytes),
      },
      log: this.guestLog,
      serial: [this.consoles.uart('uart0'), this.consoles.uart('uart1')],
      cpus: this.cpus.map((cpu) => ({
        irq: { set: (level) => cpu.setIrq(level) },
        fiq: { set: (level) => cpu.setFiq(level) },
        hold: (held) => this.machine.scheduler.hold(cpu.index, held),
        reset: () => {
          cpu.reset(0);
          this.machine.execs[cpu.index].restarted();
        },
      })),
      currentCpu: () => this.machine.scheduler.current,
      requestReset: () => {
        if (config.noReboot) this.events.exit(0, 'the guest asked for a reset of the system');
        else this.events.resetRequested();
      },
      psInit: config.psInit,
      l2c: config.l2c ?? false,
      cacheMaintenance: (event) => this.plugins.cacheMaintenance(this.machine.scheduler.current, event),
    });
    this.world = pluginWorld({
      files: platform.semihosting,
      folder: config.semihosting.root,
      images: config.images,
      symbols,
      events,
      memory: buffer,
      connect: platform.openSocket?.bind(platform),
    });
    const { tier: wanted = DEFAULT_TIER } = config;
    const tier =
      wanted === 'interp' ? undefined : { host: platform.webAssembly(buffer), policy: TIER_POLICIES[wanted] };
    this.plugins = new PluginEngine(
      createPluginHost({
        world: this.world,
        memory: buffer,
        wasm: tier?.host,
        timestamps: config.logTimestamps ?? false,
        cpus: this.cpus,
        symbols,
        events,
        time: this.time,
        machine: () => this.machine,
        space: () => this.board.space,
      }),
    );
    const unmapped = {
      busErrors: config.busErrors || !this.board.ignoresBusErrors,
      report: (physical: number, size: number, access: AccessType) => this.reportUnmapped(physical, size, access),
    };
    const time: EventSource = {
      exact: this.followsIcount,
      nextEventNs: () => this.board.nextEventNs(),
      instructionsToEvent: () => this.instructionsToEvent(),
      runEvents: () => this.board.poll(),
    };
    this.machine = new Machine(buffer, this.cpus, this.board.space, this.plugins, this.plugins, unmapped, time, tier);
    const gunzip = (data: Uint8Array, limit: number): Uint8Array => platform.gunzip(data, limit);
    this.plan = planLoad(loaderRequests(config.images, this.board.boot, gunzip), this.board.space, config.smp);
  }

  /** Memory, devices and vCPUs as at power-on, with the images loaded. */
  reset(): void {
    this.machine.reset();
    this.time.reset();
    this.semihosting?.reset();
    this.guestLog.reset();
    this.board.reset();
    for (const { address, value } of (this.cpus.length > 1 && this.board.waitingCode?.words) || []) {
      this.machine.writePhysical(address, new Uint8Array(Uint32Array.of(value).buffer));
    }
    copyBlobs(this.plan, this.board.space, this.machine.memory.u8);
    this.resetCpus();
  }

  /**
   * A reset that the guest asked for: devices and vCPUs begin anew and what was loaded is loaded again. The rest of RAM stays
   * as it is, guest time goes on, and plugins count on.
   */
  restartGuest(): void {
    this.board.reset();
    for (const { address, bytes, zeros } of this.plan.blobs) {
      this.machine.writePhysical(address, bytes);
      if (zeros) this.machine.writePhysical(address + bytes.length, new Uint8Array(zeros));
    }
    this.resetCpus();
    this.machine.execs.forEach((exec) => exec.restarted());
  }

  private resetCpus(): void {
    const { waitingCode } = this.board;
    for (const cpu of this.cpus) {
      const entry = this.plan.entries.get(cpu.index);
      const starts = cpu.index === 0 || entry !== undefined || waitingCode !== undefined;
      cpu.reset(entry ?? (cpu.index > 0 ? waitingCode?.address : undefined) ?? 0);
      this.machine.scheduler.hold(cpu.index, !starts);
    }
  }

  /** Devices look at the time and at their input; call between slices. */
  poll(): void {
    this.time.apply();
    this.board.poll();
    this.consoles.flush();
  }

  /**
   * Every vCPU waits for an interrupt: guest time jumps to the next event of a device, and the event happens.
   * @returns false when no event is to come
   */
  skipToEvent(): boolean {
    const next = this.board.nextEventNs();
    if (next === Infinity) return false;
    const second = this.followsIcount ? this.board.secondJumpNs() : undefined;
    this.time.skipTo(next);
    this.board.poll();
    if (second !== undefined) {
      this.time.skipTo(second);
      this.board.poll();
    }
    return true;
  }

  /** A plugin has moved guest time; {@link poll} makes it so. */
  get isTimeMoved(): boolean {
    return this.time.hasRequest;
  }

  /** Where the vCPU stands: its pc, unsigned. */
  pc(vcpu: number): number {
    const cpu = this.cpus[vcpu];
    return cpu.env[cpu.pcSlot] >>> 0;
  }

  /** Closes the guest's files. */
  close(): void {
    this.world.close();
    this.semihosting?.reset();
    this.consoles.flush();
  }

  private instructionsToEvent(): number {
    const next = this.board.nextEventNs();
    return next === Infinity ? Infinity : this.time.instructionsTo(next);
  }

  /** What an isolated guest has changed. */
  get guestFiles(): readonly GuestFile[] {
    return this.overlay?.changes ?? [];
  }

  private createSemihosting(config: EngineConfig, platform: EnginePlatform): Semihosting {
    const { isolated } = config.semihosting;
    if (isolated) this.overlay = new OverlayHost(platform.semihosting, isolated.seconds);
    return new Semihosting({
      host: this.overlay ?? platform.semihosting,
      console: this.consoles.semihosting(config.semihosting.terminal ?? true),
      clock: this.clock,
      root: config.semihosting.root,
      args: config.semihosting.commandLine ? [config.semihosting.commandLine] : [],
      heap: () => largestGap(this.plan, this.board.space),
      warn: (message) => this.events.notice({ severity: 'warning', message }),
    });
  }

  /** Serves a semihosting call. 'wait' when input is not there yet: the instruction is to be tried again. */
  private callSemihosting(cpu: ArmCpu): 'done' | 'wait' {
    const { env } = cpu;
    const memory = {
      read: (address: number, length: number) => {
        const bytes = this.machine.readVirtual(cpu, address, length);
        return bytes.length === length ? bytes : undefined;
      },
      write: (address: number, data: Uint8Array) => void this.machine.writeVirtual(cpu, address, data),
    };
    const outcome = this.semihosting?.call(env[0], env[1] >>> 0, memory);
    switch (outcome?.kind) {
      case 'done':
        env[0] = outcome.r0;
        return 'done';
      case 'wait':
        return 'wait';
      case 'exit':
        this.events.exit(outcome.code, `the guest exited with code ${outcome.code}`);
        return 'done';
      case 'unsupported':
        this.events.notice({ severity: 'error', message: outcome.message });
        this.events.exit(1, outcome.message);
        return 'done';
      default:
        return 'done';
    }
  }

  private reportUnmapped(physical: number, size: number, access: AccessType): void {
    const what = ['read', 'write', 'fetch'][access];
    this.guestLog.guestError(
      `Invalid ${what} at addr ${hex(physical, 8)}, size ${size}: no memory and no device answers there`,
    );
  }
}
