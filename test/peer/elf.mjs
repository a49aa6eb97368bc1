// As much of ELF32 (little-endian ARM) as the peer tests need: symbols and segments out, a bare image in.
import { readFileSync } from 'node:fs';

/** {entry, segments: [{address, bytes, memorySize}], symbols: Map(name -> address, Thumb bit cleared)}. */
export function readElf(path) {
  const file = readFileSync(path);
  const entry = file.readUInt32LE(24);
  const segments = [];
  for (let i = 0; i < file.readUInt16LE(44); i++) {
    const at = file.readUInt32LE(28) + i * file.readUInt16LE(42);
    if (file.readUInt32LE(at) !== 1) continue;
    const offset = file.readUInt32LE(at + 4);
    const size = file.readUInt32LE(at + 16);
    segments.push({
      address: file.readUInt32LE(at + 12),
      bytes: file.subarray(offset, offset + size),
      memorySize: file.readUInt32LE(at + 20),
    });
  }
  const sections = [];
  for (let i = 0; i < file.readUInt16LE(48); i++) {
    const at = file.readUInt32LE(32) + i * file.readUInt16LE(46);
    sections.push({
      name: file.readUInt32LE(at),
      type: file.readUInt32LE(at + 4),
      address: file.readUInt32LE(at + 12),
      offset: file.readUInt32LE(at + 16),
      size: file.readUInt32LE(at + 20),
      link: file.readUInt32LE(at + 24),
    });
  }
  const text = (offset) => file.toString('latin1', offset, file.indexOf(0, offset));
  const symbols = new Map();
  const table = sections.find((section) => section.type === 2);
  if (table) {
    const strings = sections[table.link].offset;
    for (let at = table.offset; at < table.offset + table.size; at += 16) {
      const name = text(strings + file.readUInt32LE(at));
      const isFunction = (file[at + 12] & 15) === 2;
      const value = file.readUInt32LE(at + 4);
      if (name) symbols.set(name, isFunction ? (value & ~1) >>> 0 : value);
    }
  }
  const names = sections[file.readUInt16LE(50)]?.offset ?? 0;
  const section = (name) => sections.find((s) => text(names + s.name) === name);
  return { entry, segments, symbols, section };
}

/** An executable ELF32 image: `segments` [{address, bytes, memorySize?}], no sections. */
export function writeElf(entry, segments) {
  const header = Buffer.alloc(52 + 32 * segments.length);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(40, 18); // EM_ARM
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(entry, 24);
  header.writeUInt32LE(52, 28);
  header.writeUInt32LE(0x05000000, 36); // EABI version 5
  header.writeUInt16LE(52, 40);
  header.writeUInt16LE(32, 42);
  header.writeUInt16LE(segments.length, 44);
  header.writeUInt16LE(40, 46);
  let offset = header.length;
  segments.forEach(({ address, bytes, memorySize = bytes.length }, i) => {
    const at = 52 + 32 * i;
    header.writeUInt32LE(1, at);
    header.writeUInt32LE(offset, at + 4);
    header.writeUInt32LE(address, at + 8);
    header.writeUInt32LE(address, at + 12);
    header.writeUInt32LE(bytes.length, at + 16);
    header.writeUInt32LE(memorySize, at + 20);
    header.writeUInt32LE(7, at + 24);
    header.writeUInt32LE(4, at + 28);
    offset += bytes.length;
  });
  return Buffer.concat([header, ...segments.map((segment) => segment.bytes)]);
}
