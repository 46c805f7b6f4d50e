// Migrations of TypeORM: https://typeorm.io/docs/migrations/api (0.3), and those of MikroORM, which are SQL in methods too.
import type { Reading } from '../../../contract/reading.ts';
import type { TableStack } from '../../../contract/tables.ts';
import { isClass, nameOf } from '../../../ecma/node.ts';
import type { Change, Part } from '../../change.ts';
import { type Column, plainColumn } from '../../model.ts';
import { inOrder } from '../../sql/migrations.ts';
import { openParser } from '../../sql/postgresql/sql.ts';
import { dialectOf } from '../code/dialect.ts';
import { type Doing, type ReadCall, readMigrations } from '../code/migrations.ts';
import {
  argumentsOf,
  bagOf,
  flagOf,
  followed,
  type Link,
  listOf,
  numberOf,
  placeOf,
  type Spot,
  textOf,
  textsOf,
} from '../code/spot.ts';
import { typeOf } from './types.ts';

await openParser();

/** The `up` of classes that implement MigrationInterface, or extend Migration. */
function migrationClasses(
  reading: Reading,
  files: readonly string[],
): readonly { readonly file: string; readonly up: Spot; readonly hasDown: boolean }[] {
  return [...files].sort(inOrder).flatMap((file) => {
    const unit = reading.ecma(file);
    if (unit === undefined) return [];
    return unit.tree.body.flatMap((statement) => {
      const node =
        statement.type === 'ExportNamedDeclaration'
          ? statement.declaration
          : statement.type === 'ExportDefaultDeclaration'
            ? statement.declaration
            : statement;
      const all =
        node !== null && isClass(node)
          ? [node]
          : unit.nodes('ClassExpression').filter((one) => one.start >= statement.start && one.end <= statement.end);
      return all.flatMap((one) => {
        const method = (name: string) =>
          one.body.body.find((member) => member.type === 'MethodDefinition' && nameOf(member.key) === name);
        const up = method('up');
        return up?.type === 'MethodDefinition'
          ? [{ file, up: { unit, node: up.value }, hasDown: method('down') !== undefined }]
          : [];
      });
    });
  });
}

/** The options of `new TableColumn({ … })`, or of the object alone. */
function optionsOf(doing: Doing, spot: Spot | undefined) {
  const at = followed(doing.reading, spot);
  return bagOf(doing.reading, at?.node.type === 'NewExpression' ? argumentsOf(at)[0] : at);
}
const tableName = (doing: Doing, spot: Spot | undefined): string | undefined =>
  (textOf(doing.reading, spot) ?? textOf(doing.reading, optionsOf(doing, spot)?.get('name')))?.replace(/^public\./, '');

function columnOf(
  doing: Doing,
  table: string,
  spot: Spot,
): { readonly column: Column; readonly parts: readonly Part[] } | undefined {
  const { reading, dialect } = doing;
  const bag = optionsOf(doing, spot);
  const name = textOf(reading, bag?.get('name'));
  if (bag === undefined || name === undefined) return undefined;
  const flag = (key: string): boolean => flagOf(reading, bag.get(key)) === true;
  const generated = flag('isGenerated') ? (textOf(reading, bag.get('generationStrategy')) ?? 'increment') : undefined;
  const length = bag.get('length');
  const values = textsOf(reading, bag.get('enum'));
  const isEnum = textOf(reading, bag.get('type')) === 'enum' || textOf(reading, bag.get('type')) === 'simple-enum';
  const parts: Part[] = [];
  if (flag('isPrimary')) parts.push({ kind: 'primary-key', key: { name: null, columns: [name] } });
  if (flag('isUnique')) parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
  const type = isEnum
    ? dialect === 'mysql'
      ? `enum(${(values ?? []).map((one) => `'${one}'`).join(',')})`
      : (textOf(reading, bag.get('enumName')) ?? `${table}_${name}_enum`)
    : typeOf(dialect, {
        name: textOf(reading, bag.get('type')) ?? '',
        length: textOf(reading, length) ?? numberOf(reading, length)?.toString(),
        precision: numberOf(reading, bag.get('precision')),
        scale: numberOf(reading, bag.get('scale')),
        array: flag('isArray'),
        unsigned: flag('unsigned'),
      });
  const written = bag.get('default');
  return {
    column: {
      ...plainColumn(name, type, placeOf(spot)),
      nullable: flag('isNullable') && !flag('isPrimary'),
      default:
        generated === 'increment' && dialect === 'postgresql'
          ? `nextval('${table}_${name}_seq')`
          : generated === 'uuid' && dialect === 'postgresql'
            ? 'uuid_generate_v4()'
            : (textOf(reading, written) ??
              numberOf(reading, written)?.toString() ??
              flagOf(reading, written)?.toString() ??
              null),
      generated:
        generated === 'increment' && dialect !== 'postgresql' ? (dialect === 'mysql' ? 'auto_increment' : 'autoincrement') : null,
    },
    parts,
  };
}

function partOf(doing: Doing, kind: 'foreign-key' | 'index' | 'unique' | 'check', spot: Spot): Part | undefined {
  const { reading } = doing;
  const bag = optionsOf(doing, spot);
  if (bag === undefined) return undefined;
  const columns = textsOf(reading, bag.get('columnNames')) ?? [];
  const name = textOf(reading, bag.get('name')) ?? null;
  const action = (key: string): string => textOf(reading, bag.get(key))?.toLowerCase() ?? 'no action';
  switch (kind) {
    case 'unique':
      return { kind, key: { name, columns } };
    case 'check':
      return { kind, key: { name, columns, expression: textOf(reading, bag.get('expression')) ?? '' } };
    case 'index':
      return {
        kind,
        key: {
          name,
          columns,
          parts: columns,
          unique: flagOf(reading, bag.get('isUnique')) === true,
          method: 'btree',
          where: textOf(reading, bag.get('where')) ?? null,
        },
      };
    case 'foreign-key':
      return {
        kind,
        key: {
          name,
          columns,
          table: textOf(reading, bag.get('referencedTableName')) ?? '',
          references: textsOf(reading, bag.get('referencedColumnNames')) ?? [],
          onDelete: action('onDelete'),
          onUpdate: action('onUpdate'),
        },
      };
  }
}

function createTable(doing: Doing, link: Link): Change | undefined {
  const { reading } = doing;
  const bag = optionsOf(doing, link.arguments[0]);
  const table = textOf(reading, bag?.get('name'))?.replace(/^public\./, '');
  if (bag === undefined || table === undefined) return undefined;
  const made = (listOf(reading, bag.get('columns')) ?? []).flatMap((spot) => {
    const one = columnOf(doing, table, spot);
    if (one === undefined) doing.unclear(spot, `a column of ${table} is not understood`);
    return one ?? [];
  });
  const all = made.flatMap(({ parts }) => parts);
  const keys = all.flatMap((part) => (part.kind === 'primary-key' ? part.key.columns : []));
  const listed = (
    [
      ['foreignKeys', 'foreign-key'],
      ['indices', 'index'],
      ['uniques', 'unique'],
      ['checks', 'check'],
    ] as const
  ).flatMap(([key, kind]) => (listOf(reading, bag.get(key)) ?? []).flatMap((spot) => partOf(doing, kind, spot) ?? []));
  return {
    kind: 'create-table',
    table,
    columns: made.map(({ column }) => column),
    parts: [
      ...(keys.length > 0 ? [{ kind: 'primary-key' as const, key: { name: null, columns: keys } }] : []),
      ...all.filter(({ kind }) => kind !== 'primary-key'),
      ...listed,
    ],
    ifMissing: flagOf(reading, link.arguments[1]) === true,
  };
}

const several = {
  addColumns: 'addColumn',
  createForeignKeys: 'createForeignKey',
  createIndices: 'createIndex',
  createUniqueConstraints: 'createUniqueConstraint',
  dropColumns: 'dropColumn',
  dropIndices: 'dropIndex',
  dropForeignKeys: 'dropForeignKey',
} as const;

function changesOf(doing: Doing, link: Link): readonly (Change | undefined)[] | undefined {
  const { reading } = doing;
  const table = tableName(doing, link.arguments[0]) ?? '';
  const second = link.arguments[1];
  const single = several[link.name as keyof typeof several];
  if (single !== undefined)
    return (listOf(reading, second) ?? []).flatMap(
      (one) => changesOf(doing, { ...link, name: single, arguments: [...link.arguments.slice(0, 1), one] }) ?? [],
    );
  const add = (part: Part | undefined): readonly (Change | undefined)[] => [
    part === undefined ? undefined : { kind: 'add-part', table, part, ifMissing: false },
  ];
  const columnName = textOf(reading, second) ?? textOf(reading, optionsOf(doing, second)?.get('name'));
  const drop = (of: 'foreign-key' | 'index' | 'unique' | 'check'): readonly (Change | undefined)[] => [
    columnName === undefined ? undefined : { kind: 'drop-part', table, of, name: columnName, ifExists: true },
  ];
  switch (link.name) {
    case 'createTable':
      return [createTable(doing, link)];
    case 'dropTable':
      return [{ kind: 'drop-table', table, ifExists: flagOf(reading, second) === true }];
    case 'renameTable':
      return [{ kind: 'rename-table', table, to: textOf(reading, second) ?? '' }];
    case 'addColumn': {
      const made = second === undefined ? undefined : columnOf(doing, table, second);
      return made === undefined
        ? [undefined]
        : [
            { kind: 'add-column', table, column: made.column, ifMissing: false, after: null },
            ...made.parts.flatMap((part) => add(part)),
          ];
    }
    case 'dropColumn':
      return [columnName === undefined ? undefined : { kind: 'drop-column', table, column: columnName, ifExists: false }];
    case 'renameColumn': {
      const to = textOf(reading, link.arguments[2]) ?? textOf(reading, optionsOf(doing, link.arguments[2])?.get('name'));
      return [
        columnName === undefined || to === undefined ? undefined : { kind: 'rename-column', table, column: columnName, to },
      ];
    }
    case 'changeColumn': {
      const third = link.arguments[2];
      const made = third === undefined ? undefined : columnOf(doing, table, third);
      if (made === undefined || columnName === undefined) return [undefined];
      const { at: _, ...to } = made.column;
      return [{ kind: 'change-column', table, column: columnName, to }];
    }
    case 'createForeignKey':
      return add(second === undefined ? undefined : partOf(doing, 'foreign-key', second));
    case 'createIndex':
      return add(second === undefined ? undefined : partOf(doing, 'index', second));
    case 'createUniqueConstraint':
      return add(second === undefined ? undefined : partOf(doing, 'unique', second));
    case 'createCheckConstraint':
      return add(second === undefined ? undefined : partOf(doing, 'check', second));
    case 'createPrimaryKey':
      return add({ kind: 'primary-key', key: { name: null, columns: textsOf(reading, second) ?? [] } });
    case 'dropForeignKey':
      return drop('foreign-key');
    case 'dropIndex':
      return drop('index');
    case 'dropUniqueConstraint':
      return drop('unique');
    case 'dropCheckConstraint':
      return drop('check');
    default:
      return undefined;
  }
}

const readCall: ReadCall = (doing, links) => {
  const link = links.at(-1);
  if (link === undefined) return false;
  if (link.name === 'query' || link.name === 'addSql' || link.name === 'execute') {
    doing.sql(link.arguments[0]);
    return true;
  }
  const changes = changesOf(doing, link);
  for (const change of changes ?? []) {
    if (change === undefined) doing.unclear(link.spot, 'what this call does is not known here');
    else doing.change(change);
  }
  return changes !== undefined;
};

/** Classes of migrations that import one of the packages. */
function filesOf(reading: Reading, packages: readonly string[]): readonly string[] {
  const users = [...new Set(packages.flatMap((name) => reading.marked(name)))];
  return users.filter(
    (file) =>
      /\b(implements\s+MigrationInterface|extends\s+Migration)\b/.test(reading.text(file) ?? '') ||
      (/(^|\/)migrations?\//.test(file) && /\bqueryRunner\b/.test(reading.text(file) ?? '')),
  );
}
const untyped = (reading: Reading): readonly string[] =>
  [...reading.facts.keys()].filter(
    (file) => /(^|\/)migrations?\/[^/]+\.[cm]?js$/.test(file) && /\bqueryRunner\b/.test(reading.text(file) ?? ''),
  );

const mikro = ['@mikro-orm/migrations'];
function stackOf(
  name: 'typeorm' | 'mikro-orm',
  o: {
    readonly packages: readonly string[];
    readonly files: (reading: Reading) => readonly string[];
    readonly knownFrom: string;
  },
): TableStack {
  return {
    name: `${name}-migrations`,
    language: 'ecma',
    marks: o.packages,
    knownFrom: o.knownFrom,
    present: (reading) => o.files(reading).length > 0,
    read(reading, say) {
      const files = migrationClasses(reading, o.files(reading));
      if (files.length === 0) return [];
      const dialect = dialectOf(
        reading,
        name === 'typeorm' ? ['typeorm', '@nestjs/typeorm'] : ['@mikro-orm/core', '@mikro-orm/nestjs'],
      );
      return [readMigrations({ reading, stack: name, dialect, files, read: readCall, say })];
    },
  };
}
export const typeormMigrations = stackOf('typeorm', {
  packages: ['typeorm'],
  files: (reading) => [...new Set([...filesOf(reading, ['typeorm']), ...untyped(reading)])],
  knownFrom: 'https://typeorm.io/docs/migrations/api (0.3)',
});
export const mikroOrmMigrations = stackOf('mikro-orm', {
  packages: mikro,
  files: (reading) => filesOf(reading, mikro),
  knownFrom: 'https://mikro-orm.io/docs/migrations (6)',
});
