/**
 * The format language of the disassembler. A template is literal text with placeholders in braces:
 *
 *     add{s}{c} {rd}, {rn}, {const}
 *
 * Each placeholder names a printer of one operand or suffix. The text up to the first blank is the mnemonic. Templates
 * are compiled once: a misspelt placeholder is an error, not a wrong line in a listing.
 */

/** Prints one operand or suffix of an instruction of type `I`. */
export type Printer<I> = (insn: I) => string;

/** Gives the text of an instruction, or undefined where its encoding has none. */
export type Formatter<I> = (insn: I) => string | undefined;

/** A template, or a choice between templates by the instruction's fields; undefined refuses the encoding. */
export type Form<I> = string | { readonly templates: readonly string[]; choose(insn: I): number | undefined };

/**
 * Compiles a template.
 * @param resolve gives the printer a placeholder names, undefined for an unknown one.
 * Throws an Error that names an unknown placeholder.
 */
export function compileTemplate<I>(template: string, resolve: (name: string) => Printer<I> | undefined): Printer<I> {
  const parts = template.split(/\{([^{}]+)\}/).map((part, index): string | Printer<I> => {
    if (index % 2 === 0) return part;
    const printer = resolve(part);
    if (!printer) throw new Error(`Unknown placeholder {${part}} in the template "${template}"`);
    return printer;
  });
  return (insn) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(insn);
    return text;
  };
}

/** Compiles a form: all of its templates at once. */
export function compileForm<I>(form: Form<I>, resolve: (name: string) => Printer<I> | undefined): Formatter<I> {
  if (typeof form === 'string') return compileTemplate(form, resolve);
  const printers = form.templates.map((template) => compileTemplate(template, resolve));
  return (insn) => {
    const index = form.choose(insn);
    return index === undefined ? undefined : printers[index](insn);
  };
}
