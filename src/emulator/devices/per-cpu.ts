import type { Device } from '../device';

/** Devices of the same kind, one for each CPU at the same address: an access reaches that of the CPU which makes it. */
export function perCpu(devices: readonly Device[], currentCpu: () => number): Device {
  const [{ name, size, access, valid }] = devices;
  return {
    name,
    size,
    access,
    valid,
    read: (offset, width) => devices[currentCpu()].read(offset, width),
    write: (offset, value, width) => devices[currentCpu()].write(offset, value, width),
    reset: () => devices.forEach((device) => device.reset()),
  };
}
