import type { DebugProtocol } from '@vscode/debugprotocol';
import { bytesToEnd, parseReference, reference } from '../addresses';
import { CheckedObject } from '../checked';
import type { Handlers } from '../client';
import type { CallbackBreakpoints, CallbackRequest } from './callback-breakpoints';

/** Data that can be watched. */
export interface DataPlace {
  readonly address: number;
  /** In bytes. */
  readonly size: number;
}

/** Finds the data that a name means, for dataBreakpointInfo. */
export interface DataPlaces {
  /** A child of a variables container. Undefined when it lies in no memory. */
  ofVariable(container: number, name: string): Promise<DataPlace | undefined>;
  /**
   * An expression in a frame, or globally without one. Undefined when it lies in no memory.
   * @throws RequestError when it cannot be evaluated
   */
  ofExpression(expression: string, frameId: number | undefined): Promise<DataPlace | undefined>;
}

const ACCESS: Readonly<Record<DebugProtocol.DataBreakpointAccessType, readonly ('mem_read' | 'mem_write')[]>> = {
  read: ['mem_read'],
  write: ['mem_write'],
  readWrite: ['mem_read', 'mem_write'],
};
const ACCESS_TYPES = ['read', 'write', 'readWrite'] as const;

/** dataBreakpointInfo and setDataBreakpoints: memory callbacks on a variable's bytes. */
export class DataBreakpointRequests {
  readonly handlers: Handlers = {
    dataBreakpointInfo: (args) => this.info(new CheckedObject(args, 'dataBreakpointInfo')),
    setDataBreakpoints: (args) => this.set(new CheckedObject(args, 'setDataBreakpoints')),
  };

  constructor(
    private readonly breakpoints: CallbackBreakpoints,
    private readonly places: DataPlaces,
  ) {}

  private async info(args: CheckedObject): Promise<DebugProtocol.DataBreakpointInfoResponse['body']> {
    const name = args.nonEmptyString('name', 'the name of a variable');
    const bytes = args.optionalInteger('bytes', { min: 1, max: 2 ** 20 });
    const container = args.optionalInteger('variablesReference', { min: 0 });
    let place: DataPlace | undefined;
    if (args.boolean('asAddress', false)) place = { address: parseReference(name), size: bytes ?? 4 };
    else if (container) place = await this.places.ofVariable(container, name);
    else place = await this.places.ofExpression(name, args.optionalInteger('frameId', { min: 0 }));
    if (!place) return { dataId: null, description: `${name} does not lie in memory` };
    const size = bytesToEnd(place.address, bytes ?? place.size);
    return {
      dataId: `${reference(place.address)}+${size}`,
      description: `${name} (${size} bytes at ${reference(place.address)})`,
      accessTypes: [...ACCESS_TYPES],
      canPersist: false,
    };
  }

  private async set(args: CheckedObject): Promise<DebugProtocol.SetDataBreakpointsResponse['body']> {
    const requests = args.objects('breakpoints').map((one): CallbackRequest => {
      const dataId = one.string('dataId');
      const match = /^(0x[0-9a-f]{1,8})\+(\d+)$/.exec(dataId);
      if (!match) throw one.wrong('dataId', 'an identifier from dataBreakpointInfo');
      const start = Number(match[1]);
      const access = one.oneOf('accessType', ACCESS_TYPES, 'write');
      const condition = one.optionalString('condition')?.trim() || undefined;
      const hitCondition = one.optionalString('hitCondition')?.trim() || undefined;
      return {
        key: JSON.stringify([dataId, access, condition, hitCondition]),
        enabled: true,
        reason: 'data breakpoint',
        parts: ACCESS[access].map((kind) => ({
          kind,
          ranges: [{ start, end: start + Math.max(1, Number(match[2])) }],
          ...(condition !== undefined && { condition }),
          ...(hitCondition !== undefined && { hitCondition }),
        })),
      };
    });
    return { breakpoints: await this.breakpoints.replace('data', requests) };
  }
}
