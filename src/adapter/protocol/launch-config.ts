/**
 * The `launch.json` attributes of a `"type": "tcg"` configuration. The manifest's schema is checked against this type.
 */
export interface LaunchConfig {
  /** Path of the ELF file to run, or of a kernel: a Linux zImage or a U-Boot image. */
  program: string;
  /** Board; default `xilinx-zynq-a9`. */
  machine?: string;
  /** CPU model; default the board's own. */
  cpu?: string;
  /** Guest RAM as QEMU's `-m`: a number of MiB or a string such as `"512M"`, `"1G"`. */
  memory?: number | string;
  /** Number of vCPUs; default 1. */
  smp?: number;
  /** Command line given to the guest by semihosting (argv[0] is the program). */
  args?: string[];
  /** Folder that relative paths and semihosting files start from; default the program's folder. */
  cwd?: string;
  /** Plugins as on QEMU's command line (`libcache.so,arg=0x100000`), or objects. */
  plugins?: (string | PluginConfig)[];
  log?: LogConfig;
  semihosting?: boolean | SemihostingConfig;
  /** Stop before the first instruction; default false. */
  stopOnEntry?: boolean;
  /** Path prefixes in the debug information and what they are here. */
  sourceMap?: Record<string, string>;
  /** More ELF files to take symbols from. */
  symbolFiles?: string[];
  /** Device tree blob for the program (QEMU's `-dtb`). */
  dtb?: string;
  /** Initial RAM disk for a Linux kernel (QEMU's `-initrd`). */
  initrd?: string;
  /** The kernel's command line (QEMU's `-append`). */
  append?: string;
  /**
   * Whether the board starts as its boot loader leaves it (clocks on, UARTs enabled); default true, for a Linux kernel
   * false.
   */
  psInit?: boolean;
  /**
   * Whether an access to an address where nothing answers is an external abort, as on hardware; default false: it reads
   * as 0 and stores are dropped, with a warning, as on QEMU's machine.
   */
  busErrors?: boolean;
  /** How the program is executed: compiled where it is hot (auto, default), interpreted, or compiled at once. */
  tier?: 'auto' | 'interp' | 'wasm';
  /** Whether the board has its level 2 cache controller (L2C-310), which QEMU's machine does not have; default false. */
  l2c?: boolean;
  /** Where the guest's UARTs and semihosting console go: the debug console (default) or a terminal. */
  console?: 'debugConsole' | 'terminal';
  /** More `-device loader,…` lines, as on QEMU's command line without `-device `. */
  loaders?: string[];
  /** Run without stopping at breakpoints (set by VS Code's "Run Without Debugging"). */
  noDebug?: boolean;
  /** Seconds that one plugin callback may take before the session is stopped and the plugin named; default 10. */
  pluginTimeout?: number;
  /** The only folder that plugins in C may open files in; default: none. */
  pluginFiles?: string;
}

export interface PluginConfig {
  /** Path of the plugin, or the name of a bundled one. */
  file: string;
  /** Arguments as after the comma on QEMU's command line, or name-value pairs. */
  args?: string[] | Record<string, string | number | boolean>;
}

export interface LogConfig {
  /** Keep what plugins print (QEMU's `-d plugin`). In VS Code it is always shown; default true. */
  plugin?: boolean;
  /** Also write it to this file (QEMU's `-D`); `%d` becomes the process id. */
  file?: string;
  /** The count of executed instructions before each line (`-d timestamps`); default false. */
  timestamps?: boolean;
}

export interface SemihostingConfig {
  enabled?: boolean;
  /** The only folder that the guest may open files in; default {@link LaunchConfig.cwd}. */
  root?: string;
}
