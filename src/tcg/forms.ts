/**
 * A form is an instruction with its registers and immediates left open: a function in WebAssembly that reads them out of the
 * word and carries it out. The host compiles these functions in a millisecond or two to code that is quick at once, so code that
 * runs once does not wait until the host has warmed to our translator. What has no form, and what a form declines, is carried out
 * by the {@link DirectExecutor}.
 */
export interface InstructionForms {
  /** Bytes of the small page at whose boundaries blocks end: they go on at the next instruction then, with no other state. */
  readonly blockBytes: number;
  /** Whether code with these translation flags may run by forms. */
  accepts(flags: number): boolean;
  /**
   * What runs them on a vCPU's environment.
   * @param env its byte offset
   * @param fromBase64 decodes base64
   */
  module(env: number, fromBase64: (text: string) => Uint8Array): FormModule;
}

export interface FormModule {
  /** A module that exports `run`, a {@link RunForms}, and imports the shared memory. */
  readonly wasm: Uint8Array;
  /** What belongs at {@link ENV_FORMS}: numbers of forms, two bytes each. */
  readonly table: Uint8Array;
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
