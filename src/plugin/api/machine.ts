import { ByteArray, checkByteArray } from '../byte-array';
import type { PluginEngine } from '../engine';
import { HwaddrResult } from '../host';
import type { QemuPluginApi } from '../plugin-module';
import { RegisterUse } from '../register-use';

type Machine = Pick<
  QemuPluginApi,
  | 'g_byte_array_new'
  | 'qemu_plugin_get_registers'
  | 'qemu_plugin_read_register'
  | 'qemu_plugin_write_register'
  | 'qemu_plugin_set_pc'
  | 'qemu_plugin_read_memory_vaddr'
  | 'qemu_plugin_write_memory_vaddr'
  | 'qemu_plugin_read_memory_hwaddr'
  | 'qemu_plugin_write_memory_hwaddr'
  | 'qemu_plugin_translate_vaddr'
  | 'qemu_plugin_request_time_control'
  | 'qemu_plugin_update_ns'
>;

/** A register, as plugins hold it. */
class RegisterHandle {
  readonly opaque = 'qemu_plugin_register';
  constructor(readonly number: number) {}
}

class TimeControl {
  readonly opaque = 'qemu_plugin_time_control';
}

function checkRegister(value: unknown, api: string): RegisterHandle {
  if (value instanceof RegisterHandle) return value;
  throw new TypeError(`${api}: not a handle that qemu_plugin_get_registers() gave`);
}

/** The longest access to memory that a plugin may ask for, in bytes. */
const MAX_ACCESS = 1 << 28;

function checkLength(length: number, api: string): void {
  if (!Number.isInteger(length) || length < 0 || length > MAX_ACCESS) {
    throw new RangeError(`${api}: a length from 0 to ${MAX_ACCESS} bytes is possible, not ${length}`);
  }
}

/** Registers, memory and time of the machine. All but time control need a callback that runs for a vCPU. */
export function machine(engine: PluginEngine): Machine {
  const { host } = engine;
  const handles = host.registerList.map((_, number) => new RegisterHandle(number));
  const time = new TimeControl();
  let timeIsTaken = false;
  const mayUse = (use: RegisterUse): boolean => engine.caller !== undefined && engine.registerUse >= use;
  return {
    g_byte_array_new: (bytes) => new ByteArray(bytes),
    qemu_plugin_get_registers: () =>
      mayUse(RegisterUse.None)
        ? host.registerList.map(({ name, feature }, number) => ({ handle: handles[number], name, feature }))
        : [],
    qemu_plugin_read_register(handle, buf) {
      const { number } = checkRegister(handle, 'qemu_plugin_read_register');
      const target = checkByteArray(buf, 'qemu_plugin_read_register');
      const bytes = mayUse(RegisterUse.Read) ? host.readRegisterBytes(engine.vcpu, number) : undefined;
      if (!bytes) return -1;
      target.append(bytes);
      return bytes.length;
    },
    qemu_plugin_write_register(handle, buf) {
      const { number } = checkRegister(handle, 'qemu_plugin_write_register');
      const { data } = checkByteArray(buf, 'qemu_plugin_write_register');
      // The pc is moved by qemu_plugin_set_pc alone: here the value would be lost.
      if (!mayUse(RegisterUse.ReadWrite) || host.registerList[number].name === 'pc') return -1;
      return host.writeRegisterBytes(engine.vcpu, number, data) || -1;
    },
    qemu_plugin_set_pc(vaddr): void {
      if (mayUse(RegisterUse.ReadWritePc)) engine.setPc(vaddr);
    },
    qemu_plugin_read_memory_vaddr(addr, data, len) {
      const target = checkByteArray(data, 'qemu_plugin_read_memory_vaddr');
      checkLength(len, 'qemu_plugin_read_memory_vaddr');
      if (len === 0 || !mayUse(RegisterUse.None)) return false;
      const bytes = host.readMemory(engine.vcpu, addr, len);
      target.set_size(len);
      target.data.set(bytes);
      return bytes.length === len;
    },
    qemu_plugin_write_memory_vaddr(addr, data) {
      const { data: bytes } = checkByteArray(data, 'qemu_plugin_write_memory_vaddr');
      if (bytes.length === 0 || !mayUse(RegisterUse.None)) return false;
      return host.writeMemory(engine.vcpu, addr, bytes) === bytes.length;
    },
    qemu_plugin_read_memory_hwaddr(addr, data, len) {
      const target = checkByteArray(data, 'qemu_plugin_read_memory_hwaddr');
      checkLength(len, 'qemu_plugin_read_memory_hwaddr');
      if (len === 0 || !mayUse(RegisterUse.None)) return HwaddrResult.Error;
      const { result, bytes } = host.readPhysical(addr, len);
      target.set_size(len);
      target.data.set(bytes);
      return result;
    },
    qemu_plugin_write_memory_hwaddr(addr, data) {
      const { data: bytes } = checkByteArray(data, 'qemu_plugin_write_memory_hwaddr');
      if (bytes.length === 0 || !mayUse(RegisterUse.None)) return HwaddrResult.Error;
      return host.writePhysical(addr, bytes);
    },
    qemu_plugin_translate_vaddr: (vaddr) =>
      mayUse(RegisterUse.None) ? (host.translate(engine.vcpu, vaddr) ?? null) : null,
    qemu_plugin_request_time_control() {
      if (timeIsTaken) return null;
      timeIsTaken = true;
      host.controlTime();
      return time;
    },
    qemu_plugin_update_ns(handle, ns): void {
      if (handle !== time)
        throw new TypeError('qemu_plugin_update_ns: not what qemu_plugin_request_time_control() gave');
      if (!Number.isFinite(ns) || ns < 0) throw new RangeError(`qemu_plugin_update_ns: ${ns} is no time`);
      host.updateTime(ns);
    },
  };
}
