// Migrations of sequelize-cli and umzug: https://sequelize.org/docs/v6/other-topics/query-interface/
import type { TableStack } from '../../../contract/tables.ts';
import type { Change, Part } from '../../change.ts';
import type { Column } from '../../model.ts';
import { openParser } from '../../sql/postgresql/sql.ts';
import { dialectOf } from '../code/dialect.ts';
import { type Doing, exportedFunction, migrationFilesOf, type ReadCall, readMigrations } from '../code/migrations.ts';
import { bagOf, flagOf, type Link, listOf, type Spot, sourceOf, textOf } from '../code/spot.ts';
import { attributeOf, type Written } from './attribute.ts';

await openParser();

/** `'users'`, `{ tableName: 'users', schema: 'shop' }`. */
function tableOf({ reading }: Doing, spot: Spot | undefined): string | undefined {
  const text = textOf(reading, spot);
  if (text !== undefined) return text;
  const bag = bagOf(reading, spot);
  const [table, schema] = [textOf(reading, bag?.get('tableName')), textOf(reading, bag?.get('schema'))];
  return table === undefined || schema === undefined || schema === 'public' ? table : `${schema}.${table}`;
}
const writtenOf = (doing: Doing): Written => ({ reading: doing.reading, dialect: doing.dialect, unclear: doing.unclear });

function columnChanges(
  doing: Doing,
  o: { readonly table: string; readonly name: string; readonly spot: Spot },
): { readonly column: Column; readonly parts: readonly Part[]; readonly before: readonly Change[] } | undefined {
  const seen = attributeOf(writtenOf(doing), { ...o, tableOf: (spot) => textOf(doing.reading, spot) });
  if (seen === undefined) return undefined;
  const parts: Part[] = [...seen.parts];
  if (seen.primary) parts.unshift({ kind: 'primary-key', key: { name: null, columns: [seen.column.name] } });
  const made = seen.column.enum !== null && seen.values !== undefined;
  return {
    column: seen.column,
    parts,
    before: made ? [{ kind: 'create-enum', name: seen.column.enum ?? '', values: seen.values ?? [] }] : [],
  };
}

function createTable(doing: Doing, table: string, link: Link): readonly Change[] {
  const bag = bagOf(doing.reading, link.arguments[1]);
  if (bag === undefined) doing.unclear(link.spot, `the columns of ${table} are not known here`);
  const columns: Column[] = [];
  const parts: Part[] = [];
  const before: Change[] = [];
  const keys: string[] = [];
  for (const [name, spot] of bag ?? []) {
    if (name === '...') {
      doing.unclear(spot, `some columns of ${table} come from what is not known here`);
      continue;
    }
    const made = columnChanges(doing, { table, name, spot });
    if (made === undefined) continue;
    columns.push(made.column);
    before.push(...made.before);
    for (const part of made.parts) {
      if (part.kind === 'primary-key') keys.push(...part.key.columns);
      else parts.push(part);
    }
  }
  if (keys.length > 0) parts.unshift({ kind: 'primary-key', key: { name: null, columns: keys } });
  for (const spot of listOf(
    doing.reading,
    bagOf(doing.reading, bagOf(doing.reading, link.arguments[2])?.get('uniqueKeys'))?.get('fields'),
  ) ?? []) {
    const column = textOf(doing.reading, spot);
    if (column !== undefined) parts.push({ kind: 'unique', key: { name: null, columns: [column] } });
  }
  return [...before, { kind: 'create-table', table, columns, parts, ifMissing: true }];
}

function indexOf(doing: Doing, table: string, link: Link): Change | undefined {
  const { reading } = doing;
  const [, second, third] = link.arguments;
  const options = bagOf(reading, third) ?? bagOf(reading, second);
  const list = listOf(reading, second) ?? listOf(reading, options?.get('fields'));
  if (list === undefined) return undefined;
  const parts = list.map(
    (one) =>
      textOf(reading, one) ??
      textOf(reading, bagOf(reading, one)?.get('name') ?? bagOf(reading, one)?.get('attribute')) ??
      sourceOf(one),
  );
  const columns = list.flatMap((one) => textOf(reading, one) ?? textOf(reading, bagOf(reading, one)?.get('name')) ?? []);
  const unique =
    flagOf(reading, options?.get('unique')) === true ||
    /^unique$/i.test(textOf(reading, options?.get('type') ?? options?.get('indicesType')) ?? '');
  const name =
    textOf(reading, options?.get('name') ?? options?.get('indexName')) ??
    [table.replace('.', '_'), ...columns]
      .join('_')
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .toLowerCase();
  return {
    kind: 'add-part',
    table,
    part: {
      kind: 'index',
      key: {
        name,
        columns,
        parts,
        unique,
        method: textOf(reading, options?.get('using') ?? options?.get('method'))?.toLowerCase() ?? 'btree',
        where: null,
      },
    },
    ifMissing: true,
  };
}

function constraintOf(doing: Doing, table: string, link: Link): Change | undefined {
  const { reading } = doing;
  const bag = bagOf(reading, link.arguments[2]) ?? bagOf(reading, link.arguments[1]);
  const fields = (listOf(reading, bag?.get('fields')) ?? listOf(reading, link.arguments[1]) ?? []).flatMap(
    (one) => textOf(reading, one) ?? [],
  );
  const name = textOf(reading, bag?.get('name')) ?? null;
  const type = textOf(reading, bag?.get('type'))?.toLowerCase();
  const reference = bagOf(reading, bag?.get('references'));
  const add = (part: Part): Change => ({ kind: 'add-part', table, part, ifMissing: false });
  if (type === 'primary key') return add({ kind: 'primary-key', key: { name, columns: fields } });
  if (type === 'unique') return add({ kind: 'unique', key: { name, columns: fields } });
  if (type === 'check')
    return add({
      kind: 'check',
      key: { name, columns: fields, expression: bag?.get('where') === undefined ? '' : sourceOf(bag.get('where') ?? link.spot) },
    });
  if (type !== 'foreign key' || reference === undefined) return undefined;
  const field = textOf(reading, reference.get('field'));
  const list = (listOf(reading, reference.get('fields')) ?? []).flatMap((one) => textOf(reading, one) ?? []);
  const action = (key: string): string => textOf(reading, bag?.get(key))?.toLowerCase() ?? 'no action';
  return add({
    kind: 'foreign-key',
    key: {
      name,
      columns: fields,
      table: tableOf(doing, reference.get('table')) ?? '',
      references: field === undefined ? list : [field],
      onDelete: action('onDelete'),
      onUpdate: action('onUpdate'),
    },
  });
}

const harmless = new Set([
  'bulkInsert',
  'bulkUpdate',
  'bulkDelete',
  'insert',
  'select',
  'describeTable',
  'showAllTables',
  'tableExists',
  'createSchema',
  'createFunction',
  'createTrigger',
  'transaction',
]);

const readCall: ReadCall = (doing, links) => {
  const { reading } = doing;
  const link = links.at(-1)?.name === 'then' || links.at(-1)?.name === 'catch' ? links.at(-2) : links.at(-1);
  if (link === undefined) return false;
  if (link.name === 'query') {
    doing.sql(
      link.arguments[0]?.node.type === 'ObjectExpression' ? bagOf(reading, link.arguments[0])?.get('query') : link.arguments[0],
    );
    return true;
  }
  if (link.name === 'transaction') return false;
  if (harmless.has(link.name)) return true;
  const text = (n: number): string | undefined => textOf(reading, link.arguments[n]);
  const table = tableOf(doing, link.arguments[0]);
  const need = <T>(value: T | undefined, read: (value: T) => readonly (Change | undefined)[]): true => {
    const changes = value === undefined ? [undefined] : read(value);
    for (const change of changes) {
      if (change === undefined) doing.unclear(link.spot, 'what this call does is not known here');
      else doing.change(change);
    }
    return true;
  };
  switch (link.name) {
    case 'createTable':
      return need(table, (name) => createTable(doing, name, link));
    case 'dropTable':
      return need(table, (name) => [{ kind: 'drop-table', table: name, ifExists: true }]);
    case 'renameTable':
      return need(table, (name) => [{ kind: 'rename-table', table: name, to: tableOf(doing, link.arguments[1]) ?? '' }]);
    case 'addColumn': {
      const [name, spot] = [text(1), link.arguments[2]];
      const made =
        table === undefined || name === undefined || spot === undefined ? undefined : columnChanges(doing, { table, name, spot });
      return need(made, ({ column, parts, before }) => [
        ...before,
        { kind: 'add-column', table: table ?? '', column, ifMissing: false, after: null },
        ...parts.map((part): Change => ({ kind: 'add-part', table: table ?? '', part, ifMissing: false })),
      ]);
    }
    case 'removeColumn':
      return need(text(1), (column) => [{ kind: 'drop-column', table: table ?? '', column, ifExists: false }]);
    case 'renameColumn':
      return need(text(1), (column) => [{ kind: 'rename-column', table: table ?? '', column, to: text(2) ?? '' }]);
    case 'changeColumn': {
      const [name, spot] = [text(1), link.arguments[2]];
      const made =
        table === undefined || name === undefined || spot === undefined ? undefined : columnChanges(doing, { table, name, spot });
      const bag = bagOf(reading, spot);
      return need(made, ({ column, parts, before }) => {
        const { at: _, generated: __, default: value, ...rest } = column;
        return [
          ...before,
          {
            kind: 'change-column',
            table: table ?? '',
            column: name ?? '',
            to: bag?.has('defaultValue') === true ? { ...rest, default: value } : rest,
          },
          ...parts
            .filter(({ kind }) => kind !== 'primary-key')
            .map((part): Change => ({ kind: 'add-part', table: table ?? '', part, ifMissing: false })),
        ];
      });
    }
    case 'addIndex':
      return need(table, (name) => [indexOf(doing, name, link)]);
    case 'removeIndex': {
      const columns = (listOf(reading, link.arguments[1]) ?? []).flatMap((one) => textOf(reading, one) ?? []);
      const name =
        text(1) ??
        (columns.length > 0 && table !== undefined
          ? [table, ...columns]
              .join('_')
              .replace(/([a-z\d])([A-Z])/g, '$1_$2')
              .toLowerCase()
          : undefined);
      return need(name, (index) => [{ kind: 'drop-part', table: table ?? '', of: 'index', name: index, ifExists: true }]);
    }
    case 'addConstraint':
      return need(table, (name) => [constraintOf(doing, name, link)]);
    case 'removeConstraint':
      return need(text(1), (name) => [{ kind: 'drop-part', table: table ?? '', of: 'constraint', name, ifExists: true }]);
    case 'dropEnum':
      return need(text(0), (name) => [{ kind: 'drop-enum', name }]);
    case 'dropAllTables':
      return need<string>(undefined, () => []);
    default:
      return false;
  }
};

export const sequelizeMigrations: TableStack = {
  name: 'sequelize-migrations',
  language: 'ecma',
  marks: [],
  knownFrom: 'https://sequelize.org/docs/v6/other-topics/migrations/',
  present: (reading) => migrationFilesOf(reading).some((file) => /\bqueryInterface\b/.test(reading.text(file) ?? '')),
  read(reading, say) {
    const files = migrationFilesOf(reading).flatMap((file) => {
      if (!/\bqueryInterface\b/i.test(reading.text(file) ?? '')) return [];
      const up = exportedFunction(reading, file, 'up');
      return up === undefined ? [] : [{ file, up, hasDown: exportedFunction(reading, file, 'down') !== undefined }];
    });
    if (files.length === 0) return [];
    return [
      readMigrations({
        reading,
        stack: 'sequelize',
        dialect: dialectOf(reading, ['sequelize', 'sequelize-typescript']),
        files,
        read: readCall,
        say,
      }),
    ];
  },
};
