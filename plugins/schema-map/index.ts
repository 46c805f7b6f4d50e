import { defineContext, type Tree } from '../../src/plugin-api.ts';
import { applyAll } from './apply.ts';
import { briefOf, type MigrationDone } from './brief.ts';
import { manifest } from './manifest.ts';
import { migrationFiles, upPart } from './migrations.ts';
import { emptyModel, type NotUnderstood, type Table } from './model.ts';
import { relationsOf } from './relations.ts';
import { parseSql } from './sql.ts';

const largest = 1024 * 1024;

/** The text of a file, or why it cannot be one. */
async function textOf(tree: Tree, file: string): Promise<{ readonly text: string } | { readonly why: string }> {
  const bytes = await tree.readBytes(file);
  if (bytes.length > largest) return { why: `it has ${bytes.length.toLocaleString('en')} bytes; files over 1 MiB are not read` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { why: 'it is a binary file' } : { text };
  } catch {
    return { why: 'it is not UTF-8 text' };
  }
}

const tableOut = (table: Table) => ({
  name: table.name,
  columns: table.columns,
  'primary-key': table.primaryKey,
  uniques: byName(table.uniques),
  'foreign-keys': byName(table.foreignKeys).map(({ onDelete, onUpdate, ...key }) => ({
    ...key,
    'on-delete': onDelete,
    'on-update': onUpdate,
  })),
  checks: byName(table.checks).map(({ name, expression }) => ({ name, expression })),
  indexes: byName(table.indexes).map(({ name, parts, unique, method, where }) => ({
    name,
    columns: parts,
    unique,
    method,
    where,
  })),
  'partition-of': table.partitionOf,
  file: table.file,
});
const byName = <T extends { readonly name: string }>(items: Iterable<T>): readonly T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : 1));

export default defineContext(manifest, async (inputs, host) => {
  const tree = host.trees.base;
  const found = await migrationFiles(tree, inputs.migrations);
  const model = emptyModel();
  const notUnderstood: NotUnderstood[] = [...found.notUnderstood];
  const migrations: MigrationDone[] = [];
  for (const [n, { file, down }] of found.files.entries()) {
    host.signal.throwIfAborted();
    host.progress(n / found.files.length, file);
    const read = await textOf(tree, file);
    if ('why' in read) {
      notUnderstood.push({ file, line: null, what: file.split('/').at(-1) ?? file, why: read.why });
      migrations.push({ file, does: [], down });
      continue;
    }
    const part = upPart(read.text);
    const parsed = await parseSql(part.text, { file, firstLine: part.firstLine });
    model.searchPath = 'public';
    const applied = applyAll(model, file, parsed.statements);
    notUnderstood.push(...parsed.notUnderstood, ...applied.notUnderstood);
    migrations.push({ file, does: applied.does, down: down ?? (part.hasDown ? file : null) });
  }
  if (migrations.length === 0) host.log.warn('No SQL migration was found; `migrations:` says where they are.');
  if (notUnderstood.length > 0)
    host.log.info(`${notUnderstood.length} places are not in the map; they are listed in not-understood.`);
  const relations = relationsOf(model);
  return {
    outputs: {
      tables: byName(model.tables.values()).map(tableOut),
      enums: byName([...model.enums].map(([name, values]) => ({ name, values }))),
      views: byName(model.views.values()),
      relations,
      migrations,
      'not-understood': notUnderstood,
    },
    brief: briefOf({ model, relations, migrations, notUnderstood, tokens: inputs['max-tokens'] }),
  };
});
