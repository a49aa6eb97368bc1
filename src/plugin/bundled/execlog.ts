import type { GByteArray, qemu_plugin_insn, qemu_plugin_reg_descriptor } from 'qemu-plugin';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { hexAddress, hexBytes } from './format';
import { booleanOption, parseOptions } from './options';

interface Options {
  /** Beginnings of disassembly. Empty together with `addresses`: everything. */
  readonly prefixes: string[];
  readonly addresses: Set<number>;
  /** Glob patterns of register names, in lower case. */
  readonly registers: RegExp[];
  rdisas: boolean;
}

/** A register that is watched, on one vCPU. */
interface Watched {
  readonly descriptor: qemu_plugin_reg_descriptor;
  readonly bytes: GByteArray;
  last: string;
}

/** What an instruction's callback is given. */
interface Logged {
  readonly text: string;
  /** With `rdisas`, the names of registers that the disassembly mentions. */
  readonly mentions: ReadonlySet<string> | undefined;
}

/** `libexeclog.so`: a line for each executed instruction with its accesses and the registers it changed. */
export function execlogPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      const options: Options = { prefixes: [], addresses: new Set(), registers: [], rdisas: false };
      const ok = parseOptions(api, argv, {
        ifilter: (value) => {
          options.prefixes.push(value);
          return value !== '';
        },
        afilter: (value) => {
          const address = parseInt(value.replace(/^0x/i, ''), 16);
          options.addresses.add(address);
          return /^(0x)?[0-9a-f]+$/i.test(value);
        },
        reg: (value) => {
          options.registers.push(globToRegExp(value.toLowerCase()));
          return value !== '';
        },
        rdisas: booleanOption(api, 'rdisas', (value) => (options.rdisas = value)),
      });
      if (!ok) return -1;
      const log = new ExecLog(api, options);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) log.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => log.finish());
      return 0;
    },
  };
}

/** A glob of `*` and `?` for a whole name. */
function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}

class ExecLog {
  /** Lines that wait for the next instruction, by vCPU. */
  private readonly lines: (string | undefined)[] = [];
  private readonly mentions: (ReadonlySet<string> | undefined)[] = [];
  private readonly watched: Watched[][] = [];

  constructor(
    private readonly api: QemuPluginApi,
    private readonly options: Options,
  ) {}

  translated(insn: qemu_plugin_insn): void {
    const { api, options } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    const disassembly = api.qemu_plugin_insn_disas(insn);
    const all = options.prefixes.length === 0 && options.addresses.size === 0;
    const wanted =
      all || options.addresses.has(vaddr) || options.prefixes.some((prefix) => disassembly.startsWith(prefix));
    const watches = options.registers.length > 0;
    if (!wanted) {
      // The line before is due also where the next instruction is not wanted: its registers are known then.
      if (watches) api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.passed, api.QEMU_PLUGIN_CB_R_REGS, undefined);
      return;
    }
    const opcode = api.qemu_plugin_insn_data(insn).reduceRight((value, byte) => value * 256 + byte, 0);
    const logged: Logged = {
      text: `${hexAddress(vaddr)}, ${hexAddress(opcode)}, "${disassembly}"`,
      mentions: options.rdisas ? new Set(disassembly.toLowerCase().match(/[a-z][a-z0-9]*/g) ?? []) : undefined,
    };
    const flags = watches ? api.QEMU_PLUGIN_CB_R_REGS : api.QEMU_PLUGIN_CB_NO_REGS;
    api.qemu_plugin_register_vcpu_mem_cb(insn, this.accessed, flags, api.QEMU_PLUGIN_MEM_RW, undefined);
    api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.executed, flags, logged);
  }

  private readonly executed = (vcpu: number, logged: Logged): void => {
    this.emit(vcpu);
    this.lines[vcpu] = `${vcpu}, ${logged.text}`;
    this.mentions[vcpu] = logged.mentions;
  };

  private readonly passed = (vcpu: number): void => this.emit(vcpu);

  private readonly accessed = (vcpu: number, info: number, vaddr: number): void => {
    const { api } = this;
    const kind = api.qemu_plugin_mem_is_store(info) ? 'store' : 'load';
    const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
    const place = hwaddr
      ? `${hexAddress(api.qemu_plugin_hwaddr_phys_addr(hwaddr), 8)}, ${api.qemu_plugin_hwaddr_device_name(hwaddr)}`
      : hexAddress(vaddr, 8);
    this.lines[vcpu] += `, ${kind}, ${place}`;
  };

  private emit(vcpu: number): void {
    const line = this.lines[vcpu];
    if (this.options.registers.length > 0) {
      const changes = this.changes(vcpu);
      if (line !== undefined) this.api.qemu_plugin_outs(`${line}${changes}\n`);
    } else if (line !== undefined) {
      this.api.qemu_plugin_outs(`${line}\n`);
    }
    this.lines[vcpu] = undefined;
  }

  /** `, name -> value` for each watched register that has changed; all values are taken as seen. */
  private changes(vcpu: number): string {
    const { api } = this;
    let text = '';
    const isFirst = this.watched[vcpu] === undefined;
    for (const watched of (this.watched[vcpu] ??= this.watch())) {
      const { descriptor, bytes } = watched;
      bytes.set_size(0);
      if (api.qemu_plugin_read_register(descriptor.handle, bytes) <= 0) continue;
      const now = hexBytes(bytes.data, bytes.len);
      const mentions = this.mentions[vcpu];
      if (now !== watched.last && !isFirst && (!mentions || mentions.has(descriptor.name))) {
        text += `, ${descriptor.name} -> ${now}`;
      }
      watched.last = now;
    }
    return text;
  }

  private watch(): Watched[] {
    const { api, options } = this;
    return api
      .qemu_plugin_get_registers()
      .filter(({ name }) => options.registers.some((pattern) => pattern.test(name.toLowerCase())))
      .map((descriptor) => ({ descriptor, bytes: api.g_byte_array_new(), last: '' }));
  }

  /** The last instruction's line, without registers: no vCPU runs any more. */
  finish(): void {
    for (const line of this.lines) if (line !== undefined) this.api.qemu_plugin_outs(`${line}\n`);
  }
}
