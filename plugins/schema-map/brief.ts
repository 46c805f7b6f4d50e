// The map as compact text, within a budget of tokens.
import { type BriefItem, fitted } from '../../src/plugin-api.ts';
import type { Model, NotUnderstood, Table } from './model.ts';
import type { Relation } from './relations.ts';

export interface MigrationDone {
  readonly file: string;
  readonly does: readonly string[];
  readonly down: string | null;
}

const short = (type: string): string =>
  type
    .replace(/timestamp(\(\d\))? with time zone/, 'timestamptz$1')
    .replace(/timestamp(\(\d\))? without time zone/, 'timestamp$1')
    .replace('character varying', 'varchar');

function tableText(table: Table): string {
  const key = table.primaryKey?.columns ?? [];
  const columns = table.columns.map((column) => {
    const words = [
      column.name,
      short(column.type),
      ...(key.length === 1 && key[0] === column.name ? ['pk'] : column.nullable ? [] : ['not null']),
      ...(column.generated === null
        ? []
        : [column.generated.endsWith('as identity') ? 'identity' : `generated (${column.generated})`]),
      ...(column.default === null ? [] : [`default ${column.default}`]),
      ...(table.uniques.some((one) => one.columns.length === 1 && one.columns[0] === column.name) ? ['unique'] : []),
      ...table.foreignKeys
        .filter((one) => one.columns.length === 1 && one.columns[0] === column.name)
        .map(
          (one) => `→ ${one.table}.${one.references.join()}${one.onDelete === 'no action' ? '' : ` on delete ${one.onDelete}`}`,
        ),
    ];
    return `  ${words.join(' ')}`;
  });
  const more = [
    ...(key.length > 1 ? [`primary key (${key.join(', ')})`] : []),
    ...table.uniques.filter((one) => one.columns.length > 1).map((one) => `unique ${one.name} (${one.columns.join(', ')})`),
    ...table.foreignKeys
      .filter((one) => one.columns.length > 1)
      .map((one) => `foreign key (${one.columns.join(', ')}) → ${one.table} (${one.references.join(', ')})`),
    ...table.checks.map((one) => `check ${one.name}: ${one.expression}`),
    ...table.indexes.map(
      (one) =>
        `${one.unique ? 'unique ' : ''}index ${one.name} ${one.method === 'btree' ? '' : `using ${one.method} `}(${one.parts.join(', ')})${one.where === null ? '' : ` where ${one.where}`}`,
    ),
  ];
  return [
    `${table.name}${table.partitionOf === null ? '' : ` (partition of ${table.partitionOf})`}`,
    ...columns,
    ...more.map((line) => `  ${line}`),
  ].join('\n');
}

/** Tables that most others point to come first, for what a change touches is most often near them. */
function byWeight(model: Model): readonly Table[] {
  const tables = [...model.tables.values()];
  const weight = (table: Table): number =>
    2 * tables.filter((other) => other.foreignKeys.some((key) => key.table === table.name)).length + table.foreignKeys.length;
  return tables.sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}

export function briefOf(o: {
  readonly model: Model;
  readonly relations: readonly Relation[];
  readonly migrations: readonly MigrationDone[];
  readonly notUnderstood: readonly NotUnderstood[];
  readonly tokens: number;
}): readonly BriefItem[] {
  if (o.migrations.length === 0) {
    return [{ title: 'Database schema', text: 'No SQL migration was found.' }, ...notUnderstoodItem(o)];
  }
  const enums = [...o.model.enums].sort().map(([name, values]) => `enum ${name}: ${values.join(', ')}`);
  const views = [...o.model.views.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, materialized, reads }) => `${materialized ? 'materialized ' : ''}view ${name} reads ${reads.join(', ')}`);
  const many = o.relations.flatMap(({ kind, from, to, through }) =>
    kind === 'many-to-many' ? [`${from} and ${to}: many to many through ${through}`] : [],
  );
  const lines = o.migrations.map(
    ({ file, does, down }) => `${file}: ${does.join('; ') || 'nothing'}${down === null ? ' (no way down)' : ''}`,
  );
  // The newest migrations matter most; they are kept when not all fit, and shown in order.
  const shown = [
    ...fitted([...lines].reverse(), o.tokens * 0.3, (count) => `(${count} older migrations are left out)`),
  ].reverse();
  return [
    {
      title: 'Database schema after all migrations',
      text: fitted(
        [...byWeight(o.model).map(tableText), ...enums, ...views, ...many],
        o.tokens * 0.6,
        (count) => `(${count} more are left out here)`,
      ).join('\n'),
    },
    { title: 'Migrations, in the order in which they are applied', text: shown.join('\n') },
    ...notUnderstoodItem(o),
  ];
}

function notUnderstoodItem(o: {
  readonly notUnderstood: readonly NotUnderstood[];
  readonly tokens: number;
}): readonly BriefItem[] {
  if (o.notUnderstood.length === 0) return [];
  const lines = o.notUnderstood.map(({ file, line, what, why }) => `${file}${line === null ? '' : `:${line}`}: ${why} — ${what}`);
  return [
    {
      title: 'Not in the map of the schema; read these yourself',
      text: fitted(lines, o.tokens * 0.1, (count) => `(${count} more)`).join('\n'),
    },
  ];
}
