import { GUEST_BASE, MODELS_BASE } from './layout';

/** A piece of memory for a model's state, zeroed. */
export interface ModelPiece {
  readonly buffer: ArrayBufferLike;
  /** Where it begins in the buffer, in bytes; a multiple of 64. */
  readonly offset: number;
  /** Whether it lies in the shared memory, where translated code reaches it. */
  readonly shared: boolean;
}

const ALIGNMENT = 64;

/** Gives out the part of the shared memory that is for models' state, and ordinary memory when that is used up. */
export class ModelMemory {
  private next = MODELS_BASE;
  private readonly end: number;

  constructor(private readonly buffer: ArrayBufferLike) {
    this.end = Math.min(buffer.byteLength, GUEST_BASE);
  }

  allocate(bytes: number): ModelPiece {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (this.next + size > this.end) return ownPiece(size);
    const piece = { buffer: this.buffer, offset: this.next, shared: true };
    this.next += size;
    new Uint8Array(this.buffer, piece.offset, size).fill(0);
    return piece;
  }
}

/** A piece outside of the shared memory. */
export function ownPiece(bytes: number): ModelPiece {
  return { buffer: new ArrayBuffer(bytes), offset: 0, shared: false };
}
