import type { NotUnderstood } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Dialect, Migration, SchemaPart, TableStack } from '../../contract/tables.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { bodyOf, methodOf } from '../../grammar/ruby/literal.ts';
import { applyChanges } from '../apply.ts';
import { emptyModel } from '../model.ts';
import { railsChanges } from './rails-changes.ts';

const stack = 'rails';
const schemaFile = /(^|\/)db\/(\w+_)?schema\.rb$/;
const migrationFile = /(^|\/)db\/migrate\/\d+_\w+\.rb$/;

function dialectOf(reading: Reading): Dialect {
  const config = reading.files
    .filter((file) => /(^|\/)config\/database\.yml$/.test(file))
    .map((file) => reading.text(file) ?? '')
    .join('\n');
  const adapter = /adapter:\s*["']?(postgresql|mysql2|trilogy|sqlite3|postgis)/.exec(config)?.[1];
  const named = adapter ?? ['pg', 'mysql2', 'trilogy', 'sqlite3'].find((name) => reading.packages.has(name)) ?? 'pg';
  return /mysql|trilogy/.test(named) ? 'mysql' : named === 'sqlite3' ? 'sqlite' : 'postgresql';
}
const versionOf = (root: Plain): number =>
  Number(
    /(?:Schema|Migration)\s*\[\s*(\d+\.\d+)\s*\]/.exec(root.text)?.[1] ??
      (/ActiveRecord::(Schema\.define|Migration\s*$)/m.test(root.text) ? '4.2' : '0'),
  );
/** `ActiveRecord::Schema.define(version: x) do` or the way up of a migration. */
const statementsOf = (root: Plain, isSchema: boolean): readonly Plain[] => {
  if (!isSchema) return bodyOf(methodOf(root, 'change') ?? methodOf(root, 'up'));
  const define = within(root, ['call']).find((node) => childOf(node, 'method')?.text === 'define');
  return bodyOf(define && childOf(define, 'block'));
};

function part(
  reading: Reading,
  o: { readonly files: readonly string[]; readonly kind: 'dump' | 'migrations'; readonly say: (what: NotUnderstood) => void },
): SchemaPart {
  const dialect = dialectOf(reading);
  const model = emptyModel(dialect);
  const migrations: Migration[] = [];
  for (const file of o.files) {
    const root = reading.plain(file)?.tree;
    if (root === undefined) continue;
    const [broken] = within(root, ['ERROR']);
    if (broken) {
      const why = 'it cannot be parsed, or is nested too deeply; tables in it may be missing';
      o.say({ file, line: broken.line, what: broken.text.split('\n')[0]?.slice(0, 80) ?? '', why, about: 'table', stack });
    }
    const isSchema = o.kind === 'dump';
    const { changes, unclear } = railsChanges({ dialect, file, version: versionOf(root) }, statementsOf(root, isSchema));
    const applied = applyChanges(model, file, changes);
    for (const { node, why } of unclear)
      o.say({ file, line: node.line, what: node.text.split('\n')[0]?.slice(0, 80) ?? '', why, about: 'table', stack });
    for (const one of applied.notUnderstood) o.say({ ...one, about: 'table', stack });
    const hasDown =
      methodOf(root, 'change') !== undefined || !/IrreversibleMigration|^$/.test(methodOf(root, 'down')?.text ?? '');
    if (!isSchema) migrations.push({ file, does: applied.does, down: hasDown ? file : null });
  }
  return {
    source: { kind: o.kind, stack, dialect, files: o.files },
    scope: reading.scope,
    tables: [...model.tables.values()],
    enums: [...model.enums].map(([name, values]) => ({ name, values })),
    views: [...model.views.values()],
    relations: [],
    migrations,
  };
}

/** Active Record: db/schema.rb, and the migrations of db/migrate. */
export const railsTables: TableStack = {
  name: stack,
  language: 'ruby',
  marks: [],
  reads: ['**/config/database.yml'],
  present: (reading) => reading.files.some((file) => schemaFile.test(file) || migrationFile.test(file)),
  read(reading, say) {
    const dumps = reading.files.filter((file) => schemaFile.test(file) && /ActiveRecord::Schema/.test(reading.text(file) ?? ''));
    const files = reading.files
      .filter((file) => migrationFile.test(file))
      .sort((a, b) => ((a.split('/').at(-1) ?? '') < (b.split('/').at(-1) ?? '') ? -1 : 1));
    // Old migrations are pruned or call models that are gone; the dump is what Rails itself loads.
    const quiet = dumps.length > 0 ? () => undefined : say;
    // Several dumps are several databases.
    const parts = dumps.map((file) => part(reading, { files: [file], kind: 'dump', say }));
    if (files.length === 0) return parts;
    const migrated = part(reading, { files, kind: 'migrations', say: quiet });
    const [first, ...others] = parts;
    if (first === undefined) return [migrated];
    const source = { ...first.source, files: [...first.source.files, ...files] };
    return [{ ...first, source, migrations: migrated.migrations }, ...others];
  },
  knownFrom: 'https://api.rubyonrails.org/v8.0/classes/ActiveRecord/ConnectionAdapters/SchemaStatements.html',
};
