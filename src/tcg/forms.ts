/**
 * A form is an instruction with its registers and immediates left open: a function in WebAssembly that reads them out of the
 * word and carries it out. The host compiles these functions in a millisecond or two to code that is quick at once, so code that
 * runs once does not wait until the host has warmed to our translator. What has no form, and what a form declines, is carried out
 * by the {@link DirectExecutor}.
 */
export interface InstructionForms {
  /**
   * A module that exports `run`, a {@link RunForms}, and imports the shared memory.
   * @param env byte offset of the vCPU's environment
   */
  module(memoryPages: number, env: number): Uint8Array;
  /** Whether code with these translation flags may run by forms. */
  accepts(flags: number): boolean;
  /** Words with the same index have the same form. */
  indexOf(word: number): number;
  /** The number of the form for words like this one, 0 where there is none. */
  formOf(word: number): number;
}

/**
 * Carries out instructions of a block from `pc` on, at most `count` (from 1), as long as there are forms for them at
 * {@link ENV_FORMS} that do not decline.
 * @param host host offset of the first one
 * @param tlb bytes from the TLB's first entry to those of the MMU index
 * @param page host offset of the small page with the block: stores to it are declined
 * @returns how many are done; {@link FORMS_ENDED} besides if the last one has ended the block, whose successor the state then
 *   names. Else the pc global is as before.
 */
export type RunForms = (pc: number, host: number, count: number, tlb: number, page: number) => number;

export const FORMS_ENDED = 1 << 16;
