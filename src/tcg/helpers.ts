/**
 * A run-time routine that IR calls for what is too large or too rare to be IR. Inputs beyond `inputs` arrive as 0.
 * Values are signed 32-bit numbers. A routine may throw a {@link CpuLoopExit} to leave the block.
 */
export type HelperFn = (a: number, b: number, c: number, d: number) => number;

export interface HelperDef {
  readonly name: string;
  /** Index into the table of routines that the target makes for each vCPU. */
  readonly index: number;
  /** 0..4 */
  readonly inputs: number;
  readonly hasOutput: boolean;
  /** Reads or writes no guest state and never throws: it may be dropped when its output is unused. */
  readonly pure: boolean;
  /** Never throws, and of the guest's state uses only the words that stay in memory: see GuestCpu.memoryWords. */
  readonly leaf?: boolean;
  /**
   * Never throws, and uses the words of the vCPU's state only, any of them: it asks nothing of the surroundings and nobody
   * looks at anything else while it runs.
   */
  readonly confined?: boolean;
  /** Called when its instruction is done, pc and aux being the next one's; it may leave the block. */
  readonly completesInstruction?: boolean;
}

/**
 * What ends a block early from inside a helper or a memory access: thrown, caught by the execution loop, handed to the
 * vCPU's `handleExit`. Not an Error: it is control flow, and making it must be cheap.
 */
export abstract class CpuLoopExit {
  /** Whether pc and aux must first be set to those of the instruction that was running. */
  abstract readonly restoresState: boolean;
}

/** Collects a target's helper definitions; the order of definition is their index. */
export class HelperSet {
  readonly defs: HelperDef[] = [];

  /** Declares helper `name` with `inputs` arguments (0..4). */
  define(
    name: string,
    inputs: number,
    options: { output?: boolean; pure?: boolean; leaf?: boolean; confined?: boolean; completes?: boolean } = {},
  ): HelperDef {
    const helper = {
      name,
      index: this.defs.length,
      inputs,
      hasOutput: options.output ?? false,
      pure: options.pure ?? false,
      leaf: options.leaf ?? options.pure ?? false,
      ...(options.confined && { confined: true }),
      ...(options.completes && { completesInstruction: true }),
    };
    this.defs.push(helper);
    return helper;
  }
}
