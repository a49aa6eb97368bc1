import type { Insn } from './insn';
import type { Form } from './template';

/** Row name to the form of its text. */
export type Forms = Readonly<Record<string, Form<Insn>>>;

/** The same form for several rows: names separated by blanks, each given `suffix`. */
export function forms(names: string, form: Form<Insn>, suffix = ''): Forms {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name + suffix, form]),
  );
}

/** Chooses one of the templates by its index; undefined where the encoding has no text. */
export function choose(choice: (insn: Insn) => number | undefined, ...templates: string[]): Form<Insn> {
  return { templates, choose: choice };
}

/** The template, unless the fields are of an encoding that the reference refuses. */
export function unless(refused: (fields: Insn['fields']) => boolean, template: string): Form<Insn> {
  return { templates: [template], choose: ({ fields }) => (refused(fields) ? undefined : 0) };
}

/** An encoding that the reference does not know. */
export const NO_TEXT: Form<Insn> = { templates: [], choose: () => undefined };
