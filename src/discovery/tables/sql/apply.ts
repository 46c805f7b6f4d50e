// A text of SQL, in the dialect of the model, applied to it.
import { type Applied, applyChanges } from '../apply.ts';
import type { Model } from '../model.ts';
import { parseDdl } from './ddl/parse.ts';
import { applyAll } from './postgresql/apply.ts';
import { parseSql } from './postgresql/sql.ts';

/** Of PostgreSQL, `openParser` must have been waited for. `firstLine`: where the text begins in its file. */
export function applySql(model: Model, text: string, o: { readonly file: string; readonly firstLine: number }): Applied {
  model.searchPath = 'public';
  if (model.dialect === 'mysql' || model.dialect === 'mariadb' || model.dialect === 'sqlite') {
    const parsed = parseDdl(text, { ...o, sql: model.dialect === 'sqlite' ? 'sqlite' : 'mysql' });
    const applied = applyChanges(model, o.file, parsed.changes);
    return { does: applied.does, notUnderstood: [...parsed.notUnderstood, ...applied.notUnderstood] };
  }
  const parsed = parseSql(text, o);
  const applied = applyAll(model, o.file, parsed.statements);
  return { does: applied.does, notUnderstood: [...parsed.notUnderstood, ...applied.notUnderstood] };
}
