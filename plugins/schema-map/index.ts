import { mapTables, type TableMap } from '../../src/discovery/index.ts';
import { defineContext } from '../../src/plugin-api.ts';
import { briefOf } from './brief.ts';
import { liveSchema } from './live.ts';
import { manifest } from './manifest.ts';

const byName = <T extends { readonly name: string }>(items: Iterable<T>): readonly T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : 1));

const tableOut = (table: TableMap['tables'][number]) => ({
  name: table.name,
  entity: table.entity,
  kind: table.kind,
  source: table.source,
  columns: table.columns.map(({ at: _, enum: __, ...column }) => column),
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
  file: table.at.file,
});

export default defineContext(manifest, async (inputs, host) => {
  // A map of files alone has a host that starts nothing.
  const more = inputs.service === undefined ? [] : [await liveSchema(host, inputs.service)];
  const map = await mapTables({
    tree: host.trees.base,
    scope: (inputs.path ?? '').replace(/^(\.\/)+|\/+$/g, '').replace(/^\.$/, ''),
    migrations: inputs.migrations,
    more,
    signal: host.signal,
    progress: (fraction, label) => host.progress(fraction, label),
  });
  const notUnderstood = map.notUnderstood.map(({ file, line, what, why }) => ({ file, line, what, why }));
  if (map.sources.length === 0)
    host.log.warn('Neither migrations nor models were found; `migrations:` says where SQL migrations are.');
  if (notUnderstood.length > 0)
    host.log.info(`${notUnderstood.length} places are not in the map; they are listed in not-understood.`);
  return {
    outputs: {
      tables: map.tables.map(tableOut),
      enums: map.enums,
      views: map.views,
      relations: map.relations,
      migrations: map.migrations,
      disagreements: map.disagreements.map((one) => ({
        table: one.table,
        column: one.column,
        what: one.what,
        in: one.in,
        'not-in': one.notIn,
        file: one.at?.file ?? null,
        line: one.at?.line ?? null,
      })),
      sources: map.sources.map(({ kind, stack, dialect, files, tables, used }) => ({
        kind,
        stack,
        dialect,
        files,
        tables,
        used,
      })),
      'not-understood': notUnderstood,
    },
    brief: briefOf({ map, notUnderstood, goal: inputs.goal, tokens: inputs['max-tokens'] }),
  };
});
