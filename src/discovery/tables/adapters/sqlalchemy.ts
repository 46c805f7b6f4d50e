import type { NotUnderstood } from '../../contract/place.ts';
import type { Column, TableStack } from '../../contract/tables.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, argumentsOf, decoratorsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import { returnsOf, statementsOf } from '../../grammar/python/names.ts';
import type { ClassValue, Python } from '../../grammar/python/values.ts';
import { excerptOf, pythonOf } from '../../routes/adapters/python-program.ts';
import type { Part } from '../change.ts';
import { type Declared, tablesOf } from '../declared.ts';
import { columnOf, foreignKey, index, lastName, type Written } from './sqlalchemy-column.ts';
import { annotated } from './sqlalchemy-types.ts';

const stack = 'sqlalchemy';
interface Made extends Declared {
  readonly written: readonly Written[];
}

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
const nameOf = (value: ClassValue): string => childOf(value.node, 'name')?.text ?? '';

/** The table of a class; undefined: it is none. */
function tableName(program: Python, value: ClassValue): string | undefined {
  const own = program.scope(childOf(value.node, 'body') ?? value.node).names;
  const isAbstract = own.get('__abstract__');
  if (isAbstract?.kind === 'value' && isAbstract.node.text === 'True') return undefined;
  const above = program.lineage(value).map((one) => program.nameOf(one));
  if (above.some((name) => /^sqlmodel\.(main\.)?SQLModel$/.test(name))) {
    const isTable = argumentsOf(value.node).named.get('table')?.text === 'True';
    const given = own.get('__tablename__');
    return isTable
      ? ((given?.kind === 'value' ? program.text(given.node, value.module) : undefined) ?? nameOf(value).toLowerCase())
      : undefined;
  }
  const isMapped =
    above.some((name) => /SQLAlchemy\(\)\.Model$|(^|\.)(DeclarativeBase|declarative_base)\b|DeclarativeBaseNoMeta$/.test(name)) ||
    program.lineage(value).some((one) => one.kind === 'call' && /declarative_base$/.test(program.nameOf(one.of)));
  const given = program.attributeNode(value, '__tablename__');
  if (given?.node.kind === 'function_definition') {
    const text = given.node.text;
    const isOwn = isMapped || [...own.values()].some((one) => one.kind === 'value' && /Column\(/.test(one.node.text));
    if (!isOwn || !above.slice(1).some((name) => name !== '')) return undefined;
    return /\.lower\(\)/.test(text) && !/split|sub\(|snake/.test(text) ? nameOf(value).toLowerCase() : snake(nameOf(value));
  }
  const text = given && program.text(given.node, given.module);
  // Of a class above with a table of its own it is single-table inheritance: the columns belong to that table.
  if (text !== undefined) {
    // A class of nothing is none, but for one that a registry maps: `@registry.mapped`.
    const mayBe = above.length > 1 || value.node.parent?.kind === 'decorated_definition';
    return isMapped || (own.has('__tablename__') && mayBe) ? text : undefined;
  }
  return above.some((name) => /SQLAlchemy\(\)\.Model$/.test(name)) ? snake(nameOf(value)) : undefined;
}

/** Columns that statements of the body of a class declare. */
function columnsIn(program: Python, value: ClassValue, table: string): readonly Written[] {
  const isModel = program.lineage(value).some((one) => /SQLModel$/.test(program.nameOf(one)));
  return statementsOf(childOf(value.node, 'body') ?? value.node).flatMap((statement): readonly Written[] => {
    const definition = statement.kind === 'decorated_definition' ? childOf(statement, 'definition') : undefined;
    if (definition?.kind === 'function_definition' && decoratorsOf(definition).some(({ text }) => /declared_attr/.test(text))) {
      const [given] = returnsOf(definition);
      return given
        ? writtenIn(
            program,
            { node: given, module: value.module },
            { name: childOf(definition, 'name')?.text ?? '', type: undefined, table, isModel: false },
          )
        : [];
    }
    const node = statement.kind === 'expression_statement' ? namedOf(statement)[0] : undefined;
    const left = node?.kind === 'assignment' ? childOf(node, 'left') : undefined;
    if (node === undefined || left?.kind !== 'identifier' || left.text.startsWith('__')) return [];
    return writtenIn(
      program,
      { node: childOf(node, 'right'), module: value.module },
      { name: left.text, type: childOf(node, 'type'), table, isModel },
    );
  });
}

function writtenIn(
  program: Python,
  at: { readonly node: Plain | undefined; readonly module: Module },
  o: { readonly name: string; readonly type: Plain | undefined; readonly table: string; readonly isModel: boolean },
): readonly Written[] {
  const value = program.value(at.node, at.module);
  const said = annotated(program, o.type, at.module);
  const isMapped = /^(\w+\.)?Mapped\b/.test(o.type?.text ?? '');
  if (value.kind === 'call') {
    const called = lastName(program.nameOf(value.of));
    const full =
      called === 'deferred' || called === 'column_property' ? program.value(argument(value.node, 0), value.module) : value;
    const call = full.kind === 'call' ? full : value;
    const name = lastName(program.nameOf(call.of));
    const inner = name === 'Field' ? argument(call.node, null, 'sa_column') : undefined;
    if (inner) return writtenIn(program, { node: inner, module: call.module }, o);
    if (/^(Column|mapped_column|Field)$/.test(name)) {
      if (name === 'Field' && !o.isModel) return [];
      const made = columnOf(
        program,
        { call: call.node, module: call.module },
        {
          name: o.name,
          ...(isMapped || name === 'Field' ? { ...(isMapped || name === 'Field' ? { annotated: said } : {}) } : {}),
          table: o.table,
          isField: name === 'Field',
        },
      );
      return made ? [made] : [];
    }
    if (call.of.kind === 'function') {
      const [given] = returnsOf(call.of.node);
      const made = given && program.value(given, call.of.module);
      if (made?.kind === 'call' && /^(Column|mapped_column)$/.test(lastName(program.nameOf(made.of)))) {
        const column = columnOf(
          program,
          { call: made.node, module: made.module },
          { name: o.name, table: o.table, isField: false },
        );
        const first = program.text(argumentsOf(call.node).positional[0], call.module);
        // `reference_col("users")`: what the function makes of its argument is a foreign key.
        const parts =
          column && column.parts.length === 0 && first !== undefined && /ForeignKey/.test(made.node.text)
            ? [foreignKey([o.name], { to: `${first}.id` })]
            : (column?.parts ?? []);
        const nullable = argument(call.node, null, 'nullable');
        const written = column && {
          ...column,
          parts,
          typeOf: first === undefined ? column.typeOf : `${first}.id`,
          column: { ...column.column, nullable: nullable ? nullable.text === 'True' : column.column.nullable },
        };
        return written
          ? [{ ...written, column: { ...written.column, at: { file: call.module.file, line: call.node.line } } }]
          : [];
      }
    }
    if (!o.isModel && !isMapped) return [];
    if (/^(relationship|Relationship|synonym|association_proxy|hybrid_property)$/.test(name)) return [];
  }
  if (
    !(isMapped || o.isModel) ||
    o.type === undefined ||
    said.isRelation ||
    said.type === undefined ||
    /ClassVar/.test(o.type.text)
  )
    return [];
  const column: Column = {
    name: o.name,
    type: said.type.type,
    nullable: said.nullable,
    default: null,
    generated: null,
    enum: said.type.enum?.name ?? null,
    at: { file: at.module.file, line: o.type.line },
  };
  return [{ column, parts: [], isKey: false, enum: said.type.enum, typeOf: null }];
}

/** `UniqueConstraint("a", "b")`, `Index("name", "a")` and others among arguments. */
function partsIn(program: Python, nodes: readonly Plain[], module: Module): readonly Part[] {
  return nodes.flatMap((node): readonly Part[] => {
    const value = program.value(node, module);
    if (value.kind !== 'call') return [];
    const { positional } = argumentsOf(value.node);
    const texts = positional.flatMap((one) => program.text(one, value.module) ?? []);
    const named = program.text(argument(value.node, null, 'name'), value.module) ?? null;
    switch (lastName(program.nameOf(value.of))) {
      case 'UniqueConstraint':
        return [{ kind: 'unique', key: { name: named, columns: texts } }];
      case 'PrimaryKeyConstraint':
        return [{ kind: 'primary-key', key: { name: named, columns: texts } }];
      case 'Index':
        return texts.length < 2
          ? []
          : [index(texts.slice(1), { name: texts[0] ?? null, unique: argument(value.node, null, 'unique')?.text === 'True' })];
      case 'CheckConstraint':
        return [{ kind: 'check', key: { name: named, columns: [], expression: texts[0] ?? '' } }];
      case 'ForeignKeyConstraint': {
        const [from, to] = positional.map(
          (one) => program.list(one, value.module)?.flatMap((text) => program.text(text.node, text.module) ?? []) ?? [],
        );
        const target = to?.[0];
        const part =
          target === undefined
            ? undefined
            : foreignKey(from ?? [], {
                to: target,
                onDelete: program.text(argument(value.node, null, 'ondelete'), value.module),
              });
        return part?.kind === 'foreign-key' ? [{ ...part, key: { ...part.key, references: to?.map(lastName) ?? [] } }] : [];
      }
      default:
        return [];
    }
  });
}

const finished = (of: {
  readonly name: string;
  readonly entity: string | null;
  readonly at: Declared['at'];
  readonly written: readonly Written[];
  readonly parts: readonly Part[];
}): Made => {
  const keys = of.written.filter(({ isKey }) => isKey).map(({ column }) => column.name);
  const key: readonly Part[] = keys.length === 0 ? [] : [{ kind: 'primary-key', key: { name: null, columns: keys } }];
  return {
    ...of,
    columns: of.written.map(({ column }) => column),
    parts: [...key, ...of.parts, ...of.written.flatMap(({ parts }) => parts)],
  };
};

/** `Table("name", metadata, Column(...), ...)` */
export function tableCall(program: Python, call: Plain, o: { readonly module: Module; readonly name: string }): Made {
  const { module, name } = o;
  const spread = namedOf(childOf(call, 'arguments'))
    .filter(({ kind }) => kind === 'list_splat')
    .flatMap((one) => program.list(namedOf(one)[0], module) ?? []);
  const nodes = [...argumentsOf(call).positional.map((node) => ({ node, module })), ...spread];
  const written = nodes.flatMap((one) => {
    const value = program.value(one.node, one.module);
    if (value.kind !== 'call' || lastName(program.nameOf(value.of)) !== 'Column') return [];
    return columnOf(program, { call: value.node, module: value.module }, { name: null, table: name, isField: false }) ?? [];
  });
  const parts = nodes.flatMap((one) => partsIn(program, [one.node], one.module));
  return finished({ name, entity: null, at: { file: module.file, line: call.line }, written, parts });
}

/** Classes and tables of a program. */
function declaredIn(program: Python, say: (what: NotUnderstood) => void): readonly Made[] {
  const found: Made[] = [];
  for (const value of program.classes(
    (_, text) => /\bclass\b/.test(text) && /Column|Mapped\[|SQLModel|__tablename__|table\s*=\s*True|\bModel\b/.test(text),
  )) {
    const name = tableName(program, value);
    if (name === undefined) continue;
    const seen = new Set<string>();
    const written = program
      .lineage(value)
      .flatMap((one) => (one.kind === 'class' ? columnsIn(program, one, name) : []))
      .filter(({ column }) => !seen.has(column.name) && seen.add(column.name));
    const args = program.attributeNode(value, '__table_args__');
    const parts = args
      ? partsIn(
          program,
          (program.list(args.node, args.module) ?? []).map(({ node }) => node),
          args.module,
        )
      : [];
    found.push(finished({ name, entity: nameOf(value), at: { file: value.module.file, line: value.node.line }, written, parts }));
  }
  for (const file of program.modules.files) {
    if (!/\bTable\(/.test(program.modules.text(file) ?? '')) continue;
    const module = program.modules.module(file);
    for (const call of within(module?.root, ['call'])) {
      if (
        module === undefined ||
        !/(^|\.)(sqlalchemy\.)?(schema\.)?Table$/.test(program.callName(call, module)) ||
        !/Table$/.test(childOf(call, 'function')?.text ?? '')
      )
        continue;
      const name = program.text(argument(call, 0, 'name'), module);
      if (name !== undefined) found.push(tableCall(program, call, { module, name }));
      else if (/Column\(/.test(call.text))
        say({
          file,
          line: call.line,
          what: excerptOf(call),
          why: 'the name of the table is not known from the text',
          about: 'table',
          stack,
        });
    }
  }
  return found;
}

/** Foreign keys without a type have that of what they point to. */
function typed(made: readonly Made[], say: (what: NotUnderstood) => void): readonly Declared[] {
  const types = new Map<string, { readonly type: string; readonly typeOf: string | null }>(
    made.flatMap(({ name, written }) =>
      written.map(({ column, typeOf }) => [`${name}.${column.name}`, { type: column.type, typeOf }] as const),
    ),
  );
  const find = (name: string | null, depth = 0): string => {
    const found = name === null || depth > 5 ? undefined : types.get(name);
    return found === undefined ? '' : found.type === '' ? find(found.typeOf, depth + 1) : found.type;
  };
  return made.map((one) => ({
    ...one,
    columns: one.columns.map((column, n) => {
      const type = column.type === '' ? find(one.written[n]?.typeOf ?? null) : column.type;
      if (type === '')
        say({
          ...column.at,
          what: `${one.name}.${column.name}`,
          why: 'its type is not known from the text',
          about: 'table',
          stack,
        });
      return { ...column, type };
    }),
  }));
}

/** SQLAlchemy, Flask-SQLAlchemy and SQLModel. */
export const sqlalchemy: TableStack = {
  name: stack,
  language: 'python',
  marks: ['sqlalchemy', 'sqlmodel', 'flask_sqlalchemy'],
  present: (reading) => reading.marked(/^(sqlalchemy|sqlmodel|flask_sqlalchemy)\b/).length > 0,
  read(reading, say) {
    const program = pythonOf(reading);
    const made = declaredIn(program, say);
    if (made.length === 0) return [];
    const dialect = 'postgresql';
    const enums = new Map(
      made.flatMap(({ written }) =>
        written.flatMap((one) => (one.enum === null ? [] : [[one.enum.name, one.enum.values] as const])),
      ),
    );
    return [
      {
        source: { kind: 'models', stack, dialect, files: [...new Set(made.map(({ at }) => at.file))].sort() },
        scope: reading.scope,
        tables: tablesOf(typed(made, say), dialect),
        enums: [...enums].map(([name, values]) => ({ name, values })),
        views: [],
        relations: [],
        migrations: [],
      },
    ];
  },
  knownFrom: 'https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html (1.4 and 2.0), SQLModel 0.0.24, Flask-SQLAlchemy 3.1',
};
