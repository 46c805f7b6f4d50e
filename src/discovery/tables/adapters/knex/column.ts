// Columns and keys of Knex's table builder: https://knexjs.org/guide/schema-builder.html
import type { Change, ForeignKeyWritten, Part } from '../../change.ts';
import { type Column, plainColumn } from '../../model.ts';
import type { Doing } from '../code/migrations.ts';
import {
  bagOf,
  flagOf,
  type Link,
  listOf,
  numberOf,
  placeOf,
  type Spot,
  sourceOf,
  sqlLiteral,
  textOf,
  textsOf,
} from '../code/spot.ts';
import { isType, typeOf } from './types.ts';

const actionOf = (text: string | undefined): string => text?.toLowerCase() ?? 'no action';

/** One chain on the builder of a table. `create`: the table is being made. False: it is no call of the builder. */
export function builderCall(
  doing: Doing,
  o: { readonly table: string; readonly links: readonly Link[]; readonly create: boolean },
): readonly Change[] | undefined {
  const { reading } = doing;
  const [first, ...rest] = o.links;
  if (first === undefined) return undefined;
  const { table } = o;
  const names = (spot: Spot | undefined): readonly string[] => textsOf(reading, spot) ?? [];
  const text = (n: number): string | undefined => textOf(reading, first.arguments[n]);
  const add = (part: Part): Change => ({ kind: 'add-part', table, part, ifMissing: false });
  const drop = (of: Part['kind']): readonly Change[] => {
    const columns = names(first.arguments[0]);
    const name = text(1) ?? null;
    return [{ kind: 'drop-part', table, of, name, ...(name === null ? { columns } : {}), ifExists: true }];
  };
  if (isType(first.name)) return columnCalls(doing, { table, first, rest });
  switch (first.name) {
    case 'timestamps': {
      const options = bagOf(reading, first.arguments[0]);
      const flag = (n: number, key: string): boolean => flagOf(reading, options?.get(key) ?? first.arguments[n]) === true;
      const snake = !flag(2, 'useCamelCase');
      const zone = typeOf(doing.dialect, {
        name: flag(0, 'useTimestamps') ? 'timestamp' : 'dateTime',
        numbers: [],
        text: undefined,
        values: undefined,
        plain: false,
      });
      const now = flag(1, 'defaultToNow');
      return (snake ? ['created_at', 'updated_at'] : ['createdAt', 'updatedAt']).map((name) => ({
        kind: 'add-column',
        table,
        column: { ...plainColumn(name, zone, placeOf(first.spot)), nullable: !now, default: now ? 'CURRENT_TIMESTAMP' : null },
        ifMissing: false,
        after: null,
      }));
    }
    case 'primary':
      return [add({ kind: 'primary-key', key: { name: text(1) ?? `${table}_pkey`, columns: names(first.arguments[0]) } })];
    case 'unique': {
      const columns = names(first.arguments[0]);
      const called = text(1) ?? textOf(reading, bagOf(reading, first.arguments[1])?.get('indexName'));
      return [add({ kind: 'unique', key: { name: called ?? keyName(table, columns, 'unique'), columns } })];
    }
    case 'index': {
      const columns = names(first.arguments[0]);
      return [
        add({
          kind: 'index',
          key: {
            name: text(1) ?? keyName(table, columns, 'index'),
            columns,
            parts: columns,
            unique: false,
            method: 'btree',
            where: null,
          },
        }),
      ];
    }
    case 'foreign': {
      const key = referenceOf(doing, { table, columns: names(first.arguments[0]), links: rest, name: text(1) });
      return key === undefined ? [] : [add({ kind: 'foreign-key', key })];
    }
    case 'check':
      return [add({ kind: 'check', key: { name: text(2) ?? null, columns: [], expression: text(0) ?? sourceOf(first.spot) } })];
    case 'dropColumn':
    case 'dropColumns':
      return first.arguments
        .flatMap((one) => names(one))
        .map((column) => ({ kind: 'drop-column', table, column, ifExists: false }));
    case 'dropTimestamps': {
      const camel = flagOf(reading, first.arguments[0]) === true;
      return (camel ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at']).map((column) => ({
        kind: 'drop-column',
        table,
        column,
        ifExists: false,
      }));
    }
    case 'renameColumn': {
      const [column, to] = [text(0), text(1)];
      return column === undefined || to === undefined ? undefined : [{ kind: 'rename-column', table, column, to }];
    }
    case 'setNullable':
    case 'dropNullable':
      return names(first.arguments[0]).map((column) => ({
        kind: 'change-column',
        table,
        column,
        to: { nullable: first.name === 'setNullable' },
      }));
    case 'dropForeign':
      return drop('foreign-key');
    case 'dropUnique':
      return drop('unique');
    case 'dropIndex':
      return drop('index');
    case 'dropPrimary':
      return [{ kind: 'drop-part', table, of: 'primary-key', name: null, ifExists: true }];
    case 'comment':
    case 'engine':
    case 'charset':
    case 'collate':
    case 'inherits':
    case 'queryContext':
    case 'dropChecks':
      return [];
    default:
      return undefined;
  }
}

/** Knex's name of an index: `orders_customer_id_index`. */
const keyName = (table: string, columns: readonly string[], ending: string): string =>
  `${table.replace('.', '_')}_${columns.join('_')}_${ending}`.toLowerCase();

function columnCalls(
  doing: Doing,
  o: { readonly table: string; readonly first: Link; readonly rest: readonly Link[] },
): readonly Change[] | undefined {
  const { reading, dialect } = doing;
  const { table, first, rest } = o;
  const increments = /^(big|small)?increments$/i.test(first.name);
  const name = textOf(reading, first.arguments[0]) ?? (increments ? 'id' : undefined);
  if (name === undefined) {
    doing.unclear(first.spot, `the name of a column of ${table} is not known here`);
    return [];
  }
  const link = (...names: readonly string[]): Link | undefined => rest.findLast((one) => names.includes(one.name));
  const options = first.arguments.map((one) => bagOf(reading, one)).find((one) => one !== undefined);
  const values = listOf(reading, first.arguments[1])?.flatMap((one) => textOf(reading, one) ?? []);
  const enumName = textOf(reading, options?.get('enumName'));
  const native = flagOf(reading, options?.get('useNative')) === true && enumName !== undefined && dialect === 'postgresql';
  const base = native
    ? enumName
    : typeOf(dialect, {
        name: first.name,
        numbers: first.arguments.slice(1).flatMap((one) => numberOf(reading, one) ?? []),
        text: textOf(reading, first.arguments[1]),
        values,
        plain: flagOf(reading, options?.get('useTz')) === false || flagOf(reading, first.arguments[1]) === true,
      });
  const unsigned = link('unsigned') !== undefined && dialect === 'mysql' && !base.endsWith('unsigned');
  const given = link('defaultTo', 'defaultsTo');
  const keyed = increments && flagOf(reading, options?.get('primaryKey')) !== false;
  const raw = given?.arguments[0];
  const column: Column = {
    ...plainColumn(name, unsigned ? `${base} unsigned` : base, placeOf(first.spot)),
    nullable: !increments && !rest.some((one) => one.name === 'notNullable' || one.name === 'notNull'),
    default:
      increments && dialect === 'postgresql'
        ? `nextval('${table}_${name}_seq')`
        : raw === undefined
          ? null
          : defaultOf(doing, raw),
    generated: increments && dialect !== 'postgresql' ? (dialect === 'mysql' ? 'auto_increment' : 'autoincrement') : null,
    enum: native ? enumName : null,
  };
  const changes: Change[] = [];
  const add = (part: Part): void => void changes.push({ kind: 'add-part', table, part, ifMissing: false });
  const columns = [name];
  if (link('alter') !== undefined) {
    const { at: _, generated: __, ...to } = column;
    return [
      { kind: 'change-column', table, column: name, to: given === undefined ? { type: to.type, nullable: to.nullable } : to },
    ];
  }
  if (native && values !== undefined && flagOf(reading, options?.get('existingType')) !== true)
    changes.push({ kind: 'create-enum', name: enumName, values });
  const after = textOf(reading, link('after')?.arguments[0]);
  changes.push({
    kind: 'add-column',
    table,
    column,
    ifMissing: false,
    after: link('first') === undefined ? (after ?? null) : '',
  });
  if (keyed || link('primary') !== undefined)
    add({ kind: 'primary-key', key: { name: textOf(reading, link('primary')?.arguments[0]) ?? `${table}_pkey`, columns } });
  const unique = link('unique');
  if (unique !== undefined)
    add({
      kind: 'unique',
      key: {
        name: textOf(reading, bagOf(reading, unique.arguments[0])?.get('indexName')) ?? keyName(table, columns, 'unique'),
        columns,
      },
    });
  const index = link('index');
  if (index !== undefined)
    add({
      kind: 'index',
      key: {
        name: textOf(reading, index.arguments[0]) ?? keyName(table, columns, 'index'),
        columns,
        parts: columns,
        unique: false,
        method: 'btree',
        where: null,
      },
    });
  const key = referenceOf(doing, { table, columns, links: rest, name: undefined });
  if (key !== undefined) add({ kind: 'foreign-key', key });
  return changes;
}

function defaultOf({ reading, dialect }: Doing, spot: Spot): string | null {
  const literal = sqlLiteral(reading, spot);
  if (literal !== undefined) return literal;
  const source = sourceOf(spot);
  const raw = /\braw\(\s*['"`](.*?)['"`]\s*\)$/.exec(source)?.[1];
  if (raw !== undefined) return raw;
  if (/\bfn\.now\(/.test(source)) return 'CURRENT_TIMESTAMP';
  if (/\bfn\.uuid\(/.test(source)) return dialect === 'postgresql' ? 'gen_random_uuid()' : '(uuid())';
  return source;
}

/** `.references('id').inTable('users')`, `.references('users.id')`. */
function referenceOf(
  doing: Doing,
  o: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly links: readonly Link[];
    readonly name: string | undefined;
  },
): ForeignKeyWritten | undefined {
  const { reading } = doing;
  const link = (name: string): Link | undefined => o.links.findLast((one) => one.name === name);
  const reference = link('references');
  if (reference === undefined) return undefined;
  const given = textsOf(reading, reference.arguments[0]) ?? [];
  const inTable = textOf(reading, link('inTable')?.arguments[0]);
  const split = given.map((one) => one.split('.'));
  const table = inTable ?? (split[0] !== undefined && split[0].length > 1 ? split[0].slice(0, -1).join('.') : undefined);
  if (table === undefined) {
    doing.unclear(reference.spot, `which table ${o.table}.${o.columns.join()} refers to is not known here`);
    return undefined;
  }
  return {
    name: o.name ?? textOf(reading, link('withKeyName')?.arguments[0]) ?? keyName(o.table, o.columns, 'foreign'),
    columns: o.columns,
    table: table.replace(/^public\./, ''),
    references: split.map((one) => one.at(-1) ?? ''),
    onDelete: actionOf(textOf(reading, link('onDelete')?.arguments[0])),
    onUpdate: actionOf(textOf(reading, link('onUpdate')?.arguments[0])),
  };
}
