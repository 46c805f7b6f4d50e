// ALTER TABLE of MySQL and SQLite.
import type { Change } from '../../change.ts';
import { type ColumnWritten, columnOf, type Sql } from './column.ts';
import type { Cursor } from './cursor.ts';
import { partOf } from './part.ts';

export function alterTableOf(cursor: Cursor, sql: Sql): readonly Change[] {
  cursor.takes('IF EXISTS');
  const table = cursor.name();
  const changes: Change[] = [];
  do {
    changes.push(...commandOf(cursor, { table: finalName(changes) ?? table, sql }));
    // What is left of a command, such as ALGORITHM=INPLACE.
    cursor.upTo(() => false);
  } while (cursor.takes(','));
  return changes;
}
const finalName = (changes: readonly Change[]): string | undefined =>
  changes.flatMap((one) => (one.kind === 'rename-table' ? [one.to] : [])).at(-1);

interface Of {
  readonly table: string;
  readonly sql: Sql;
}
function commandOf(cursor: Cursor, { table, sql }: Of): readonly Change[] {
  if (cursor.takes('ADD')) return added(cursor, { table, sql });
  if (cursor.takes('DROP')) return dropped(cursor, table);
  if (cursor.takes('CHANGE COLUMN', 'CHANGE')) {
    cursor.takes('IF EXISTS');
    const column = cursor.name();
    return changed(table, column, columnOf(cursor, sql));
  }
  if (cursor.takes('MODIFY COLUMN', 'MODIFY')) {
    cursor.takes('IF EXISTS');
    const made = columnOf(cursor, sql);
    return changed(table, made.column.name, made);
  }
  if (cursor.takes('RENAME COLUMN')) {
    const column = cursor.name();
    cursor.needs('TO');
    return [{ kind: 'rename-column', table, column, to: cursor.name() }];
  }
  if (cursor.takes('RENAME INDEX', 'RENAME KEY')) {
    const name = cursor.name();
    cursor.needs('TO');
    return [{ kind: 'rename-part', table, name, to: cursor.name() }];
  }
  if (cursor.takes('RENAME TO', 'RENAME AS', 'RENAME')) {
    const first = cursor.name();
    // SQLite's COLUMN is optional.
    return cursor.takes('TO')
      ? [{ kind: 'rename-column', table, column: first, to: cursor.name() }]
      : [{ kind: 'rename-table', table, to: first }];
  }
  if (cursor.takes('ALTER COLUMN', 'ALTER')) {
    const column = cursor.name();
    if (cursor.takes('SET DEFAULT')) return [{ kind: 'change-column', table, column, to: { default: cursor.upTo(() => false) } }];
    if (cursor.takes('DROP DEFAULT')) return [{ kind: 'change-column', table, column, to: { default: null } }];
    return [{ kind: 'says', what: `alters ${table}.${column}` }];
  }
  return [{ kind: 'says', what: `alters table ${table} (${cursor.peek()?.text.toLowerCase() ?? ''})` }];
}

function added(cursor: Cursor, { table, sql }: Of): readonly Change[] {
  if (!cursor.sees('COLUMN')) {
    const part = partOf(cursor, sql);
    if (part !== undefined) return [{ kind: 'add-part', table, part, ifMissing: false }];
  }
  cursor.takes('COLUMN');
  const ifMissing = cursor.takes('IF NOT EXISTS');
  const several = cursor.sees('(');
  const made = several ? cursor.list(() => columnOf(cursor, sql)) : [columnOf(cursor, sql)];
  return made.flatMap(({ column, parts, after }): readonly Change[] => [
    { kind: 'add-column', table, column, ifMissing, after },
    ...parts.map((part) => ({ kind: 'add-part' as const, table, part, ifMissing: false })),
  ]);
}

function dropped(cursor: Cursor, table: string): readonly Change[] {
  if (cursor.takes('PRIMARY KEY')) return [{ kind: 'drop-part', table, of: 'primary-key', name: null, ifExists: false }];
  const of = cursor.takes('FOREIGN KEY')
    ? 'foreign-key'
    : cursor.takes('INDEX', 'KEY')
      ? 'index'
      : cursor.takes('CHECK')
        ? 'check'
        : cursor.takes('CONSTRAINT')
          ? 'constraint'
          : undefined;
  if (of === undefined) cursor.takes('COLUMN');
  const ifExists = cursor.takes('IF EXISTS');
  const name = cursor.name();
  return [
    of === undefined ? { kind: 'drop-column', table, column: name, ifExists } : { kind: 'drop-part', table, of, name, ifExists },
  ];
}

function changed(table: string, column: string, made: ColumnWritten): readonly Change[] {
  const { at: _, ...to } = made.column;
  return [
    { kind: 'change-column', table, column, to },
    ...made.parts.map((part) => ({ kind: 'add-part' as const, table, part, ifMissing: false })),
  ];
}
