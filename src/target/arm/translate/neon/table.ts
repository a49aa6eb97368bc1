import type { FieldsOf } from '../../decode';
import type { ArmContext } from '../context';

/** What each row of a part of the decode table means; false where it is UNDEFINED, also because the unit is off. */
export type NeonTable<Patterns> = {
  readonly [Name in keyof Patterns]: (
    c: ArmContext,
    f: Patterns[Name] extends string ? FieldsOf<Patterns[Name]> : never,
  ) => boolean;
};
