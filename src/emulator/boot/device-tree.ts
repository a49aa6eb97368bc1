import { FdtError, FlatDeviceTree } from './fdt';
import type { TagValues } from './atags';

/**
 * A device tree blob as a kernel is given it: its memory nodes replaced by one for the machine's RAM, the command line and
 * the place of the initial RAM disk under /chosen, and room for the kernel's own changes, as QEMU leaves it.
 * Throws {@link FdtError}.
 */
export function patchedDeviceTree(blob: Uint8Array, values: TagValues): Uint8Array {
  const tree = FlatDeviceTree.open(blob, 2 * (blob.length + 10000));
  const cells = (name: string): number => {
    const count = tree.cell('/', name);
    if (count !== 1 && count !== 2) throw new FdtError(`/ has no ${name} of 1 or 2`);
    return count;
  };
  const [addressCells, sizeCells] = [cells('#address-cells'), cells('#size-cells')];
  for (const name of tree.childrenOfRoot()) {
    if (name === 'memory' || name.startsWith('memory@')) tree.removeNode(`/${name}`);
  }
  const number = (value: number, count: number): number[] => (count === 2 ? [0, value] : [value]);
  const memory = `memory@${values.ramBase.toString(16)}`;
  tree.addNode('/', memory);
  tree.setString(`/${memory}`, 'device_type', 'memory');
  const reg = [...number(values.ramBase, addressCells), ...number(values.ramSize, sizeCells)];
  tree.setCells(`/${memory}`, 'reg', ...reg);
  if (!tree.hasNode('/chosen')) tree.addNode('/', 'chosen');
  if (values.commandLine) tree.setString('/chosen', 'bootargs', values.commandLine);
  if (values.initrd?.size) {
    const { start, size } = values.initrd;
    tree.setCells('/chosen', 'linux,initrd-start', start);
    tree.setCells('/chosen', 'linux,initrd-end', start + size);
  }
  return tree.bytes;
}
