// Changes of Liquibase in the words of all migrations: https://docs.liquibase.com/change-types/home.html (4.29).
import type { Change, Part } from '../../change.ts';
import { type Column, type Dialect, type Place, plainColumn } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';
import type { Element } from './log.ts';

export interface Reader {
  readonly dialect: Dialect;
  readonly file: string;
  /** `${name}` as the properties say. */
  readonly fill: (text: string) => string;
}
const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim().replace(/\s+(asc|desc)$/i, ''))
    .filter((one) => one !== '');
/** They change rows, or nothing that a map shows. */
const silent =
  /^(insert|update|delete|loadData|loadUpdateData|createSequence|alterSequence|dropSequence|renameSequence|tagDatabase|output|stop|empty|preConditions|rollback|comment|validCheckSum|setTableRemarks|setColumnRemarks|mergeColumns|property|addAutoIncrement|modifySql|executeCommand)$/;

/** Undefined: it is not known what it does. */
export function changesOf(element: Element, reader: Reader): readonly Change[] | undefined {
  const { fill } = reader;
  const given = (name: string): string | undefined => {
    const text = element.attributes.get(name);
    return text === undefined ? undefined : fill(text);
  };
  const schema = given('schemaName') ?? given('baseTableSchemaName');
  const qualified = (name: string): string => (schema === undefined || schema === 'public' ? name : `${schema}.${name}`);
  const table = qualified(given('tableName') ?? given('baseTableName') ?? '');
  const columns = element.children.filter(({ name }) => name === 'column');
  const name = given('constraintName') ?? null;
  const column = given('columnName') ?? '';
  const change = (to: Partial<Column>): readonly Change[] => [{ kind: 'change-column', table, column, to }];
  const part = (one: Part): readonly Change[] => [{ kind: 'add-part', table, part: one, ifMissing: false }];
  switch (element.name) {
    case 'createTable': {
      const parts = columns.flatMap((one) => partsOf(one, reader));
      const keys = columns.filter((one) => constraintsOf(one)?.attributes.get('primaryKey') === 'true');
      const key: readonly Part[] =
        keys.length === 0
          ? []
          : [{ kind: 'primary-key', key: { name: null, columns: keys.map((one) => one.attributes.get('name') ?? '') } }];
      return [
        {
          kind: 'create-table',
          table,
          columns: columns.map((one) => columnOf(one, reader)),
          parts: [...key, ...parts],
          ifMissing: false,
        },
      ];
    }
    case 'addColumn':
      return columns.flatMap((one): readonly Change[] => [
        {
          kind: 'add-column',
          table,
          column: columnOf(one, reader),
          ifMissing: false,
          after: one.attributes.get('afterColumn') ?? null,
        },
        ...partsOf(one, reader).map((each): Change => ({ kind: 'add-part', table, part: each, ifMissing: false })),
      ]);
    case 'dropTable':
      return [{ kind: 'drop-table', table, ifExists: false }];
    case 'renameTable':
      return [
        { kind: 'rename-table', table: qualified(given('oldTableName') ?? ''), to: qualified(given('newTableName') ?? '') },
      ];
    case 'dropColumn':
      return [column, ...columns.map((one) => one.attributes.get('name') ?? '')]
        .filter((one) => one !== '')
        .map((one): Change => ({ kind: 'drop-column', table, column: one, ifExists: false }));
    case 'renameColumn':
      return [{ kind: 'rename-column', table, column: given('oldColumnName') ?? '', to: given('newColumnName') ?? '' }];
    case 'modifyDataType':
      return change({ type: typeOf(given('newDataType') ?? '', reader) });
    case 'addNotNullConstraint':
      return change({ nullable: false });
    case 'dropNotNullConstraint':
      return change({ nullable: true });
    case 'addDefaultValue':
      return change({ default: defaultOf(element, fill) });
    case 'dropDefaultValue':
      return change({ default: null });
    case 'addPrimaryKey':
      return part({ kind: 'primary-key', key: { name, columns: listOf(given('columnNames')) } });
    case 'addUniqueConstraint':
      return part({ kind: 'unique', key: { name, columns: listOf(given('columnNames')) } });
    case 'addForeignKeyConstraint':
      return part({
        kind: 'foreign-key',
        key: {
          name,
          columns: listOf(given('baseColumnNames')),
          table: given('referencedTableName') ?? '',
          references: listOf(given('referencedColumnNames')),
          onDelete: (given('onDelete') ?? 'no action').toLowerCase(),
          onUpdate: (given('onUpdate') ?? 'no action').toLowerCase(),
        },
      });
    case 'createIndex': {
      const names = columns.map((one) => fill(one.attributes.get('name') ?? ''));
      const key = { name: given('indexName') ?? null, columns: names, parts: names, unique: given('unique') === 'true' };
      return part({ kind: 'index', key: { ...key, method: 'btree', where: null } });
    }
    case 'dropIndex':
      return [{ kind: 'drop-index', name: given('indexName') ?? '', ifExists: false }];
    case 'dropPrimaryKey':
      return [{ kind: 'drop-part', table, of: 'primary-key', name, ifExists: false }];
    case 'dropUniqueConstraint':
      return [{ kind: 'drop-part', table, of: 'unique', name, ifExists: false }];
    case 'dropForeignKeyConstraint':
      return [{ kind: 'drop-part', table, of: 'foreign-key', name, ifExists: false }];
    case 'sql':
      return /\b(create|alter|drop|rename)\b/i.test(element.text) ? undefined : [];
    default:
      return silent.test(element.name) ? [] : undefined;
  }
}

const constraintsOf = (column: Element): Element | undefined => column.children.find(({ name }) => name === 'constraints');
const defaults = ['defaultValue', 'defaultValueNumeric', 'defaultValueBoolean', 'defaultValueDate', 'defaultValueComputed'];
function defaultOf({ attributes }: Element, fill: (text: string) => string): string | null {
  const name = defaults.find((one) => attributes.has(one));
  const text = name === undefined ? undefined : fill(attributes.get(name) ?? '');
  return text === undefined ? null : name === 'defaultValue' ? `'${text.replaceAll("'", "''")}'` : text;
}
function typeOf(written: string, { dialect, fill }: Reader): string {
  const text = fill(written)
    .toLowerCase()
    .replace(/^java\.sql\.types\./, '');
  const type =
    text === 'clob' || text === 'longvarchar' ? 'text' : text === 'blob' ? (dialect === 'mysql' ? 'longblob' : 'bytea') : text;
  return dialect === 'mysql' || dialect === 'mariadb' ? mysqlType(type) : dialect === 'sqlite' ? type : postgresType(type);
}
function columnOf(element: Element, reader: Reader): Column {
  const at: Place = { file: reader.file, line: element.line };
  const { attributes } = element;
  const constraints = constraintsOf(element)?.attributes;
  return {
    ...plainColumn(reader.fill(attributes.get('name') ?? ''), typeOf(attributes.get('type') ?? '', reader), at),
    nullable: constraints?.get('nullable') !== 'false' && constraints?.get('primaryKey') !== 'true',
    default: defaultOf(element, reader.fill),
  };
}
function partsOf(element: Element, { fill }: Reader): readonly Part[] {
  const constraints = constraintsOf(element)?.attributes;
  const columns = [fill(element.attributes.get('name') ?? '')];
  const parts: Part[] = [];
  if (constraints?.get('unique') === 'true')
    parts.push({ kind: 'unique', key: { name: constraints.get('uniqueConstraintName') ?? null, columns } });
  const [, written, column] = /^([\w.]+)\s*\(\s*(\w+)\s*\)/.exec(constraints?.get('references') ?? '') ?? [];
  const table = written ?? constraints?.get('referencedTableName');
  const referenced = column ?? constraints?.get('referencedColumnNames');
  if (table !== undefined) {
    const key = { name: constraints?.get('foreignKeyName') ?? null, columns, table, references: listOf(referenced) };
    parts.push({ kind: 'foreign-key', key: { ...key, onDelete: 'no action', onUpdate: 'no action' } });
  }
  return parts;
}
