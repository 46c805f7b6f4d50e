// CREATE of MySQL and SQLite.
import type { Change, Part } from '../../change.ts';
import type { Column } from '../../model.ts';
import { columnOf, type Sql } from './column.ts';
import type { Cursor } from './cursor.ts';
import { indexOf, partOf } from './part.ts';

export function createOf(cursor: Cursor, sql: Sql): readonly Change[] | string {
  cursor.takes('OR REPLACE');
  const temporary = cursor.takes('TEMPORARY', 'TEMP');
  if (cursor.takes('TABLE')) return temporary ? [{ kind: 'says', what: 'creates a temporary table' }] : tableOf(cursor, sql);
  const unique = cursor.takes('UNIQUE');
  const method = cursor.takes('FULLTEXT') ? 'fulltext' : cursor.takes('SPATIAL') ? 'spatial' : 'btree';
  if (cursor.takes('INDEX')) {
    const ifMissing = cursor.takes('IF NOT EXISTS');
    const name = cursor.name();
    if (cursor.takes('USING')) cursor.next();
    cursor.needs('ON');
    const table = cursor.name();
    const key = indexOf(cursor, { name, unique, method });
    return [{ kind: 'add-part', table, part: { kind: 'index', key }, ifMissing }];
  }
  if (cursor.takes('ALGORITHM')) while (!cursor.done && !cursor.sees('VIEW')) cursor.next();
  if (cursor.takes('VIEW')) {
    cursor.takes('IF NOT EXISTS');
    const name = cursor.name();
    return [{ kind: 'create-view', view: { name, materialized: false, reads: readsOf(cursor) } }];
  }
  const what = cursor.peek()?.text.toLowerCase() ?? '';
  if (what === 'virtual') return 'the columns of a virtual table are what its module makes; it is not in the map';
  return [{ kind: 'says', what: `creates ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what === 'definer' ? 'routine' : what}` }];
}

function tableOf(cursor: Cursor, sql: Sql): readonly Change[] | string {
  const ifMissing = cursor.takes('IF NOT EXISTS');
  const table = cursor.name();
  if (cursor.takes('LIKE')) return [{ kind: 'copy-table', table, of: cursor.name() }];
  if (cursor.sees('( LIKE')) {
    cursor.takes('( LIKE');
    return [{ kind: 'copy-table', table, of: cursor.name() }];
  }
  if (!cursor.sees('(') || cursor.sees('( SELECT'))
    return `the columns of ${table} follow from a query; the table is not in the map`;
  const columns: Column[] = [];
  const parts: Part[] = [];
  cursor.needs('(');
  do {
    const part = partOf(cursor, sql);
    if (part !== undefined) parts.push(part);
    else {
      const made = columnOf(cursor, sql);
      columns.push(made.column);
      parts.push(...made.parts);
    }
    // SQLite takes constraints without a comma between them.
  } while (cursor.takes(',') || (sql === 'sqlite' && !cursor.done && !cursor.sees(')')));
  cursor.needs(')');
  return [{ kind: 'create-table', table, columns, parts, ifMissing }];
}

/** The names after FROM and JOIN. */
function readsOf(cursor: Cursor): readonly string[] {
  const names = new Set<string>();
  while (!cursor.done) {
    if (cursor.takes('FROM', 'JOIN')) {
      if (!cursor.sees('(')) names.add(cursor.name());
    } else cursor.next();
  }
  return [...names].sort();
}
