// The command lines that run a guest: ours, qemu-system-arm's, and qemu-arm's of user mode.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { peerDir, peerPath } from '../../test/peer/build.mjs';

export const cli = path.resolve('dist/cli.js');
const system = process.env.QEMU_SYSTEM_ARM ?? 'qemu-system-arm';
const user = process.env.QEMU_ARM ?? 'qemu-arm';

const words = (guest, { mmu, count }) => [
  `run=${guest.kernel}`,
  ...(count === undefined ? [] : [`count=${count}`]),
  ...(mmu ? ['mmu=1'] : []),
];

const semihosting = (guest, run) =>
  words(guest, run)
    .map((word) => `,arg=${word}`)
    .join('');
const logging = ({ log }) => (log === undefined ? [] : ['-d', 'plugin', '-D', log]);

/** Node as the extension starts it, with what is measured. */
export function ours(guest, run) {
  const args = ['-M', 'xilinx-zynq-a9', '-m', '128', '-serial', 'null', '-serial', 'null'];
  args.push('-semihosting-config', `enable=on,target=native${semihosting(guest, run)}`);
  args.push('-device', `loader,file=${guest.elf},cpu-num=0`);
  if (run.plugin !== undefined) args.push('-plugin', run.plugin);
  if (run.tier !== undefined) args.push('-tier', run.tier);
  return { command: process.execPath, args: [cli, ...args, ...(run.extra ?? []), ...logging(run)] };
}

/** A peer plugin's `name,args` with its path. */
function peer(plugin) {
  const [name, ...args] = plugin.split(',');
  return [peerPath(name), ...args].join(',');
}

/** The same plugin as a module, built when it is first asked for. */
export function modulePlugin(plugin) {
  const [name, ...args] = plugin.split(',');
  return [buildModule(name), ...args].join(',');
}

const modules = new Map();

function buildModule(name) {
  let file = modules.get(name);
  if (file === undefined) {
    file = path.join(peerDir, `${name}.wasm`);
    const source = path.resolve('test/peer', `${name}.c`);
    const { status, stderr } = spawnSync(process.execPath, [cli, 'plugin', 'build', source, '-o', file], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${name}.c does not build: ${stderr}`);
    modules.set(name, file);
  }
  return file;
}

export function qemuSystem(guest, run) {
  const args = ['-M', 'xilinx-zynq-a9', '-m', '128', '-nographic', '-display', 'none', '-monitor', 'none'];
  args.push('-serial', 'null', '-serial', 'null');
  args.push('-semihosting-config', `enable=on,target=native${semihosting(guest, run)}`);
  args.push('-device', `loader,file=${guest.elf},cpu-num=0`);
  if (run.plugin !== undefined) args.push('-plugin', peer(run.plugin));
  return { command: system, args: [...args, ...(run.extra ?? []), ...logging(run)] };
}

export function qemuUser(guest, run) {
  const plugin = run.plugin === undefined ? [] : ['-plugin', peer(run.plugin)];
  return {
    command: user,
    args: ['-cpu', 'cortex-a9', ...plugin, ...logging(run), guest.elf, ...words(guest, { ...run, mmu: false })],
  };
}
