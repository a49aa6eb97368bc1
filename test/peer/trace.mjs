// trace.c's twin for our emulator: the same options, event numbering, hash and text, specified in trace.c, except that the
// text goes to the plugin log (`text=on` instead of `out=FILE`). Load it with -plugin test/peer/trace.mjs,hash=on -d plugin.
import {
  QEMU_PLUGIN_CB_NO_REGS,
  QEMU_PLUGIN_MEM_RW,
  qemu_plugin_bool_parse,
  qemu_plugin_get_hwaddr,
  qemu_plugin_hwaddr_device_name,
  qemu_plugin_hwaddr_is_io,
  qemu_plugin_hwaddr_phys_addr,
  qemu_plugin_insn_data,
  qemu_plugin_insn_vaddr,
  qemu_plugin_mem_is_big_endian,
  qemu_plugin_mem_is_sign_extended,
  qemu_plugin_mem_is_store,
  qemu_plugin_mem_size_shift,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_tb_exec_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  qemu_plugin_tb_vaddr,
  tcg_error,
  tcg_read_memory,
} from 'qemu-plugin';

const flags = { insns: true, mem: true, tb: false, values: false, hash: false, text: false };
const numbers = { from: 0, limit: Infinity, every: Infinity, ram: 128 << 20 };

let events = 0;
let [insns, loads, stores, tbs, execs] = [0, 0, 0, 0, 0];
let laneA = 0x811c9dc5 | 0;
let laneB = 0x811c9dc5 | 0;
let lines = '';

const hex = (value, digits = 8) => (value >>> 0).toString(16).padStart(digits, '0');
const hashText = () => hex(laneA) + hex(laneB);

function mix(word) {
  laneA = Math.imul(laneA ^ word, 0x01000193);
  const b = laneB ^ word;
  laneB = Math.imul((b << 13) | (b >>> 19), 0x9e3779b1);
}

function write(text) {
  lines += text;
  if (lines.length > 1 << 16) flush();
}

function flush() {
  if (lines) qemu_plugin_outs(lines);
  lines = '';
}

const recording = () => events < numbers.limit;
const writing = () => flags.text && events >= numbers.from;

function endEvent() {
  events++;
  if (events % numbers.every === 0) write(`# ${events} ${hashText()}\n`);
}

function onTbExec(_vcpu, pc) {
  execs++;
  if (!recording()) return;
  if (flags.hash) {
    mix(0x58000000);
    mix(pc);
  }
  if (writing()) write(`X ${hex(pc)}\n`);
  endEvent();
}

function onInsn(_vcpu, insn) {
  insns++;
  if (!recording()) return;
  if (flags.hash) {
    mix(0x49000000 | insn.size);
    mix(insn.pc);
    mix(insn.opcode);
  }
  if (writing()) write(`I ${hex(insn.pc)} ${hex(insn.opcode, 2 * insn.size)}\n`);
  endEvent();
}

function onMem(vcpu, info, vaddr) {
  const store = qemu_plugin_mem_is_store(info);
  if (store) stores++;
  else loads++;
  if (!recording()) return;
  const shift = qemu_plugin_mem_size_shift(info);
  const size = 1 << shift;
  const sign = qemu_plugin_mem_is_sign_extended(info);
  const big = qemu_plugin_mem_is_big_endian(info);
  const hw = qemu_plugin_get_hwaddr(info, vaddr);
  const io = hw !== null && qemu_plugin_hwaddr_is_io(hw);
  const phys = hw === null ? vaddr : qemu_plugin_hwaddr_phys_addr(hw);
  const hasValue = flags.values && !io && shift <= 3 && phys + size <= numbers.ram;
  const value = hasValue ? tcg_read_memory(vcpu, vaddr, size) : undefined;
  if (flags.hash) {
    mix(0x4d000000 | shift | (store << 4) | (sign << 5) | (big << 6) | (io << 7) | (hasValue << 8));
    mix(vaddr);
    mix(phys);
    if (value) {
      for (let word = 0; word < size; word += 4) {
        let w = 0;
        for (let i = 0; i < 4 && word + i < size; i++) w |= value[word + i] << (8 * i);
        mix(w);
      }
    }
  }
  if (writing()) {
    const name = io ? qemu_plugin_hwaddr_device_name(hw) : 'ram';
    const kind = `${store ? 'S' : 'L'} ${hex(vaddr)} ${size}${sign ? 's' : ''}${big ? 'b' : ''}`;
    const shown = value
      ? ` ${[...value]
          .reverse()
          .map((byte) => hex(byte, 2))
          .join('')}`
      : '';
    write(`${kind} ${hex(phys)} ${name}${shown}\n`);
  }
  endEvent();
}

function onTranslation(_id, tb) {
  const n = qemu_plugin_tb_n_insns(tb);
  const start = qemu_plugin_tb_vaddr(tb);
  tbs++;
  if (flags.tb) {
    if (recording()) {
      if (flags.hash) {
        mix(0x54000000 | n);
        mix(start);
      }
      if (writing()) write(`T ${hex(start)} ${n}\n`);
      endEvent();
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, onTbExec, QEMU_PLUGIN_CB_NO_REGS, start);
  }
  for (let i = 0; i < n; i++) {
    const insn = qemu_plugin_tb_get_insn(tb, i);
    if (flags.insns) {
      const data = qemu_plugin_insn_data(insn);
      let opcode = 0;
      data.forEach((byte, k) => (opcode |= byte << (8 * k)));
      const record = { pc: qemu_plugin_insn_vaddr(insn), opcode, size: data.length };
      qemu_plugin_register_vcpu_insn_exec_cb(insn, onInsn, QEMU_PLUGIN_CB_NO_REGS, record);
    }
    if (flags.mem) {
      qemu_plugin_register_vcpu_mem_cb(insn, onMem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, undefined);
    }
  }
}

export function qemu_plugin_install(id, _info, argv) {
  for (const argument of argv) {
    const [name, value] = argument.split('=');
    if (Object.hasOwn(flags, name)) {
      const parsed = qemu_plugin_bool_parse(name, value);
      if (parsed === undefined) {
        tcg_error(`boolean argument parsing failed: ${argument}\n`);
        return -1;
      }
      flags[name] = parsed;
    } else if (Object.hasOwn(numbers, name) && Number.isInteger(Number(value))) {
      numbers[name] = Number(value);
    } else {
      tcg_error(`option parsing failed: ${argument}\n`);
      return -1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, onTranslation);
  qemu_plugin_register_atexit_cb(id, () => {
    flush();
    const counts = `insns=${insns} loads=${loads} stores=${stores} tbs=${tbs} execs=${execs} events=${events}`;
    qemu_plugin_outs(`trace: ${counts}${flags.hash ? ` hash=${hashText()}` : ''}\n`);
  });
  return 0;
}
