import { hex } from '../../common/bits';
import { decodeUtf8, encodeUtf8 } from '../../common/utf8';

// Flattened device tree: Devicetree Specification 0.4, chapter 5. Every number is big-endian.
const MAGIC = 0xd00dfeed;
const HEADER_BYTES = 40;
const enum Field {
  Magic = 0,
  TotalSize = 4,
  StructOffset = 8,
  StringsOffset = 12,
  ReservedOffset = 16,
  Version = 20,
  LastCompatible = 24,
  StringsSize = 32,
  StructSize = 36,
}
const VERSION = 17;
/** The oldest version that this one can be read as. */
const OLDEST = 16;

const enum Token {
  BeginNode = 1,
  EndNode = 2,
  Property = 3,
  Nop = 4,
  End = 9,
}

/** Why bytes are no device tree; the message names what is wrong and at which byte of the file. */
export class FdtError extends Error {}

/** One token of the structure block. Offsets count from the beginning of the blob. */
interface Item {
  readonly token: number;
  readonly start: number;
  /** Where the next token is. */
  readonly next: number;
  /** The node's or the property's name. */
  readonly name: string;
  /** A property's value. */
  readonly value: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const align4 = (n: number): number => (n + 3) & ~3;

/**
 * A device tree blob that is changed in place. New properties come first in their node and new nodes first among their
 * parent's children; what is dropped becomes NOP tokens, and padding is left as it was: a changed blob is the same, byte
 * for byte, as QEMU's.
 */
export class FlatDeviceTree {
  private readonly view: DataView;

  private constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Copies a blob into a buffer of `size` bytes, which becomes its total size, and checks every part of it.
   * Throws {@link FdtError}.
   */
  static open(blob: Uint8Array, size: number): FlatDeviceTree {
    if (blob.length < HEADER_BYTES) throw new FdtError(`not a device tree blob: it has only ${blob.length} bytes`);
    const tree = new FlatDeviceTree(new Uint8Array(Math.max(size, blob.length)));
    tree.bytes.set(blob);
    tree.checkHeader(blob.length);
    tree.checkStructure();
    tree.set(Field.Version, VERSION);
    tree.set(Field.LastCompatible, OLDEST);
    tree.set(Field.TotalSize, tree.bytes.length);
    return tree;
  }

  /** The value of a node's property; undefined when there is no such node or property. */
  property(path: string, name: string): Uint8Array | undefined {
    const node = this.findNode(path);
    if (!node) return undefined;
    return this.findProperty(node, name)?.value;
  }

  /** A property that is one cell, unsigned; undefined when it is not there or not four bytes long. */
  cell(path: string, name: string): number | undefined {
    const value = this.property(path, name);
    if (value?.length !== 4) return undefined;
    return new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
  }

  hasNode(path: string): boolean {
    return this.findNode(path) !== undefined;
  }

  /** The names of the root's children, as they are written. */
  childrenOfRoot(): string[] {
    const names: string[] = [];
    let depth = 0;
    for (const { token, name } of this.items()) {
      if (token === Token.BeginNode && depth++ === 1) names.push(name);
      if (token === Token.EndNode) depth--;
    }
    return names;
  }

  /** Sets a property of a node that exists. Throws {@link FdtError} when the buffer is too small. */
  setProperty(path: string, name: string, value: Uint8Array): void {
    const node = this.mustFind(path);
    const old = this.findProperty(node, name);
    const room = align4(value.length);
    if (old) {
      this.splice(old.start + 12, align4(old.value.length), room);
      this.view.setUint32(old.start + 4, value.length);
      this.bytes.set(value, old.start + 12);
      return;
    }
    const nameOffset = this.addString(name);
    this.splice(node.next, 0, 12 + room);
    this.view.setUint32(node.next, Token.Property);
    this.view.setUint32(node.next + 4, value.length);
    this.view.setUint32(node.next + 8, nameOffset);
    this.bytes.set(value, node.next + 12);
  }

  setString(path: string, name: string, value: string): void {
    this.setProperty(path, name, Uint8Array.of(...encodeUtf8(value), 0));
  }

  /** Sets a property of unsigned 32-bit cells. */
  setCells(path: string, name: string, ...cells: number[]): void {
    const value = new Uint8Array(cells.length * 4);
    const view = new DataView(value.buffer);
    cells.forEach((cell, i) => view.setUint32(i * 4, cell));
    this.setProperty(path, name, value);
  }

  /** Adds a node below one that exists. */
  addNode(parent: string, name: string): void {
    let at = this.mustFind(parent).next;
    for (let item = this.item(at); item.token === Token.Property || item.token === Token.Nop; item = this.item(at)) {
      at = item.next;
    }
    const bytes = encodeUtf8(name);
    const length = 4 + align4(bytes.length + 1) + 4;
    this.splice(at, 0, length);
    this.bytes.fill(0, at, at + length);
    this.view.setUint32(at, Token.BeginNode);
    this.bytes.set(bytes, at + 4);
    this.view.setUint32(at + length - 4, Token.EndNode);
  }

  /** Drops a node with all that is in it. */
  removeNode(path: string): void {
    const node = this.mustFind(path);
    let depth = 0;
    for (const { token, next } of this.items(node.start)) {
      if (token === Token.BeginNode) depth++;
      if (token !== Token.EndNode || --depth > 0) continue;
      for (let at = node.start; at < next; at += 4) this.view.setUint32(at, Token.Nop);
      return;
    }
  }

  private get(field: Field): number {
    return this.view.getUint32(field);
  }

  private set(field: Field, value: number): void {
    this.view.setUint32(field, value);
  }

  private checkHeader(length: number): void {
    if (this.get(Field.Magic) !== MAGIC) {
      throw new FdtError(
        `not a device tree blob: it begins with ${hex(this.get(Field.Magic), 8)}, not ${hex(MAGIC, 8)}`,
      );
    }
    const total = this.get(Field.TotalSize);
    if (total < HEADER_BYTES || total > length) {
      throw new FdtError(`the header says ${total} bytes (at byte 4), the file has ${length}`);
    }
    const [version, oldest] = [this.get(Field.Version), this.get(Field.LastCompatible)];
    if (version < OLDEST || oldest > VERSION) {
      throw new FdtError(`version ${version} (compatible with ${oldest}) is not one from ${OLDEST} to ${VERSION}`);
    }
    const [structure, strings, reserved] = [
      this.get(Field.StructOffset),
      this.get(Field.StringsOffset),
      this.get(Field.ReservedOffset),
    ];
    if (structure % 4 !== 0 || reserved % 8 !== 0) throw new FdtError('its blocks are not aligned (bytes 8 and 16)');
    if (reserved < HEADER_BYTES || structure < reserved || strings < structure) {
      throw new FdtError('its blocks are not in the order: memory reservations, structure, strings (bytes 8 to 19)');
    }
    if (strings + this.get(Field.StringsSize) > total) throw new FdtError('the strings block ends behind the blob');
    if (version < VERSION) this.set(Field.StructSize, strings - structure);
    if (structure + this.get(Field.StructSize) > strings) {
      throw new FdtError('the structure block runs into the strings block (byte 36)');
    }
    this.checkReservations(reserved, structure);
  }

  private checkReservations(start: number, end: number): void {
    for (let at = start; at + 16 <= end; at += 16) {
      if (this.view.getBigUint64(at) === 0n && this.view.getBigUint64(at + 8) === 0n) return;
    }
    throw new FdtError(`the memory reservations at byte ${start} have no end`);
  }

  private checkStructure(): void {
    let depth = 0;
    let roots = 0;
    for (const { token, start, next } of this.items()) {
      if (token === Token.BeginNode) {
        if (depth++ === 0 && ++roots > 1) throw new FdtError(`a second root node at byte ${start}`);
      } else if (token === Token.EndNode) {
        if (--depth < 0) throw new FdtError(`a node ends at byte ${start} that has not begun`);
      } else if (token === Token.Property && depth === 0) {
        throw new FdtError(`a property outside of nodes at byte ${start}`);
      } else if (token === Token.End) {
        if (depth > 0) throw new FdtError(`the structure ends at byte ${start} within a node`);
        this.set(Field.StructSize, next - this.get(Field.StructOffset));
      }
    }
    if (roots === 0) throw new FdtError('it has no root node');
  }

  /** The tokens from an offset on, up to and with the end. */
  private *items(from = this.get(Field.StructOffset)): Generator<Item> {
    for (let item = this.item(from); ; item = this.item(item.next)) {
      yield item;
      if (item.token === Token.End) return;
    }
  }

  private item(start: number): Item {
    const end = this.get(Field.StructOffset) + this.get(Field.StructSize);
    const need = (bytes: number): void => {
      if (start + bytes > end) throw new FdtError(`the structure block ends within a token at byte ${start}`);
    };
    need(4);
    const token = this.view.getUint32(start);
    switch (token) {
      case Token.BeginNode: {
        const zero = this.bytes.subarray(0, end).indexOf(0, start + 4);
        if (zero < 0) throw new FdtError(`the name of the node at byte ${start} has no end`);
        const name = decodeUtf8(this.bytes.subarray(start + 4, zero));
        const next = align4(zero + 1);
        need(next - start);
        return { token, start, next, name, value: NOTHING };
      }
      case Token.Property: {
        need(12);
        const length = this.view.getUint32(start + 4);
        need(12 + length);
        const name = this.string(this.view.getUint32(start + 8), start);
        const value = this.bytes.subarray(start + 12, start + 12 + length);
        return { token, start, next: start + 12 + align4(length), name, value };
      }
      case Token.EndNode:
      case Token.Nop:
      case Token.End:
        return { token, start, next: start + 4, name: '', value: NOTHING };
      default:
        throw new FdtError(`${hex(token, 8)} at byte ${start} is no token of the structure block`);
    }
  }

  private strings(): Uint8Array {
    const start = this.get(Field.StringsOffset);
    return this.bytes.subarray(start, start + this.get(Field.StringsSize));
  }

  private string(offset: number, start: number): string {
    const strings = this.strings();
    const end = offset < strings.length ? strings.indexOf(0, offset) : -1;
    if (end < 0) throw new FdtError(`the name of the property at byte ${start} is outside of the strings block`);
    return decodeUtf8(strings.subarray(offset, end));
  }

  /** The offset of a name in the strings block, at the end of a longer one as well; appended when it is not there. */
  private addString(name: string): number {
    const wanted = Uint8Array.of(...encodeUtf8(name), 0);
    const strings = this.strings();
    for (let at = 0; at + wanted.length <= strings.length; at++) {
      if (wanted.every((byte, i) => strings[at + i] === byte)) return at;
    }
    const at = this.get(Field.StringsOffset) + strings.length;
    if (at + wanted.length > this.bytes.length) throw new FdtError('no room for another name');
    this.bytes.set(wanted, at);
    this.set(Field.StringsSize, strings.length + wanted.length);
    return strings.length;
  }

  /** Makes `length` bytes of the structure block out of `old` bytes: all behind them moves. */
  private splice(at: number, old: number, length: number): void {
    const end = this.get(Field.StringsOffset) + this.get(Field.StringsSize);
    if (end + length - old > this.bytes.length) throw new FdtError('no room for changes');
    this.bytes.copyWithin(at + length, at + old, end);
    this.set(Field.StructSize, this.get(Field.StructSize) + length - old);
    this.set(Field.StringsOffset, this.get(Field.StringsOffset) + length - old);
  }

  private mustFind(path: string): Item {
    const node = this.findNode(path);
    if (!node) throw new FdtError(`it has no node ${path}`);
    return node;
  }

  /** The node at a path as `/soc/serial@e0001000`; a part may leave out the unit address. */
  private findNode(path: string): Item | undefined {
    const wanted = path.split('/').filter(Boolean);
    let found = 0;
    let depth = 0;
    for (const item of this.items()) {
      if (item.token === Token.BeginNode) {
        const isNext = depth === 0 || (depth === found && named(item.name, wanted[depth - 1]));
        if (depth === 0) found = 1;
        else if (isNext) found++;
        if (isNext && found === wanted.length + 1) return item;
        depth++;
      } else if (item.token === Token.EndNode && --depth < found) return undefined;
    }
    return undefined;
  }

  private findProperty(node: Item, name: string): Item | undefined {
    for (const item of this.items(node.next)) {
      if (item.token === Token.Property && item.name === name) return item;
      if (item.token !== Token.Property && item.token !== Token.Nop) return undefined;
    }
    return undefined;
  }
}

function named(name: string, wanted: string | undefined): boolean {
  return name === wanted || (wanted !== undefined && !wanted.includes('@') && name.startsWith(`${wanted}@`));
}
