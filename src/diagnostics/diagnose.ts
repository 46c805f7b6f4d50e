import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';
import type { CodeTable, Facts } from './code-table.ts';

/** Where a diagnostic points, and what else belongs to it. */
export interface Where {
  readonly place?: Place;
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
  /** In place of the severity of the code. */
  readonly severity?: 'error' | 'warning';
}

/** One occurrence of a code of a table, in words. */
export function diagnose<const Table extends CodeTable, Code extends keyof Table & string>(
  table: Table,
  code: Code,
  facts: Facts<Table, Code>,
  where: Where = {},
): Diagnostic {
  // A table's entries have different facts; the signature above has checked that these are the entry's own.
  const entry: { severity?: 'error' | 'warning'; message(facts: unknown): string; hint(facts: unknown): string } = table[
    code
  ] as never;
  const hint = entry.hint(facts);
  return {
    code,
    severity: where.severity ?? entry.severity ?? 'error',
    message: entry.message(facts),
    ...(hint === '' ? {} : { hint }),
    ...(where.place === undefined ? {} : { place: where.place }),
    ...(where.related === undefined || where.related.length === 0 ? {} : { related: where.related }),
  };
}
