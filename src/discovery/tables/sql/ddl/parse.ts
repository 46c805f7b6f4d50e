// Text in the SQL of MySQL or SQLite as changes of a schema.
import type { PlacedChange } from '../../apply.ts';
import type { Change } from '../../change.ts';
import type { Unclear } from '../../model.ts';
import { alterTableOf } from './alter.ts';
import type { Sql } from './column.ts';
import { createOf } from './create.ts';
import { Cursor, Refused } from './cursor.ts';
import { type Token, tokensOf } from './tokens.ts';

export interface ParsedDdl {
  readonly changes: readonly PlacedChange[];
  readonly notUnderstood: readonly Unclear[];
}

export function parseDdl(text: string, o: { readonly file: string; readonly firstLine: number; readonly sql: Sql }): ParsedDdl {
  const changes: PlacedChange[] = [];
  const notUnderstood: Unclear[] = [];
  const lineAt = linesOf(text, o.firstLine);
  for (const tokens of statementsOf(tokensOf(text, o.sql))) {
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (first === undefined || last === undefined) continue;
    const line = lineAt(first.start);
    const excerpt = excerptOf(text.slice(first.start, last.end));
    const cursor = new Cursor({ text, tokens, placeOf: (offset) => ({ file: o.file, line: lineAt(offset) }) });
    try {
      const made = statementOf(cursor, o.sql);
      if (typeof made === 'string') notUnderstood.push({ file: o.file, line, what: excerpt, why: made });
      else changes.push(...made.map((change) => ({ change, line, excerpt })));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      notUnderstood.push({ file: o.file, line, what: excerpt, why: `it is not understood: ${error.message}` });
    }
  }
  return { changes, notUnderstood };
}

const excerptOf = (text: string): string => {
  const line = text.slice(0, 400).replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};
function linesOf(text: string, firstLine: number): (offset: number) => number {
  const starts = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return firstLine + low;
  };
}

/** At semicolons, but for those in the body of a trigger or a routine. */
function statementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [];
  let now: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    const routine = now.slice(0, 8).some(({ text }) => /^(trigger|procedure|function|event)$/i.test(text));
    if (now.length === 0 && word === 'DELIMITER') {
      now.push(token);
      continue;
    }
    // The line of DELIMITER has no semicolon of its own to end at.
    if (/^delimiter$/i.test(now[0]?.text ?? '') && now.length > 0 && (word !== '' || token.text === ';')) {
      now = [];
      if (token.text === ';') continue;
    }
    if (routine && (word === 'BEGIN' || word === 'CASE')) depth++;
    if (routine && word === 'END' && depth > 0) depth--;
    if (token.kind === 'sign' && token.text === ';' && depth === 0) {
      statements.push(now);
      now = [];
    } else now.push(token);
  }
  return [...statements, now];
}

const rows: Readonly<Record<string, string>> = {
  INSERT: 'inserts rows',
  REPLACE: 'inserts rows',
  UPDATE: 'updates rows',
  DELETE: 'deletes rows',
  SELECT: 'selects',
  WITH: 'reads or changes rows',
  TRUNCATE: 'empties a table',
};

function statementOf(cursor: Cursor, sql: Sql): readonly Change[] | string {
  if (cursor.takes('CREATE')) return createOf(cursor, sql);
  if (cursor.takes('ALTER TABLE')) return alterTableOf(cursor, sql);
  if (cursor.takes('RENAME TABLE')) {
    const renames: Change[] = [];
    do {
      const table = cursor.name();
      cursor.needs('TO');
      renames.push({ kind: 'rename-table', table, to: cursor.name() });
    } while (cursor.takes(','));
    return renames;
  }
  if (cursor.takes('DROP')) return dropOf(cursor);
  const word = cursor.peek()?.text.toUpperCase() ?? '';
  const known = rows[word];
  if (known !== undefined) return [{ kind: 'says', what: known }];
  if (
    /^(SET|USE|BEGIN|COMMIT|START|ROLLBACK|SAVEPOINT|RELEASE|LOCK|UNLOCK|ANALYZE|ANALYSE|OPTIMIZE|VACUUM|REINDEX|DELIMITER|END|PRAGMA)$/.test(
      word,
    )
  )
    return [];
  if (/^(GRANT|REVOKE|FLUSH|ALTER)$/.test(word))
    return [{ kind: 'says', what: `${word.toLowerCase()}s something that is no table` }];
  if (/^(CALL|EXECUTE|PREPARE|DEALLOCATE)$/.test(word)) return 'it runs code; what it does to the schema is not in the map';
  return `${word} begins no statement that is known of ${sql === 'mysql' ? 'MySQL' : 'SQLite'}`;
}

function dropOf(cursor: Cursor): readonly Change[] {
  cursor.takes('TEMPORARY');
  if (cursor.takes('TABLE')) {
    const ifExists = cursor.takes('IF EXISTS');
    const tables: string[] = [];
    do tables.push(cursor.name());
    while (cursor.takes(','));
    return tables.map((table) => ({ kind: 'drop-table', table, ifExists }));
  }
  if (cursor.takes('INDEX')) {
    const ifExists = cursor.takes('IF EXISTS');
    const name = cursor.name();
    return cursor.takes('ON')
      ? [{ kind: 'drop-part', table: cursor.name(), of: 'index', name, ifExists }]
      : [{ kind: 'drop-index', name, ifExists }];
  }
  if (cursor.takes('VIEW')) {
    const ifExists = cursor.takes('IF EXISTS');
    return [{ kind: 'drop-view', name: cursor.name(), ifExists }];
  }
  return [{ kind: 'says', what: `drops a ${cursor.peek()?.text.toLowerCase() ?? 'thing'}` }];
}
