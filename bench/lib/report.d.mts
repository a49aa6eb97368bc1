export interface Row {
  readonly key: string;
  readonly guest: string;
  readonly configuration?: string;
  readonly ratio?: number;
  readonly cpuRatio?: number;
  readonly ours?: number;
  readonly peer?: number;
  readonly unit?: string;
  readonly memory?: { readonly ours: number; readonly peer: number };
  readonly reports?: string;
  readonly error?: string;
}

export function asJson(
  rows: readonly Row[],
  options: { readonly cpu: boolean },
): { geomean: Record<string, number | null>; rows: readonly Row[] };

export function asTables(rows: readonly Row[], options: { readonly cpu: boolean }): string;
