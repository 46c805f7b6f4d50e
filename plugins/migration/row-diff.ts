// What differs between the rows of two states of a database.
import { type DatabaseState, nullDigest, type Row, type TableState } from './state.ts';

export interface RowDifference {
  readonly table: string;
  readonly kind: 'table-gone' | 'column-gone' | 'rows-gone' | 'rows-new' | 'values';
  readonly column?: string;
  /** Rows or values that it concerns; 0 where the table was too large to tell. */
  readonly count: number;
  readonly of: number;
  /** Of `values`: how many became NULL. */
  readonly emptied?: number;
  /** Primary keys of up to three of them. */
  readonly examples: readonly string[];
}
export interface RowDiffOptions {
  /** Tables, without their schema, that a migration tool keeps for itself. */
  readonly leave: readonly string[];
  /** Compare times, random keys and sequence numbers only by whether they are there. */
  readonly tolerateVolatile: boolean;
}

const plain = (name: string): string => name.replace(/^.*\./, '').replaceAll('"', '');

/** Differences in what `before` holds, and rows that only `after` has in tables of `before`. */
export function rowDifferences(before: DatabaseState, after: DatabaseState, o: RowDiffOptions): readonly RowDifference[] {
  const now = new Map(after.tables.map((table) => [table.name, table]));
  return before.tables
    .filter(({ name }) => !o.leave.includes(plain(name)))
    .flatMap((table) => {
      const other = now.get(table.name);
      if (other !== undefined) return compare(table, other, o);
      const gone = { table: table.name, kind: 'table-gone', count: table.count, of: table.count, examples: [] } as const;
      return table.count === 0 ? [] : [gone];
    });
}

function compare(before: TableState, after: TableState, o: RowDiffOptions): readonly RowDifference[] {
  const volatile = (name: string) =>
    o.tolerateVolatile && [...before.columns, ...after.columns].some((column) => column.name === name && column.volatile);
  const at = (table: TableState, name: string) => table.columns.findIndex((column) => column.name === name);
  const common = before.columns.flatMap(({ name }) =>
    at(after, name) < 0 ? [] : [{ name, from: at(before, name), to: at(after, name), volatile: volatile(name) }],
  );
  const gone = before.columns.filter(({ name }) => at(after, name) < 0).flatMap(({ name }) => columnGone(before, name));
  if (before.rows === undefined || after.rows === undefined) return [...gone, ...compareLarge(before, after, common)];
  const keyed = sameKey(before, after) && !before.key.some(volatile);
  return [...gone, ...(keyed ? compareByKey(before, after, common) : compareAsSet(before, after, common))];
}

interface CommonColumn {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly volatile: boolean;
}
const sameKey = (a: TableState, b: TableState): boolean => a.key.length > 0 && a.key.join('\0') === b.key.join('\0');
const cell = (row: Row, at: number, volatile: boolean): string => {
  const value = row.cells[at] ?? '';
  return volatile && value !== nullDigest ? 'present' : value;
};

/** A column without values is no loss of data. */
function columnGone(table: TableState, column: string): readonly RowDifference[] {
  const at = table.columns.findIndex(({ name }) => name === column);
  const holders = table.rows?.filter((row) => row.cells[at] !== nullDigest);
  const count = holders?.length ?? table.count;
  if (count === 0) return [];
  return [{ table: table.name, kind: 'column-gone', column, count, of: table.count, examples: keys(holders ?? []) }];
}

const keys = (rows: readonly Row[]): readonly string[] => rows.slice(0, 3).flatMap(({ key }) => (key === '' ? [] : [key]));

function compareByKey(before: TableState, after: TableState, common: readonly CommonColumn[]): readonly RowDifference[] {
  const now = new Map((after.rows ?? []).map((row) => [row.key, row]));
  const then = new Set((before.rows ?? []).map(({ key }) => key));
  const gone = (before.rows ?? []).filter(({ key }) => !now.has(key));
  const fresh = (after.rows ?? []).filter(({ key }) => !then.has(key));
  const values = common.flatMap((column): readonly RowDifference[] => {
    const changed = (before.rows ?? []).filter((row) => {
      const other = now.get(row.key);
      return other !== undefined && cell(row, column.from, column.volatile) !== cell(other, column.to, column.volatile);
    });
    if (changed.length === 0) return [];
    const emptied = changed.filter((row) => now.get(row.key)?.cells[column.to] === nullDigest).length;
    const count = changed.length;
    return [
      { table: before.name, kind: 'values', column: column.name, count, of: before.count, emptied, examples: keys(changed) },
    ];
  });
  return [...rowsGone(before, gone), ...rowsNew(before, fresh), ...values];
}

const rowsGone = (table: TableState, rows: readonly Row[]): readonly RowDifference[] =>
  rows.length === 0 ? [] : [{ table: table.name, kind: 'rows-gone', count: rows.length, of: table.count, examples: keys(rows) }];
const rowsNew = (table: TableState, rows: readonly Row[]): readonly RowDifference[] =>
  rows.length === 0 ? [] : [{ table: table.name, kind: 'rows-new', count: rows.length, of: table.count, examples: keys(rows) }];

/** Without a key that both have, rows are told apart by their content only: a changed value is one row gone and one new. */
function compareAsSet(before: TableState, after: TableState, common: readonly CommonColumn[]): readonly RowDifference[] {
  const content = (row: Row, side: 'from' | 'to') => common.map((column) => cell(row, column[side], column.volatile)).join(' ');
  const left = new Map<string, number>();
  for (const row of after.rows ?? []) left.set(content(row, 'to'), (left.get(content(row, 'to')) ?? 0) + 1);
  const gone = (before.rows ?? []).filter((row) => {
    const count = left.get(content(row, 'from')) ?? 0;
    if (count > 0) left.set(content(row, 'from'), count - 1);
    return count === 0;
  });
  const fresh = (after.rows ?? []).length - ((before.rows ?? []).length - gone.length);
  if (gone.length > 0 && before.count === after.count && fresh === gone.length) {
    return [{ table: before.name, kind: 'values', count: gone.length, of: before.count, examples: keys(gone) }];
  }
  return [...rowsGone(before, gone), ...rowsNew(before, (after.rows ?? []).slice(0, fresh))];
}

/** Large tables: how many rows, and per column whether anything differs. */
function compareLarge(before: TableState, after: TableState, common: readonly CommonColumn[]): readonly RowDifference[] {
  const name = before.name;
  if (after.count < before.count) {
    return [{ table: name, kind: 'rows-gone', count: before.count - after.count, of: before.count, examples: [] }];
  }
  if (after.count > before.count) {
    return [{ table: name, kind: 'rows-new', count: after.count - before.count, of: before.count, examples: [] }];
  }
  if (before.digests === undefined || after.digests === undefined) return [];
  return common
    .filter((column) => !column.volatile && before.digests?.[column.from] !== after.digests?.[column.to])
    .map((column) => ({ table: name, kind: 'values', column: column.name, count: 0, of: before.count, examples: [] }));
}

/** "lost 3 of 20 rows", after the name of the table. */
export function differenceWords(difference: RowDifference): string {
  const { kind, column, count, of, examples } = difference;
  const named = examples.map((key) => (JSON.parse(key) as readonly string[]).join(', ')).join('; ');
  const shown = named === '' ? '' : ` (key ${named}${count > examples.length ? '; …' : ''})`;
  switch (kind) {
    case 'table-gone':
      return `is gone with its ${count} rows`;
    case 'column-gone':
      return `has lost the column ${column} with ${count} values in ${of} rows${shown}`;
    case 'rows-gone':
      return `has lost ${count} of ${of} rows${shown}`;
    case 'rows-new':
      return `has ${count} rows more than its ${of}${shown}`;
    case 'values':
      if (difference.emptied === count && count > 0)
        return `has lost the values of the column ${column} in ${count} of ${of} rows${shown}`;
      return count === 0
        ? `has other values in the column ${column}`
        : `has other values ${column === undefined ? '' : `in the column ${column} `}in ${count} of ${of} rows${shown}`;
  }
}
