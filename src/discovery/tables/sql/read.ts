// SQL migrations of a tree as what they make.
import type { Files } from '../../contract/reading.ts';
import type { Migration, SchemaPart } from '../../contract/tables.ts';
import { emptyModel, type Model, type Unclear } from '../model.ts';
import { applySql } from './apply.ts';
import { dialectOf, otherDatabase, type SqlDialect, settledBy } from './dialect.ts';
import { folderOf, type MigrationFile, type MigrationFiles, upPart } from './migrations.ts';
import { openParser } from './postgresql/sql.ts';
import { sqlText } from './text.ts';

export interface SqlRead {
  readonly parts: readonly SchemaPart[];
  readonly notUnderstood: readonly Unclear[];
}
interface Group {
  readonly dialect: SqlDialect;
  readonly files: readonly MigrationFile[];
}

export async function readSql(o: {
  readonly tree: Files;
  readonly scope: string;
  readonly found: MigrationFiles;
  readonly hints: ReadonlySet<SqlDialect>;
  readonly signal: AbortSignal;
  progress(fraction: number, file: string): void;
}): Promise<SqlRead> {
  const { files } = o.found;
  const texts = new Map<string, string>();
  const notUnderstood: Unclear[] = [];
  for (const [n, { file }] of files.entries()) {
    o.signal.throwIfAborted();
    o.progress(n / files.length, file);
    const read = sqlText(await o.tree.readBytes(file));
    if ('text' in read) texts.set(file, read.text);
    const why = 'why' in read ? read.why : read.but;
    if (why !== undefined) notUnderstood.push({ file, line: null, what: file.split('/').at(-1) ?? file, why });
  }
  await openParser();
  const groups = await groupsOf({ ...o, texts, unclear: (one) => notUnderstood.push(one) });
  const parts = groups.map((group): SchemaPart => {
    const model = emptyModel(group.dialect);
    const migrations = group.files.map(({ file, down }): Migration => {
      const text = texts.get(file);
      if (text === undefined) return { file, does: [], down };
      const part = upPart(text);
      const applied = applySql(model, part.text, { file, firstLine: part.firstLine });
      notUnderstood.push(...applied.notUnderstood);
      return { file, does: applied.does, down: down ?? (part.hasDown ? file : null) };
    });
    return partOf(model, { kind: o.found.isDump ? 'dump' : 'migrations', stack: 'sql', scope: o.scope, migrations });
  });
  return { parts, notUnderstood };
}

export function partOf(
  model: Model,
  o: {
    readonly kind: SchemaPart['source']['kind'];
    readonly stack: string;
    readonly scope: string;
    readonly migrations: readonly Migration[];
  },
): SchemaPart {
  return {
    source: { kind: o.kind, stack: o.stack, dialect: model.dialect, files: o.migrations.map(({ file }) => file) },
    scope: o.scope,
    tables: [...model.tables.values()],
    enums: [...model.enums].map(([name, values]) => ({ name, values })),
    views: [...model.views.values()],
    relations: [],
    migrations: o.migrations,
  };
}

/** Folders of one dialect are applied one after the other; each dialect makes a schema of its own. */
async function groupsOf(o: {
  readonly tree: Files;
  readonly found: MigrationFiles;
  readonly texts: ReadonlyMap<string, string>;
  readonly hints: ReadonlySet<SqlDialect>;
  unclear(what: Unclear): void;
}): Promise<readonly Group[]> {
  const folders = new Map<string, MigrationFile[]>();
  for (const one of o.found.files) folders.set(folderOf(one.file), [...(folders.get(folderOf(one.file)) ?? []), one]);
  const settings = await o.tree.glob(['**/migration_lock.toml', '**/meta/_journal.json']);
  const byDialect = new Map<SqlDialect, MigrationFile[]>();
  for (const [folder, files] of folders) {
    const other = otherDatabase(files.flatMap(({ file }) => o.texts.get(file) ?? []));
    if (other !== undefined) {
      const [first] = files;
      const why = `it is SQL of ${other}, which is not in the map; so are the ${files.length} files of its folder`;
      if (first !== undefined) o.unclear({ file: first.file, line: null, what: folder, why });
      continue;
    }
    const setting = settings.find(
      (file) => file.startsWith(folder === '' ? '' : `${folder}/`) && file.slice(folder.length).split('/').length <= 3,
    );
    const read = setting === undefined ? undefined : sqlText(await o.tree.readBytes(setting));
    const settled = read !== undefined && 'text' in read ? settledBy(read.text) : undefined;
    const named = /(^|[/_-])(mysql|mariadb|sqlite3?|postgres(?:ql)?|pg)($|[/_-])/i.exec(folder)?.[2]?.toLowerCase();
    const byName =
      named === undefined
        ? undefined
        : /^(mysql|mariadb)/.test(named)
          ? 'mysql'
          : named.startsWith('sqlite')
            ? 'sqlite'
            : 'postgresql';
    const dialect =
      settled ??
      byName ??
      dialectOf(
        files.flatMap(({ file }) => o.texts.get(file) ?? []),
        o.hints,
      );
    byDialect.set(dialect, [...(byDialect.get(dialect) ?? []), ...files]);
  }
  return [...byDialect].map(([dialect, files]) => ({ dialect, files }));
}
