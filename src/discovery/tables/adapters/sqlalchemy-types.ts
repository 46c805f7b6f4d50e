import { childOf, namedOf, type Plain } from '../../grammar/plain.ts';
import { argument, argumentsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import type { Python, Value } from '../../grammar/python/values.ts';

export interface ColumnType {
  readonly type: string;
  readonly enum: { readonly name: string; readonly values: readonly string[] } | null;
}
const plain = (type: string): ColumnType => ({ type, enum: null });
const numberIn = (node: Plain | undefined): string | undefined => (node?.kind === 'integer' ? node.text : undefined);

/** In words of PostgreSQL: https://docs.sqlalchemy.org/en/20/core/type_basics.html */
const simple: Readonly<Record<string, string>> = {
  Integer: 'integer',
  INTEGER: 'integer',
  INT: 'integer',
  BigInteger: 'bigint',
  BIGINT: 'bigint',
  SmallInteger: 'smallint',
  SMALLINT: 'smallint',
  Text: 'text',
  TEXT: 'text',
  UnicodeText: 'text',
  Boolean: 'boolean',
  BOOLEAN: 'boolean',
  Date: 'date',
  DATE: 'date',
  Float: 'double precision',
  FLOAT: 'double precision',
  Double: 'double precision',
  REAL: 'real',
  LargeBinary: 'bytea',
  BYTEA: 'bytea',
  BLOB: 'bytea',
  PickleType: 'bytea',
  JSON: 'json',
  JSONB: 'jsonb',
  UUID: 'uuid',
  Uuid: 'uuid',
  GUID: 'uuid',
  UUIDType: 'uuid',
  Interval: 'interval',
  INTERVAL: 'interval',
  TSVECTOR: 'tsvector',
  TSVectorType: 'tsvector',
  INET: 'inet',
  CIDR: 'cidr',
  MACADDR: 'macaddr',
  HSTORE: 'hstore',
  JSONType: 'json',
  Binary: 'bytea',
  StringEncryptedType: 'character varying',
  URLType: 'text',
  EmailType: 'character varying(255)',
  AutoString: 'character varying',
  CITEXT: 'citext',
  MONEY: 'money',
};

/** The type of a column as an expression gives it: `String(40)`, `sa.Text`, a class over one of them. */
export function typeOf(program: Python, node: Plain, module: Module, depth = 0): ColumnType | undefined {
  if (depth > 5) return undefined;
  const value = program.value(node, module);
  const call = value.kind === 'call' ? value : undefined;
  const of = call?.of ?? value;
  const at = call ?? { node, module };
  const name = of.kind === 'outside' ? (of.name.split('.').at(-1) ?? '') : '';
  const args = call ? argumentsOf(call.node) : undefined;
  const [first, second] = args?.positional ?? [];
  switch (name) {
    case 'String':
    case 'VARCHAR':
    case 'Unicode':
    case 'AutoString': {
      const length = numberIn(first ?? args?.named.get('length'));
      return plain(length === undefined ? 'character varying' : `character varying(${length})`);
    }
    case 'CHAR':
      return plain(`character(${numberIn(first ?? args?.named.get('length')) ?? 1})`);
    case 'DateTime':
    case 'DATETIME':
    case 'TIMESTAMP':
    case 'Time':
    case 'TIME': {
      const zone = (args?.named.get('timezone') ?? (/^[dD]|TIMES/.test(name) ? first : undefined))?.text === 'True';
      return plain(`${/^time$/i.test(name) ? 'time' : 'timestamp'} ${zone ? 'with' : 'without'} time zone`);
    }
    case 'Numeric':
    case 'NUMERIC':
    case 'DECIMAL': {
      const [precision, scale] = [numberIn(first ?? args?.named.get('precision')), numberIn(second ?? args?.named.get('scale'))];
      return plain(precision === undefined ? 'numeric' : `numeric(${precision},${scale ?? 0})`);
    }
    case 'ARRAY': {
      const inner = first && typeOf(program, first, at.module, depth + 1);
      return inner && plain(`${inner.type}[]`);
    }
    case 'Enum':
    case 'ENUM':
      return call && enumOf(program, call.node, call.module);
    case 'with_variant':
      return undefined;
  }
  const known = simple[name];
  if (known !== undefined) return plain(known);
  if (of.kind !== 'class') return undefined;
  // `class Money(TypeDecorator): impl = Numeric`
  const impl = program.attributeNode(of, 'impl');
  if (impl !== undefined) return typeOf(program, impl.node, impl.module, depth + 1);
  const above = program
    .lineage(of)
    .flatMap((one) => (one.kind === 'outside' ? (simple[one.name.split('.').at(-1) ?? ''] ?? []) : []));
  return above[0] === undefined ? undefined : plain(above[0]);
}

function enumOf(program: Python, call: Plain, module: Module): ColumnType {
  const texts = argumentsOf(call).positional.flatMap((one) => program.text(one, module) ?? []);
  const [first] = argumentsOf(call).positional;
  const of = program.value(first, module);
  const named = program.text(argument(call, null, 'name'), module);
  return enumType(named ?? (of.kind === 'class' ? nameOf(of).toLowerCase() : 'enum'), texts.length > 0 ? texts : membersOf(of));
}
const nameOf = (value: Value): string => (value.kind === 'class' ? (childOf(value.node, 'name')?.text ?? '') : '');
const enumType = (name: string, values: readonly string[]): ColumnType => ({ type: name, enum: { name, values } });
/** SQLAlchemy keeps the names of the members, not their values. */
const membersOf = (value: Value): readonly string[] =>
  value.kind !== 'class'
    ? []
    : namedOf(childOf(value.node, 'body')).flatMap((one) => {
        const assignment = one.kind === 'expression_statement' ? namedOf(one)[0] : undefined;
        const name = assignment?.kind === 'assignment' ? childOf(assignment, 'left')?.text : undefined;
        return name === undefined || name.startsWith('_') ? [] : [name];
      });

const annotations: Readonly<Record<string, string>> = {
  int: 'integer',
  str: 'character varying',
  bool: 'boolean',
  float: 'double precision',
  bytes: 'bytea',
  'datetime.datetime': 'timestamp without time zone',
  'datetime.date': 'date',
  'datetime.time': 'time without time zone',
  'datetime.timedelta': 'interval',
  'decimal.Decimal': 'numeric',
  'uuid.UUID': 'uuid',
  'pydantic.EmailStr': 'character varying',
  'pydantic.AnyUrl': 'character varying',
  'pydantic.HttpUrl': 'character varying',
  dict: 'json',
};
export interface Annotated {
  readonly type: ColumnType | undefined;
  readonly nullable: boolean;
  /** A collection, or another model: no column. */
  readonly isRelation: boolean;
}

/** What an annotation says: `Mapped[str | None]`, `Optional[int]`. */
export function annotated(program: Python, node: Plain | undefined, module: Module): Annotated {
  const open: Plain[] = node === undefined ? [] : [node];
  let nullable = false;
  let type: ColumnType | undefined;
  let isRelation = false;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (/^(type|parenthesized_expression)$/.test(at.kind)) open.push(...namedOf(at));
    else if (at.kind === 'none' || at.text === 'None') nullable = true;
    else if (at.kind === 'binary_operator' || at.kind === 'union_type') open.push(...namedOf(at));
    else if (at.kind === 'subscript' || at.kind === 'generic_type') {
      const [head, ...rest] = namedOf(at);
      const name = head?.text.split('.').at(-1) ?? '';
      const inner = rest.flatMap((one) => (one.kind === 'type_parameter' ? namedOf(one) : [one]));
      if (name === 'Optional') nullable = true;
      if (/^(Optional|Union|Mapped|Annotated)$/.test(name)) open.push(...(name === 'Annotated' ? inner.slice(0, 1) : inner));
      else if (/^(dict|Dict)$/.test(name)) type = plain('json');
      else isRelation = true;
    } else {
      const value = program.value(at, module);
      const known = value.kind === 'outside' ? annotations[value.name] : undefined;
      if (known !== undefined) type = plain(known);
      else if (value.kind === 'class' && program.lineage(value).some((one) => /(^|\.)(Str|Int)?Enum$/.test(program.nameOf(one))))
        type = enumType(nameOf(value).toLowerCase(), membersOf(value));
      else if (value.kind === 'class') isRelation = true;
    }
  }
  return { type, nullable, isRelation: isRelation && type === undefined };
}
