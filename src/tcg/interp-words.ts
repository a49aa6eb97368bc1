import { byteSwap32, mulHighUnsigned } from '../common/bits';
import { Bytecode } from './bytecode';

/**
 * Executes the operation at `i` of lowered code `c` on the environment `m`, one of those on words that are not the
 * interpreter's most frequent ones.
 * @returns the next operation's position
 */
export function executeOnWords(op: Bytecode, m: Int32Array, c: Int32Array, i: number): number {
  switch (op) {
    case Bytecode.clz:
      m[c[i + 1]] = Math.clz32(m[c[i + 2]]);
      return i + 3;
    case Bytecode.bswap16:
      m[c[i + 1]] = ((m[c[i + 2]] & 0xff) << 8) | ((m[c[i + 2]] >>> 8) & 0xff);
      return i + 3;
    case Bytecode.bswap32:
      m[c[i + 1]] = byteSwap32(m[c[i + 2]]);
      return i + 3;
    case Bytecode.ext8s:
      m[c[i + 1]] = (m[c[i + 2]] << 24) >> 24;
      return i + 3;
    case Bytecode.ext8u:
      m[c[i + 1]] = m[c[i + 2]] & 0xff;
      return i + 3;
    case Bytecode.ext16s:
      m[c[i + 1]] = (m[c[i + 2]] << 16) >> 16;
      return i + 3;
    case Bytecode.ext16u:
      m[c[i + 1]] = m[c[i + 2]] & 0xffff;
      return i + 3;
    case Bytecode.extract:
      m[c[i + 1]] = (m[c[i + 2]] << (32 - c[i + 3] - c[i + 4])) >>> (32 - c[i + 4]);
      return i + 5;
    case Bytecode.sextract:
      m[c[i + 1]] = (m[c[i + 2]] << (32 - c[i + 3] - c[i + 4])) >> (32 - c[i + 4]);
      return i + 5;
    case Bytecode.deposit: {
      const mask = ((1 << c[i + 5]) - 1) << c[i + 4];
      m[c[i + 1]] = (m[c[i + 2]] & ~mask) | ((m[c[i + 3]] << c[i + 4]) & mask);
      return i + 6;
    }
    case Bytecode.setcond_eq:
      m[c[i + 1]] = m[c[i + 2]] === m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_ne:
      m[c[i + 1]] = m[c[i + 2]] !== m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_lt:
      m[c[i + 1]] = m[c[i + 2]] < m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_ge:
      m[c[i + 1]] = m[c[i + 2]] >= m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_le:
      m[c[i + 1]] = m[c[i + 2]] <= m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_gt:
      m[c[i + 1]] = m[c[i + 2]] > m[c[i + 3]] ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_ltu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 < m[c[i + 3]] >>> 0 ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_geu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 >= m[c[i + 3]] >>> 0 ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_leu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 <= m[c[i + 3]] >>> 0 ? 1 : 0;
      return i + 4;
    case Bytecode.setcond_gtu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 > m[c[i + 3]] >>> 0 ? 1 : 0;
      return i + 4;
    case Bytecode.movcond_eq:
      m[c[i + 1]] = m[c[i + 2]] === m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_ne:
      m[c[i + 1]] = m[c[i + 2]] !== m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_lt:
      m[c[i + 1]] = m[c[i + 2]] < m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_ge:
      m[c[i + 1]] = m[c[i + 2]] >= m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_le:
      m[c[i + 1]] = m[c[i + 2]] <= m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_gt:
      m[c[i + 1]] = m[c[i + 2]] > m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_ltu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 < m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_geu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 >= m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_leu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 <= m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.movcond_gtu:
      m[c[i + 1]] = m[c[i + 2]] >>> 0 > m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
      return i + 6;
    case Bytecode.mulu2: {
      const a = m[c[i + 3]];
      const b = m[c[i + 4]];
      m[c[i + 1]] = Math.imul(a, b);
      m[c[i + 2]] = mulHighUnsigned(a, b);
      return i + 5;
    }
    case Bytecode.muls2: {
      const a = m[c[i + 3]];
      const b = m[c[i + 4]];
      m[c[i + 1]] = Math.imul(a, b);
      m[c[i + 2]] = mulHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0);
      return i + 5;
    }
    default:
      throw new Error(`interpreter: unknown operation ${op} at ${i}`);
  }
}
