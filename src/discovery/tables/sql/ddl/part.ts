// Keys, checks and indexes of MySQL and SQLite.
import type { ForeignKeyWritten, IndexWritten, Part } from '../../change.ts';
import type { Cursor } from './cursor.ts';

export function referenceOf(cursor: Cursor): Omit<ForeignKeyWritten, 'name' | 'columns'> {
  const table = cursor.name();
  const references = cursor.sees('(') ? elementsOf(cursor).columns : [];
  let [onDelete, onUpdate] = ['no action', 'no action'];
  for (;;) {
    if (cursor.takes('ON DELETE')) onDelete = actionOf(cursor);
    else if (cursor.takes('ON UPDATE')) onUpdate = actionOf(cursor);
    else if (cursor.takes('MATCH')) cursor.next();
    else if (cursor.takes('NOT DEFERRABLE', 'DEFERRABLE', 'INITIALLY DEFERRED', 'INITIALLY IMMEDIATE')) continue;
    else return { table, references, onDelete, onUpdate };
  }
}
function actionOf(cursor: Cursor): string {
  const found = ['SET NULL', 'SET DEFAULT', 'CASCADE', 'RESTRICT', 'NO ACTION'].find((words) => cursor.takes(words));
  return found?.toLowerCase() ?? 'no action';
}

/** `(name(10) DESC, (lower(x)))`. */
function elementsOf(cursor: Cursor): { readonly columns: readonly string[]; readonly parts: readonly string[] } {
  const columns: string[] = [];
  const parts = cursor.list(() => {
    const first = cursor.peek();
    const alone = first?.kind !== 'sign' && first?.kind !== 'number' && cursor.peek(1)?.text;
    const written = cursor.upTo(() => false);
    if (first !== undefined && (alone === ',' || alone === ')' || /^(asc|desc|collate)$/i.test(String(alone)))) {
      columns.push(first.text);
      return /\b(desc)\b/i.test(written) ? `${first.text} DESC` : first.text;
    }
    // A prefix `name(10)` is of the column; `lower(name)` is an expression.
    if (first !== undefined && /^[`"\w]+\s*\(\s*\d+\s*\)/.test(written)) columns.push(first.text);
    return written;
  });
  return { columns, parts };
}

export function indexOf(
  cursor: Cursor,
  o: { readonly name: string | null; readonly unique: boolean; readonly method: string },
): IndexWritten {
  let method = o.method;
  if (cursor.takes('USING')) method = cursor.name().toLowerCase();
  const { columns, parts } = elementsOf(cursor);
  if (cursor.takes('USING')) method = cursor.name().toLowerCase();
  const where = cursor.takes('WHERE') ? cursor.upTo(() => false) : null;
  return { name: o.name, columns, parts, unique: o.unique, method, where };
}

/** A constraint or an index inside CREATE TABLE or after ALTER TABLE … ADD; undefined: it is a column. */
export function partOf(cursor: Cursor, sql: 'mysql' | 'sqlite'): Part | undefined {
  let named: string | null = null;
  if (cursor.takes('CONSTRAINT')) {
    named =
      /^(primary|unique|foreign|check)$/i.test(cursor.peek()?.text ?? '') && cursor.peek()?.kind === 'word'
        ? null
        : cursor.name();
  }
  const ownName = (): string | null => {
    const token = cursor.peek();
    const free = token !== undefined && token.kind !== 'sign' && !cursor.sees('USING');
    return free ? cursor.name() : named;
  };
  // SQLite needs no comma before the next one.
  const begins = /^(constraint|unique|check|foreign|primary)$/i;
  const rest = (): void => void cursor.upTo((token) => sql === 'sqlite' && token.kind === 'word' && begins.test(token.text));
  const using = (): void => void (cursor.takes('USING') && cursor.next());
  if (cursor.takes('PRIMARY KEY')) {
    // MySQL takes a name here and forgets it.
    if (!cursor.sees('(') && !cursor.sees('USING')) cursor.name();
    using();
    const { columns } = elementsOf(cursor);
    rest();
    return { kind: 'primary-key', key: { name: named, columns } };
  }
  if (cursor.takes('UNIQUE')) {
    cursor.takes('KEY', 'INDEX');
    const name = ownName();
    using();
    const { columns, parts } = elementsOf(cursor);
    rest();
    if (columns.length < parts.length)
      return { kind: 'index', key: { name, columns, parts, unique: true, method: 'btree', where: null } };
    return { kind: 'unique', key: { name, columns } };
  }
  if (cursor.takes('FOREIGN KEY')) {
    const name = cursor.sees('(') ? named : ownName();
    const { columns } = elementsOf(cursor);
    cursor.needs('REFERENCES');
    return { kind: 'foreign-key', key: { name: named ?? name, columns, ...referenceOf(cursor) } };
  }
  if (cursor.sees('CHECK (')) {
    cursor.next();
    const expression = cursor.group();
    rest();
    return { kind: 'check', key: { name: named, columns: [], expression } };
  }
  if (sql === 'mysql') {
    const method = cursor.sees('FULLTEXT') ? 'fulltext' : cursor.sees('SPATIAL') ? 'spatial' : undefined;
    if (method !== undefined) {
      cursor.next();
      cursor.takes('KEY', 'INDEX');
    } else if ((cursor.sees('KEY') || cursor.sees('INDEX')) && !isColumn(cursor, 1)) cursor.next();
    else return undefined;
    const key = indexOf(cursor, { name: ownName(), unique: false, method: method ?? 'btree' });
    rest();
    return { kind: 'index', key };
  }
  return undefined;
}

/** `key varchar(10)` is a column that is called key; `key (a)` and `key name (a)` are indexes. */
function isColumn(cursor: Cursor, ahead: number): boolean {
  if (cursor.peek(ahead)?.text === '(') return false;
  const after = cursor.peek(ahead + 1)?.text ?? '';
  return after !== '(' && !/^(using|key|index)$/i.test(after) ? true : cursor.peek(ahead + 2)?.kind === 'number';
}
