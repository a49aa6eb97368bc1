import type { DebugProtocol } from '@vscode/debugprotocol';
import { RequestError } from './errors';
import type { DataPlace } from './breakpoints/data-requests';

/** What an assignment left. */
export interface Assigned {
  readonly value: string;
  readonly type?: string;
  readonly variablesReference?: number;
  readonly memoryReference?: string;
}

/** Which children, and how numbers are shown. */
export interface ListOptions {
  readonly start: number;
  readonly count: number | undefined;
  readonly filter: 'indexed' | 'named' | undefined;
  readonly hex: boolean;
}

/** Something with variables in it, behind a variablesReference. */
export interface VariableContainer {
  list(options: ListOptions): DebugProtocol.Variable[] | Promise<DebugProtocol.Variable[]>;
  /** Gives the child of that name a value. Absent where nothing can be assigned. */
  assign?(name: string, text: string, hex: boolean): Promise<Assigned>;
  /** Where the child of that name lies, for data breakpoints. */
  place?(name: string): Promise<DataPlace | undefined>;
}

/** The variablesReferences given out since the guest stopped. */
export class VariableStore {
  private readonly containers = new Map<number, VariableContainer>();
  private next = 1;

  readonly keep = (container: VariableContainer): number => {
    const id = this.next++;
    this.containers.set(id, container);
    return id;
  };

  /** @throws RequestError when the number is none of this stop */
  get(id: number): VariableContainer {
    const container = this.containers.get(id);
    if (!container) throw new RequestError(`there are no variables ${id}: the guest has gone on since`);
    return container;
  }

  clear(): void {
    this.containers.clear();
  }
}
