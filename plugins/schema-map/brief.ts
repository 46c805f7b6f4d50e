// The map as compact text, within a budget of tokens.
import { byGoal, type Table, type TableMap } from '../../src/discovery/index.ts';
import { type BriefItem, fitted } from '../../src/plugin-api.ts';

interface NotUnderstood {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
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
function byWeight(all: readonly Table[]): readonly Table[] {
  const pointed = new Map<string, number>();
  for (const { foreignKeys } of all)
    for (const name of new Set(foreignKeys.map((key) => key.table))) pointed.set(name, (pointed.get(name) ?? 0) + 1);
  const weight = (table: Table): number => 2 * (pointed.get(table.name) ?? 0) + table.foreignKeys.length;
  return [...all].sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}

const ranked = (table: Table) => ({
  name: `${table.name} ${table.entity ?? ''}`,
  parts: table.columns.map(({ name }) => name),
  near: table.foreignKeys.map((key) => key.table),
});

export function briefOf(o: {
  readonly map: TableMap;
  readonly notUnderstood: readonly NotUnderstood[];
  readonly goal: string;
  readonly tokens: number;
}): readonly BriefItem[] {
  const { map } = o;
  if (map.sources.length === 0) {
    return [{ title: 'Database schema', text: 'Neither migrations nor models were found.' }, ...notUnderstoodItem(o)];
  }
  const enums = map.enums.map(({ name, values }) => `enum ${name}: ${values.join(', ')}`);
  const views = map.views.map(
    ({ name, materialized, reads }) =>
      `${materialized ? 'materialized ' : ''}view ${name}${reads.length === 0 ? '' : ` reads ${reads.join(', ')}`}`,
  );
  const many = map.relations.flatMap(({ kind, from, to, through }) =>
    kind === 'many-to-many' ? [`${from} and ${to}: many to many through ${through}`] : [],
  );
  const tables = byGoal(o.goal, byWeight(map.tables), ranked);
  const lines = map.migrations.map(
    ({ file, does, down }) => `${file}: ${does.join('; ') || 'nothing'}${down === null ? ' (no way down)' : ''}`,
  );
  // The newest migrations matter most; they are kept when not all fit, and shown in order.
  const shown = [
    ...fitted([...lines].reverse(), o.tokens * 0.3, (count) => `(${count} older migrations are left out)`),
  ].reverse();
  const differences = map.disagreements.map(({ what }) => what);
  return [
    {
      title: map.migrations.length === 0 ? 'Database schema, as the models declare it' : 'Database schema after all migrations',
      text: fitted(
        [...tables.map(tableText), ...enums, ...views, ...many],
        o.tokens * (differences.length === 0 ? 0.6 : 0.5),
        (count) => `(${count} more are left out here)`,
      ).join('\n'),
    },
    ...(lines.length === 0 ? [] : [{ title: 'Migrations, in the order in which they are applied', text: shown.join('\n') }]),
    ...(differences.length === 0
      ? []
      : [
          {
            title: 'Where models, migrations and the database disagree',
            text: fitted(differences, o.tokens * 0.1, (count) => `(${count} more)`).join('\n'),
          },
        ]),
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
