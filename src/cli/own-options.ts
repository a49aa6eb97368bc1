import { availableParallelism } from 'node:os';
import { UsageError } from './usage-error';

/** Takes the options that a subcommand has of its own out of its arguments; each has a value. The rest is the guest's. */
export function takeOptions(
  command: string,
  args: readonly string[],
  handlers: Readonly<Record<string, (value: string) => void>>,
): string[] {
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const match = /^--([a-z\d-]+)(?:=(.*))?$/s.exec(args[i]);
    const name = match?.[1] ?? '';
    if (!Object.hasOwn(handlers, name)) {
      rest.push(args[i]);
      continue;
    }
    const attached: string | undefined = match?.[2];
    if (attached === undefined && i + 1 >= args.length)
      throw new UsageError(`${command}: --${name} requires an argument`);
    handlers[name](attached ?? args[++i]);
  }
  return rest;
}

/** A whole number from `least` on. */
export function wholeNumber(command: string, name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${command}: --${name} ${text}: a whole number from ${least} on is expected`);
  }
  return value;
}

/** How many guests run at a time where nobody says. */
export const defaultJobs = (): number => availableParallelism();

/** A row of comma-separated values (RFC 4180). */
export function csvRow(cells: readonly (string | number)[]): string {
  const field = (cell: string | number): string => {
    const text = String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${cells.map(field).join(',')}\r\n`;
}

/** Columns aligned, numbers to the right. */
export function textTable(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const pad = (cell: string | number, column: number, last: boolean): string => {
    if (typeof cell === 'number') return String(cell).padStart(widths[column]);
    return last ? cell : cell.padEnd(widths[column]);
  };
  return rows
    .map(
      (row) =>
        row
          .map((cell, i) => pad(cell, i, i === row.length - 1))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('');
}
