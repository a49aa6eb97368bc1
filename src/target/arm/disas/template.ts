/**
 * The format language of the disassembler. A template is literal text with placeholders in braces:
 *
 *     add{s}{c}{w} {rd}, {rn}, {imm}
 *
 * Each placeholder names a printer of one operand or suffix. The text up to the first blank is the mnemonic. Templates
 * are compiled once: a misspelt placeholder is an error when the module loads, not a wrong line in a listing.
 */

/** Prints one operand or suffix of an instruction of type `I`. */
export type Printer<I> = (insn: I) => string;

/** Gives the text of an instruction, or undefined where its encoding has none. */
export type Formatter<I> = (insn: I) => string | undefined;

/** A template, or a function that chooses one (or refuses) from the instruction's fields. */
export type Form<I> = string | ((insn: I) => string | undefined);

/** Compiles templates against a fixed set of printers. */
export class TemplateCompiler<I> {
  private readonly compiled = new Map<string, Printer<I>>();

  constructor(private readonly printers: Readonly<Record<string, Printer<I>>>) {}

  /** The printer of a whole template. Throws an Error that names an unknown placeholder. */
  compile(template: string): Printer<I> {
    const known = this.compiled.get(template);
    if (known) return known;
    const parts = template.split(/\{(\w+)\}/).map((part, index): string | Printer<I> => {
      if (index % 2 === 0) return part;
      const printer = Object.hasOwn(this.printers, part) ? this.printers[part] : undefined;
      if (!printer) throw new Error(`Unknown placeholder {${part}} in the template "${template}"`);
      return printer;
    });
    const printer = (insn: I): string => {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(insn);
      return text;
    };
    this.compiled.set(template, printer);
    return printer;
  }

  /** A formatter for a template or for a function that chooses templates. */
  formatter(form: Form<I>): Formatter<I> {
    if (typeof form === 'string') return this.compile(form);
    return (insn) => {
      const template = form(insn);
      return template === undefined ? undefined : this.compile(template)(insn);
    };
  }
}
