/** See run-qemu.mjs. */
export interface QemuOptions {
  readonly elf: string;
  readonly plugins?: readonly string[];
  readonly psInit?: boolean;
  readonly timeoutMs?: number;
  readonly args?: readonly string[];
  readonly input?: string;
  readonly icount?: string;
  readonly cwd?: string;
}

export interface QemuRun {
  /** What UART1 printed. */
  readonly stdout: string;
  /** The semihosting console, and QEMU's own messages. */
  readonly stderr: string;
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly log: string;
  readonly seconds: number;
}

/** r0..r12, sp, lr, pc, cpsr by name. */
export type QemuRegisters = Readonly<Record<string, number>>;

export function runQemu(options: QemuOptions): Promise<QemuRun>;
export function registersAtEnd(options: QemuOptions, at: string | number): Promise<QemuRegisters>;

/** As much of GdbClient as tests use; numbers are unsigned. */
export interface QemuGdb {
  describe(): Promise<void>;
  /** A file of the target description. */
  features(annex: string): Promise<string>;
  readRegisters(): Promise<QemuRegisters>;
  readFloating(): Promise<QemuRegisters>;
  readMemory(address: number, length: number): Promise<Buffer>;
  step(): Promise<string>;
  continue(): Promise<string>;
  setBreakpoint(address: number, size: number): Promise<void>;
  removeBreakpoint(address: number, size: number): Promise<void>;
}

export function withGdb<T>(options: QemuOptions, use: (client: QemuGdb) => Promise<T>): Promise<T>;

/** The program: qemu-system-arm, or what QEMU_SYSTEM_ARM names. */
export const qemu: string;
