// Tables of Drizzle ORM, for PostgreSQL, MySQL and SQLite.
import type { SchemaPart, TableStack } from '../../../contract/tables.ts';
import { nameOf } from '../../../ecma/node.ts';
import type { Part } from '../../change.ts';
import { type Declared, tablesOf } from '../../declared.ts';
import { argumentsOf, bagOf, chainOf, listOf, meaning, placeOf, type Spot, sourceOf, spotOf, textOf } from '../code/spot.ts';
import { type Builders, columnOf } from './column.ts';
import { actionOf, type ColumnAt, extrasOf, partOf, type TableSeen } from './table.ts';
import { type DrizzleDialect, dialectOfPackage } from './types.ts';

const makers = /^(pgTable|mysqlTable|sqliteTable|singlestoreTable)$/;
const marks = [
  'call pgTable',
  'call mysqlTable',
  'call sqliteTable',
  'call pgView',
  'call pgMaterializedView',
  'call pgEnum',
  'drizzle-orm',
];

interface Call {
  readonly spot: Spot;
  readonly dialect: DrizzleDialect;
  readonly name: string;
  readonly schema: string | undefined;
}

/** A call that makes a table: of Drizzle itself, of a schema, or of a `pgTableCreator` of the project. */
function tableCall(builders: Omit<Builders, 'dialect' | 'enumOf'>, spot: Spot): Call | undefined {
  const { reading } = builders;
  if (spot.node.type !== 'CallExpression') return undefined;
  const callee = spotOf(spot.unit, spot.node.callee);
  const value = meaning(reading, callee);
  const name = textOf(reading, argumentsOf(spot)[0]);
  if (value?.kind === 'external' && makers.test(value.name)) {
    const dialect = dialectOfPackage(value.from);
    return dialect === undefined || name === undefined ? undefined : { spot, dialect, name, schema: undefined };
  }
  if (value?.kind !== 'made' || name === undefined) return undefined;
  const dialect = dialectOfPackage(value.from);
  if (dialect === undefined) return undefined;
  const maker = { unit: value.unit, node: value.call };
  const [given] = argumentsOf(maker);
  if (/TableCreator/.test(value.name)) return { spot, dialect, name: prefixed(given, name) ?? name, schema: undefined };
  if (/(Schema|mysqlDatabase)/.test(value.name) && chainOf(spot).links.at(-1)?.name === 'table')
    return { spot, dialect, name, schema: textOf(reading, given) };
  return undefined;
}
/** `` (name) => `shop_${name}` `` */
function prefixed(fn: Spot | undefined, name: string): string | undefined {
  const body = fn?.node.type === 'ArrowFunctionExpression' ? fn.node.body : undefined;
  if (body?.type !== 'TemplateLiteral') return undefined;
  return body.quasis.map((part, n) => `${part.value.cooked ?? ''}${n < body.expressions.length ? name : ''}`).join('');
}

export const drizzle: TableStack = {
  name: 'drizzle',
  language: 'ecma',
  marks,
  knownFrom: 'https://orm.drizzle.team/docs/sql-schema-declaration (0.45)',
  present: (reading) => reading.marked('drizzle-orm').length > 0,
  read(reading, say) {
    const files = reading.marked('drizzle-orm');
    const unclear = (spot: Spot, why: string): void =>
      say({ ...placeOf(spot), what: sourceOf(spot).slice(0, 80), why, about: 'table', stack: 'drizzle' });
    const snake = files.some((file) => /casing:\s*['"]snake_case/.test(reading.text(file) ?? ''));
    const all = new Set([
      ...files,
      ...['call table', 'call pgTable', 'call mysqlTable', 'call sqliteTable', 'call createTable'].flatMap((mark) =>
        reading.marked(mark),
      ),
    ]);
    const calls: Call[] = [];
    const enums = new Map<string, { readonly name: string; readonly values: readonly string[] }>();
    const views = new Map<
      DrizzleDialect,
      { readonly name: string; readonly materialized: boolean; readonly reads: readonly string[] }[]
    >();
    for (const file of [...all].sort()) {
      const unit = reading.ecma(file);
      for (const node of unit?.nodes('CallExpression') ?? []) {
        if (unit === undefined) continue;
        const spot = { unit, node };
        const call = tableCall({ reading, snake }, spot);
        if (call !== undefined) calls.push(call);
        const last = chainOf(spot).links.at(-1)?.name ?? '';
        const name = textOf(reading, argumentsOf(spot)[0]);
        if ((last === 'pgEnum' || last === 'enum') && name !== undefined) {
          const values = listOf(reading, argumentsOf(spot)[1]) ?? (argumentsOf(spot)[1] === undefined ? [] : []);
          if (last === 'pgEnum' || values.length > 0)
            enums.set(reading.js.keyOf(unit, node), { name, values: values.flatMap((one) => textOf(reading, one) ?? []) });
        }
        const view = /^(pg|mysql|sqlite)(Materialized)?View$/.exec(last);
        if (view !== null && name !== undefined) {
          const dialect = view[1] === 'pg' ? 'postgresql' : view[1] === 'mysql' ? 'mysql' : 'sqlite';
          views.set(dialect, [...(views.get(dialect) ?? []), { name, materialized: view[2] !== undefined, reads: [] }]);
        }
      }
    }
    const enumOf = (spot: Spot): string | undefined => {
      const value = meaning(reading, spot);
      return value?.kind === 'made' ? enums.get(reading.js.keyOf(value.unit, value.call))?.name : undefined;
    };
    const tables = new Map<
      string,
      {
        readonly seen: TableSeen;
        readonly call: Call;
        readonly parts: Part[];
        readonly columns: Declared['columns'];
        readonly later: (() => void)[];
      }
    >();
    const columnAt: ColumnAt = (spot) => {
      if (spot?.node.type !== 'MemberExpression') return undefined;
      const value = meaning(reading, spotOf(spot.unit, spot.node.object));
      const table = value?.kind === 'made' ? tables.get(reading.js.keyOf(value.unit, value.call))?.seen : undefined;
      const column = table?.columns.get(nameOf(spot.node.property) ?? '');
      return table === undefined || column === undefined ? undefined : { table, column };
    };
    for (const call of calls) {
      const builders: Builders = { reading, dialect: call.dialect, snake, enumOf };
      const name = `${call.schema === undefined || call.schema === 'public' ? '' : `${call.schema}.`}${call.name}`;
      const [, second, third] = argumentsOf(call.spot);
      const given =
        second?.node.type === 'ArrowFunctionExpression'
          ? spotOf(second.unit, reading.js.resultsOf(second.unit, second.node)[0])
          : second;
      const bag = bagOf(reading, given);
      if (bag === undefined) unclear(call.spot, `the columns of the table ${name} are not known here`);
      const columns: Declared['columns'][number][] = [];
      const names = new Map<string, string>();
      const parts: Part[] = [];
      const later: (() => void)[] = [];
      for (const [key, spot] of bag ?? []) {
        const seen = columnOf(builders, { key, spot, table: name });
        if (seen === undefined) {
          unclear(spot, `the column ${key} of the table ${name} is not understood`);
          continue;
        }
        columns.push(seen.column);
        names.set(key, seen.column.name);
        const own = [seen.column.name];
        if (seen.primary) parts.push({ kind: 'primary-key', key: { name: null, columns: own } });
        if (seen.unique !== undefined)
          parts.push({
            kind: 'unique',
            key: { name: seen.unique === true ? `${call.name}_${own[0]}_unique` : seen.unique, columns: own },
          });
        const { reference } = seen;
        if (reference !== undefined)
          later.push(() => {
            const [result] = reading.js.resultsOf(reference.to.unit, reference.to.node);
            const target = columnAt(spotOf(reference.to.unit, result));
            if (target === undefined) return unclear(reference.to, `what ${name}.${own[0]} refers to is not known`);
            const options = bagOf(reading, reference.options);
            const action = (which: string): string => actionOf(textOf(reading, options?.get(which)));
            parts.push({
              kind: 'foreign-key',
              key: {
                name: null,
                columns: own,
                table: target.table.name,
                references: [target.column],
                onDelete: action('onDelete'),
                onUpdate: action('onUpdate'),
              },
            });
          });
      }
      const { parent } = call.spot.node;
      const seen: TableSeen = {
        name,
        entity: parent?.type === 'VariableDeclarator' ? (nameOf(parent.id) ?? null) : null,
        spot: call.spot,
        columns: names,
      };
      later.push(() => {
        for (const spot of extrasOf(builders, third)) {
          const part = partOf(builders, { spot, table: seen, columnAt });
          if (part !== undefined) parts.push(part);
          else if (!/^(pgPolicy|crudPolicy)/.test(sourceOf(spot)))
            unclear(spot, `a key or an index of the table ${name} is not understood`);
        }
      });
      tables.set(reading.js.keyOf(call.spot.unit, call.spot.node), { seen, call, parts, columns, later });
    }
    for (const { later } of tables.values()) for (const one of later) one();
    const dialects = [...new Set([...tables.values()].map(({ call }) => call.dialect))];
    return dialects.map((dialect): SchemaPart => {
      const own = [...tables.values()].filter(({ call }) => call.dialect === dialect);
      return {
        source: {
          kind: 'models',
          stack: 'drizzle',
          dialect,
          files: [...new Set(own.map(({ seen }) => seen.spot.unit.file))].sort(),
        },
        scope: reading.scope,
        tables: tablesOf(
          own.map(({ seen, columns, parts }) => ({
            name: seen.name,
            entity: seen.entity,
            at: placeOf(seen.spot),
            columns,
            parts,
          })),
          dialect,
        ),
        enums: dialect === 'postgresql' ? [...enums.values()] : [],
        views: views.get(dialect) ?? [],
        relations: [],
        migrations: [],
      };
    });
  },
};
