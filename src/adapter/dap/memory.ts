import type { DebugProtocol } from '@vscode/debugprotocol';
import type { EngineApi } from '../engine/api';
import { bytesToEnd, isAddress, parseReference, reference } from './addresses';
import { CheckedObject } from './checked';
import type { Client, Handlers } from './client';
import { RequestError } from './errors';

/** Bytes that one readMemory may ask for. */
const READ_LIMIT = 16 * 2 ** 20;
const PROBE_STEP = 4096;
const PROBES = 64;

/** readMemory and writeMemory. */
export class MemoryRequests {
  readonly handlers: Handlers = {
    readMemory: (args) => this.read(new CheckedObject(args, 'readMemory')),
    writeMemory: (args) => this.write(new CheckedObject(args, 'writeMemory')),
  };

  /**
   * @param changed is told of memory that was written
   */
  constructor(
    private readonly engine: () => EngineApi,
    private readonly client: Client,
    private readonly changed: () => void,
  ) {}

  private async read(args: CheckedObject): Promise<DebugProtocol.ReadMemoryResponse['body']> {
    const engine = this.engine();
    const address = parseReference(args.string('memoryReference'), args.optionalInteger('offset') ?? 0);
    const count = args.integer('count', { min: 0, max: READ_LIMIT });
    if (!isAddress(address)) return { address: addressText(address), unreadableBytes: count };
    const inside = bytesToEnd(address, count);
    const bytes = inside > 0 ? await engine.readMemory(address, inside) : new Uint8Array();
    const body = { address: reference(address), data: Buffer.from(bytes).toString('base64') };
    if (bytes.length === count) return body;
    const from = address + bytes.length;
    return { ...body, unreadableBytes: await this.unreadable(engine, from, address + count) };
  }

  /** The bytes from `from` up to the next that something answers for, at most up to `end`. */
  private async unreadable(engine: EngineApi, from: number, end: number): Promise<number> {
    let probe = from;
    for (let i = 0; i < PROBES; i++) {
      probe = (Math.floor(probe / PROBE_STEP) + 1) * PROBE_STEP;
      if (probe >= end || !isAddress(probe)) break;
      if ((await engine.readMemory(probe, 1)).length) return probe - from;
    }
    return end - from;
  }

  private async write(args: CheckedObject): Promise<DebugProtocol.WriteMemoryResponse['body']> {
    const engine = this.engine();
    const offset = args.optionalInteger('offset') ?? 0;
    const address = parseReference(args.string('memoryReference'), offset);
    const data = decodeBase64(args);
    const partial = args.boolean('allowPartial', false);
    if (!isAddress(address)) throw new RequestError(`writeMemory: ${addressText(address)} is outside of memory`);
    const writable = data.subarray(0, bytesToEnd(address, data.length));
    if (!partial) {
      const there = await engine.readMemory(address, writable.length);
      if (there.length < data.length) {
        throw new RequestError(
          `writeMemory: of ${data.length} bytes at ${reference(address)} only ${there.length} are memory that can be written`,
        );
      }
    }
    const bytesWritten = await engine.writeMemory(address, writable);
    if (bytesWritten > 0) {
      this.changed();
      if (this.client.can('supportsMemoryEvent')) {
        const memoryReference = args.string('memoryReference');
        this.client.event<DebugProtocol.MemoryEvent>('memory', { memoryReference, offset, count: bytesWritten });
      }
    }
    if (bytesWritten < data.length && !partial) {
      throw new RequestError(
        `writeMemory: only ${bytesWritten} of ${data.length} bytes at ${reference(address)} could be written`,
      );
    }
    return { offset: 0, bytesWritten };
  }
}

function decodeBase64(args: CheckedObject): Uint8Array {
  const text = args.string('data', 'base64 text');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw args.wrong('data', 'base64 text');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Also of a number that is no 32-bit address. */
function addressText(address: number): string {
  return address < 0 ? `-0x${(-address).toString(16)}` : `0x${address.toString(16)}`;
}
