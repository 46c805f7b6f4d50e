import type { Spread } from './spread.ts';

export interface Row {
  readonly what: string;
  readonly value: Spread;
  readonly unit: 'ms' | 'MiB' | 'count';
  /** Against which row, and how many times it. */
  readonly against?: { readonly what: string; readonly ratio: Spread };
}

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const cells = ({ low, median, high }: Spread): string => `${number(median)} (${number(low)} to ${number(high)})`;

/** Rows as text in columns: the median, and in brackets the quartiles. */
export function table(title: string, rows: readonly Row[]): string {
  const text = [
    ['', 'median (quartiles)', 'ratio', ''],
    ...rows.map(({ what, value, unit, against }) => [
      what,
      `${cells(value)}${unit === 'count' ? '' : ` ${unit}`}`,
      against === undefined ? '' : `${cells(against.ratio)} x`,
      against === undefined ? '' : against.what,
    ]),
  ];
  const width = (column: number) => Math.max(...text.map((row) => (row[column] ?? '').length));
  const lines = text.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
  return `${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
