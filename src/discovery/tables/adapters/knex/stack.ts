// Migrations of Knex: the way up of each file, in the order of their names.
import type { TableStack } from '../../../contract/tables.ts';
import { isFunction } from '../../../ecma/node.ts';
import type { Change, Part } from '../../change.ts';
import type { Column } from '../../model.ts';
import { openParser } from '../../sql/postgresql/sql.ts';
import { dialectOf } from '../code/dialect.ts';
import { type Doing, exportedFunction, migrationFilesOf, type ReadCall, readMigrations } from '../code/migrations.ts';
import { chainOf, followed, type Link, type Spot, textOf } from '../code/spot.ts';
import { builderCall } from './column.ts';

await openParser();

const plainName = (name: string): string => name.replace(/^public\./, '');

/** The calls inside `(table) => { … }`. */
function builderCalls(
  doing: Doing,
  callback: Spot | undefined,
  o: { readonly table: string; readonly create: boolean },
): readonly Change[] {
  const fn = followed(doing.reading, callback);
  if (fn === undefined || !isFunction(fn.node)) {
    if (callback !== undefined) doing.unclear(callback, `what is done to ${o.table} is not known here`);
    return [];
  }
  const { unit, node } = fn;
  const parameter = node.params[0];
  const name = parameter?.type === 'Identifier' ? parameter.name : 'this';
  const changes: Change[] = [];
  let taken = node.start;
  for (const call of unit.nodes('CallExpression')) {
    if (call.start < taken || call.start < node.start || call.end > node.end) continue;
    const chain = chainOf({ unit, node: call });
    const head = chain.head.node;
    const mine = head.type === 'ThisExpression' ? name === 'this' : head.type === 'Identifier' && head.name === name;
    if (!mine) {
      if (call.arguments.some((one) => one.type === 'Identifier' && one.name === name))
        doing.unclear({ unit, node: call }, `what this does to ${o.table} is not in the map`);
      continue;
    }
    taken = call.end;
    const made = builderCall(doing, { ...o, links: chain.links });
    if (made === undefined) doing.unclear({ unit, node: call }, `this call on the table ${o.table} is not understood`);
    else changes.push(...made);
  }
  return changes;
}

/** What belongs to the table goes with it, so that it says one thing: "creates table orders (5 columns)". */
function asTable(table: string, changes: readonly Change[], ifMissing: boolean): readonly Change[] {
  const columns: Column[] = [];
  const parts: Part[] = [];
  const others: Change[] = [];
  for (const one of changes) {
    if (one.kind === 'add-column') columns.push(one.column);
    else if (one.kind === 'add-part') parts.push(one.part);
    else others.push(one);
  }
  return [
    ...others.filter(({ kind }) => kind === 'create-enum'),
    { kind: 'create-table', table, columns, parts, ifMissing },
    ...others.filter(({ kind }) => kind !== 'create-enum'),
  ];
}

const readCall: ReadCall = (doing, links) => {
  const { reading } = doing;
  let schema = '';
  let known = false;
  for (const link of links) {
    const text = (n: number): string | undefined => textOf(reading, link.arguments[n]);
    const named = (read: (table: string) => readonly Change[]): void => {
      known = true;
      const table = text(0);
      if (table === undefined) doing.unclear(link.spot, 'the name of the table is not known here');
      else for (const change of read(plainName(`${schema}${table}`))) doing.change(change);
    };
    switch (link.name) {
      case 'withSchema':
        schema = text(0) === undefined || text(0) === 'public' ? '' : `${text(0)}.`;
        break;
      case 'createTable':
      case 'createTableIfNotExists':
        named((table) =>
          asTable(table, builderCalls(doing, link.arguments[1], { table, create: true }), link.name !== 'createTable'),
        );
        break;
      case 'createTableLike':
        named((table) => [{ kind: 'copy-table', table, of: text(1) ?? '' }]);
        break;
      case 'alterTable':
      case 'table':
        if (link.arguments.length < 2) break;
        named((table) => builderCalls(doing, link.arguments[1], { table, create: false }));
        break;
      case 'dropTable':
      case 'dropTableIfExists':
        named((table) => [{ kind: 'drop-table', table, ifExists: link.name !== 'dropTable' }]);
        break;
      case 'renameTable':
        named((table) => [{ kind: 'rename-table', table, to: plainName(text(1) ?? '') }]);
        break;
      case 'createView':
      case 'createMaterializedView':
      case 'createViewOrReplace':
        named((name) => [
          { kind: 'create-view', view: { name, materialized: link.name === 'createMaterializedView', reads: [] } },
        ]);
        break;
      case 'raw':
        if (!isSchemaText(doing, link)) break;
        known = true;
        doing.sql(link.arguments[0]);
        break;
      default:
    }
  }
  return known;
};
/** Raw texts also stand in queries and defaults. */
function isSchemaText({ reading }: Doing, link: Link): boolean {
  const text = textOf(reading, link.arguments[0]);
  return text === undefined
    ? false
    : /^\s*(--[^\n]*\n\s*)*(create|alter|drop|comment|do|rename|with|update|insert|delete|set|select|truncate|grant|begin|commit)\b/i.test(
        text,
      );
}

export const knex: TableStack = {
  name: 'knex',
  language: 'ecma',
  marks: ['knex'],
  knownFrom: 'https://knexjs.org/guide/migrations.html (3)',
  present: (reading) =>
    reading.packages.has('knex') ||
    reading.packages.has('objection') ||
    reading.marked('knex').length > 0 ||
    migrationFilesOf(reading).some((file) => /\bknex\b/.test(reading.text(file) ?? '')),
  read(reading, say) {
    const files = migrationFilesOf(reading).flatMap((file) => {
      if (!/\b(knex|schema)\b/i.test(reading.text(file) ?? '') || /queryInterface|queryRunner/.test(reading.text(file) ?? ''))
        return [];
      const up = exportedFunction(reading, file, 'up');
      return up === undefined ? [] : [{ file, up, hasDown: exportedFunction(reading, file, 'down') !== undefined }];
    });
    if (files.length === 0) return [];
    return [readMigrations({ reading, stack: 'knex', dialect: dialectOf(reading, ['knex']), files, read: readCall, say })];
  },
};
