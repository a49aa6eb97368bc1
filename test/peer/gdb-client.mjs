// A small client of the GDB remote protocol, enough to drive QEMU's gdbstub for an ARM guest: registers, memory,
// stepping, breakpoints. One request at a time.
import { connect } from 'node:net';

const registerNames = [
  'r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7',
  'r8', 'r9', 'r10', 'r11', 'r12', 'sp', 'lr', 'pc',
]; // prettier-ignore
// In the layout without a target description: 16 core registers, 8 FPA registers of 12 bytes, FPS, then the CPSR.
const CPSR_NUMBER = 25;
const CPSR_OFFSET = 16 * 4 + 8 * 12 + 4;

// With a description: d0..d31, q0..q15, fpscr behind the CPSR.
const FIRST_DOUBLE = CPSR_NUMBER + 1;
const FPSCR = FIRST_DOUBLE + 48;

const hex8 = (byte) => byte.toString(16).padStart(2, '0');

function wordToHex(value) {
  const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
  return bytes.map(hex8).join('');
}

export class GdbClient {
  #socket;
  #received = '';
  #waiting;
  #closed = false;
  #described = false;

  /** `address`: {path} of a Unix socket, or {host, port}. */
  static async connect(address, timeoutMs = 10_000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        const socket = await new Promise((resolve, reject) => {
          const attempt = connect(address);
          attempt.once('connect', () => resolve(attempt));
          attempt.once('error', reject);
        });
        const client = new GdbClient(socket);
        // Acknowledgements of each packet off: the transport is reliable.
        if ((await client.request('QStartNoAckMode')) === 'OK') client.ack = false;
        return client;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  constructor(socket) {
    this.ack = true;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.#received += text;
      this.#deliver();
    });
    const ended = () => {
      this.#closed = true;
      this.#waiting?.reject(new Error('the gdb connection was closed'));
      this.#waiting = undefined;
    };
    socket.on('close', ended);
    socket.on('error', ended);
  }

  #deliver() {
    const match = /\$([^#]*)#[0-9a-f]{2}/s.exec(this.#received);
    if (!match || !this.#waiting) return;
    this.#received = this.#received.slice(match.index + match[0].length);
    if (this.ack) this.#socket.write('+');
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(this.#expand(match[1]));
  }

  // `c*n` repeats c; `}x` is x ^ 0x20.
  #expand(text) {
    let result = '';
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '*') {
        result += result.at(-1).repeat(text.charCodeAt(++i) - 29);
      } else if (text[i] === '}') {
        result += String.fromCharCode(text.charCodeAt(++i) ^ 0x20);
      } else {
        result += text[i];
      }
    }
    return result;
  }

  /** Sends a packet and returns the reply's payload. */
  request(payload) {
    if (this.#closed) return Promise.reject(new Error('the gdb connection is closed'));
    if (this.#waiting) return Promise.reject(new Error('a gdb request is already under way'));
    let sum = 0;
    for (let i = 0; i < payload.length; i++) sum = (sum + payload.charCodeAt(i)) & 255;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`$${payload}#${hex8(sum)}`);
      this.#deliver();
    });
  }

  async #command(payload) {
    const reply = await this.request(payload);
    if (reply !== 'OK') throw new Error(`gdb: ${payload} answered "${reply}"`);
  }

  /** A file of the target description: `target.xml`, or one that it includes. */
  async features(annex) {
    await this.request('qSupported:xmlRegisters=arm');
    let text = '';
    for (;;) {
      const reply = await this.request(`qXfer:features:read:${annex}:${text.length.toString(16)},7f0`);
      text += reply.slice(1);
      if (reply[0] !== 'm') return text;
    }
  }

  /**
   * Asks for the target's description, after which QEMU gives registers in its layout, those of floating point among them,
   * and steps with interrupts and timers on.
   */
  async describe() {
    await this.request('qXfer:features:read:target.xml:0,ffb');
    this.#described = true;
    await this.#command('Qqemu.sstep=1');
  }

  /** After {@link describe}: d0..d31 by halves (`d0l`, `d0h`), and fpscr. */
  async readFloating() {
    const registers = {};
    for (let n = 0; n < 32; n++) {
      const bytes = Buffer.from(await this.request(`p${(FIRST_DOUBLE + n).toString(16)}`), 'hex');
      registers[`d${n}l`] = bytes.readUInt32LE(0);
      registers[`d${n}h`] = bytes.readUInt32LE(4);
    }
    registers.fpscr = Buffer.from(await this.request(`p${FPSCR.toString(16)}`), 'hex').readUInt32LE(0);
    return registers;
  }

  /** r0..r12, sp, lr, pc, cpsr as unsigned numbers. */
  async readRegisters() {
    const reply = await this.request('g');
    const bytes = Buffer.from(reply, 'hex');
    const registers = {};
    registerNames.forEach((name, i) => {
      registers[name] = bytes.readUInt32LE(4 * i);
    });
    registers.cpsr = bytes.readUInt32LE(this.#described ? 16 * 4 : CPSR_OFFSET);
    return registers;
  }

  async writeRegister(name, value) {
    const number = name === 'cpsr' ? CPSR_NUMBER : registerNames.indexOf(name);
    if (number < 0) throw new Error(`no register ${name}`);
    await this.#command(`P${number.toString(16)}=${wordToHex(value)}`);
  }

  async readMemory(address, length) {
    const parts = [];
    for (let done = 0; done < length; done += 1024) {
      const size = Math.min(1024, length - done);
      const reply = await this.request(`m${(address + done).toString(16)},${size.toString(16)}`);
      if (/^E[0-9a-f]{2}$/.test(reply)) {
        throw new Error(`gdb: cannot read ${size} bytes at 0x${(address + done).toString(16)}`);
      }
      parts.push(Buffer.from(reply, 'hex'));
    }
    return Buffer.concat(parts);
  }

  async writeMemory(address, bytes) {
    for (let done = 0; done < bytes.length; done += 1024) {
      const part = Buffer.from(bytes.subarray(done, done + 1024));
      const at = `${(address + done).toString(16)},${part.length.toString(16)}`;
      await this.#command(`M${at}:${part.toString('hex')}`);
    }
  }

  /** Runs one instruction; returns the stop reply. */
  step() {
    return this.request('s');
  }

  /** Runs until a stop; returns the stop reply ("T05…" for a breakpoint, "W…" when the machine ended). */
  continue() {
    return this.request('c');
  }

  /** Stops a guest that continue() lets run; its promise gets the reply. */
  interrupt() {
    this.#socket.write('\x03');
  }

  setBreakpoint(address, size = 4) {
    return this.#command(`Z0,${address.toString(16)},${size}`);
  }

  removeBreakpoint(address, size = 4) {
    return this.#command(`z0,${address.toString(16)},${size}`);
  }

  /** QEMU's own switch: memory requests by physical address, device registers included. */
  physicalMemory(on) {
    return this.#command(`Qqemu.PhyMemMode:${on ? 1 : 0}`);
  }

  /** Lets the guest run on without a debugger. */
  detach() {
    return this.#command('D');
  }

  close() {
    this.#socket.destroy();
  }
}
