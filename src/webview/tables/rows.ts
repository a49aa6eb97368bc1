/** Rows of a plugin's table in the order and choice that the user wants. */
export type Cell = string | number;
export type Row = readonly Cell[];

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

const MOST_DIGITS = 6;
const NUMBERS = Array.from(
  { length: MOST_DIGITS + 1 },
  (_, digits) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits || MOST_DIGITS }),
);
const NAMES = new Intl.Collator('en-US', { numeric: true });

/** A number is grouped, with so many decimals; text stays as it is. */
export function formatCell(cell: Cell, digits = 0): string {
  return typeof cell === 'number' ? (NUMBERS[digits]?.format(cell) ?? String(cell)) : cell;
}

/** The decimals that the numbers of a column need. */
export function digitsOf(rows: readonly Row[], column: number): number {
  let most = 0;
  for (const row of rows) {
    const cell = row[column];
    if (typeof cell !== 'number' || Number.isInteger(cell)) continue;
    most = Math.max(most, formatCell(cell).split('.')[1]?.length ?? 0);
    if (most === MOST_DIGITS) break;
  }
  return most;
}

/** Whether the column is one of numbers: right-aligned, sorted from the largest on at first. */
export function isNumeric(rows: readonly Row[], column: number): boolean {
  return rows.length > 0 && rows.every((row) => typeof row[column] === 'number');
}

/** The rows in which some cell has the text, in any case. */
export function filterRows(rows: readonly Row[], text: string): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return rows;
  return rows.filter((row) =>
    row.some((cell) => String(cell).toLowerCase().includes(wanted) || formatCell(cell).includes(wanted)),
  );
}

/** Sorted rows; equal ones stay in their order. Numbers come before text, text is compared as names with numbers in them. */
export function sortRows(rows: readonly Row[], sorting: Sorting | undefined): readonly Row[] {
  if (!sorting) return rows;
  const { column, descending } = sorting;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[column] ?? '', b[column] ?? ''));
}

function compare(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  return NAMES.compare(a, b);
}
