// The guests: what runs in which ELF, and the text range that the tutorial's plugin is told of.
import path from 'node:path';

const folder = path.resolve('bench/guests');
const kernels = (names, elf, set) =>
  names.map((kernel) => ({
    name: set === 'a32' ? kernel : `${kernel}-${set}`,
    kernel,
    elf: path.join(folder, elf),
    text: ['0x100000', '0x110000'],
  }));

const ALL = ['sieve', 'matmul', 'crc', 'sort', 'list', 'vm', 'fib', 'dhry', 'whet', 'filter', 'copy', 'print', 'irq'];

/** Guests whose repetitions are timed when everything is warm. `device`: it needs the board, so qemu-arm cannot run it. */
export const WARM = [
  ...kernels(ALL, 'kernels-a32.elf', 'a32'),
  ...kernels(['tangle'], 'tangle-a32.elf', 'a32'),
  ...kernels(['sort', 'crc', 'vm', 'dhry'], 'kernels-t32.elf', 't32').map((guest) => ({ ...guest, full: true })),
].map((guest) => ({
  ...guest,
  full: guest.full || ['list', 'filter', 'tangle'].includes(guest.kernel), // not by a quick run
  device: ['print', 'irq'].includes(guest.kernel),
}));

/** A megabyte of code whose first repetition is timed. */
export const COLD = {
  name: 'cold',
  kernel: 'cold',
  elf: path.join(folder, 'cold-a32.elf'),
  text: ['0x100000', '0x200000'],
};

export const CALLS = { ...kernels(['calls'], 'kernels-a32.elf', 'a32')[0], device: false };
