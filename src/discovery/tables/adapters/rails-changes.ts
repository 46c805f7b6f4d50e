import type { Column } from '../../contract/tables.ts';
import { namedOf, type Plain } from '../../grammar/plain.ts';
import { bodyOf, type Call, callOf, textOf, textsOf } from '../../grammar/ruby/literal.ts';
import type { PlacedChange } from '../apply.ts';
import type { Change, Part } from '../change.ts';
import { singularOf } from '../plural.ts';
import { actionOf, columnOf, foreignPart, indexOf, indexPart, referenceOf, type Setting } from './rails-columns.ts';

export interface RailsChanges {
  readonly changes: readonly PlacedChange[];
  readonly unclear: readonly { readonly node: Plain; readonly why: string }[];
}
const silent =
  /^(enable_extension|disable_extension|reversible|say|say_with_time|disable_ddl_transaction!|safety_assured|up_only|comment|set_table_comment|change_table_comment|change_column_comment|remove_foreign_key|validate_foreign_key|validate_check_constraint)$/;
const isType =
  /^(string|text|integer|bigint|float|decimal|numeric|datetime|timestamp|timestamptz|time|date|binary|blob|boolean|json|jsonb|uuid|inet|cidr|macaddr|citext|hstore|xml|tsvector|tsquery|bit|bit_varying|money|interval|point|line|lseg|box|path|polygon|circle|ltree|oid|enum|virtual|primary_key|int4range|int8range|numrange|tsrange|tstzrange|daterange|unsigned_integer|unsigned_bigint|tinyint|mediumint|smallint|mediumtext|longtext|tinytext|geometry|geography|st_point|vector)$/;

/** What statements of a schema or a migration do, in order. */
export function railsChanges(setting: Setting, nodes: readonly Plain[]): RailsChanges {
  const changes: PlacedChange[] = [];
  const unclear: { readonly node: Plain; readonly why: string }[] = [];
  for (const node of nodes) {
    if (/^(if|unless|if_modifier|unless_modifier|then|else|begin)$/.test(node.kind)) {
      const inner = railsChanges(
        setting,
        namedOf(node).filter(({ field }) => field !== 'condition'),
      );
      changes.push(...inner.changes);
      unclear.push(...inner.unclear);
      continue;
    }
    const call = callOf(node);
    if (call === undefined) continue;
    const made = changesOf(setting, call);
    if (made === 'unknown') unclear.push({ node, why: `what ${call.name} does to tables is not known from the text` });
    else
      changes.push(...made.map((change) => ({ change, line: node.line, excerpt: node.text.split('\n')[0]?.slice(0, 80) ?? '' })));
    if (/^(reversible|safety_assured|up_only|say_with_time)$/.test(call.name) || (call.name === 'up' && call.receiver)) {
      const inner = railsChanges(setting, bodyOf(call.block));
      changes.push(...inner.changes);
      unclear.push(...inner.unclear);
    }
  }
  return { changes, unclear };
}

function changesOf(setting: Setting, call: Call): readonly Change[] | 'unknown' {
  const [first, second, third] = call.positional;
  const table = textOf(first);
  const column = textOf(second);
  if (silent.test(call.name) || ((call.name === 'up' || call.name === 'down') && call.receiver)) return [];
  if (call.name === 'execute') return 'unknown';
  if (call.name === 'create_enum' && table !== undefined)
    return [{ kind: 'create-enum', name: table, values: textsOf(second) ?? [] }];
  if (
    !/_(table|tables|column|columns|index|reference|references|belongs_to|timestamps|key|constraint|null|default|join_table)$|^(create|add|drop|change|rename|remove)_/.test(
      call.name,
    )
  )
    return [];
  if (table === undefined) return 'unknown';
  switch (call.name) {
    case 'create_table':
      return [created(setting, call, table)];
    case 'create_join_table':
      return column === undefined ? 'unknown' : [joined(setting, call, [table, column])];
    case 'drop_table':
      return [{ kind: 'drop-table', table, ifExists: call.options.has('if_exists') }];
    case 'rename_table':
      return column === undefined ? 'unknown' : [{ kind: 'rename-table', table, to: column }];
    case 'change_table':
      return bodyOf(call.block).flatMap((node) => {
        const one = callOf(node);
        return one === undefined ? [] : inTable(setting, table, one);
      });
    case 'add_column': {
      const type = textOf(third);
      return column === undefined || type === undefined
        ? 'unknown'
        : [
            {
              kind: 'add-column',
              table,
              column: columnOf(setting, call, { name: column, type }),
              ifMissing: call.options.has('if_not_exists'),
              after: null,
            },
          ];
    }
    case 'change_column': {
      const type = textOf(third);
      if (column === undefined || type === undefined) return 'unknown';
      const to = columnOf(setting, call, { name: column, type });
      return [
        {
          kind: 'change-column',
          table,
          column,
          to: {
            type: to.type,
            ...(call.options.has('null') ? { nullable: to.nullable } : {}),
            ...(call.options.has('default') ? { default: to.default } : {}),
          },
        },
      ];
    }
    case 'change_column_null':
      return column === undefined
        ? 'unknown'
        : [{ kind: 'change-column', table, column, to: { nullable: third?.text === 'true' } }];
    case 'change_column_default': {
      const value = call.options.get('to') ?? third;
      return column === undefined
        ? 'unknown'
        : [
            {
              kind: 'change-column',
              table,
              column,
              to: { default: value === undefined || value.kind === 'nil' ? null : (textOf(value) ?? value.text) },
            },
          ];
    }
    case 'rename_column': {
      const to = textOf(third);
      return column === undefined || to === undefined ? 'unknown' : [{ kind: 'rename-column', table, column, to }];
    }
    case 'remove_column':
    case 'remove_columns':
      return call.positional
        .slice(1, call.name === 'remove_column' ? 2 : undefined)
        .flatMap((one) => dropped(table, textOf(one)));
    case 'add_timestamps':
      return timestamps(setting, call).map((one) => ({ kind: 'add-column', table, column: one, ifMissing: false, after: null }));
    case 'remove_timestamps':
      return ['created_at', 'updated_at'].flatMap((name) => dropped(table, name));
    case 'add_reference':
    case 'add_belongs_to':
      return column === undefined ? 'unknown' : referred(setting, table, { call, name: column });
    case 'remove_reference':
    case 'remove_belongs_to':
      return [
        ...dropped(table, column && `${column}_id`),
        ...(call.options.has('polymorphic') ? dropped(table, column && `${column}_type`) : []),
      ];
    case 'add_index': {
      const part = indexOf(table, call, second);
      return part === undefined ? 'unknown' : [{ kind: 'add-part', table, part, ifMissing: call.options.has('if_not_exists') }];
    }
    case 'remove_index': {
      const columns = textsOf(second) ?? textsOf(call.options.get('column')) ?? [];
      const name = textOf(call.options.get('name')) ?? `index_${table}_on_${columns.join('_and_')}`;
      return [{ kind: 'drop-part', table, of: 'index', name, ifExists: true }];
    }
    case 'rename_index': {
      const to = textOf(third);
      return column === undefined || to === undefined ? 'unknown' : [{ kind: 'rename-part', table, name: column, to }];
    }
    case 'add_foreign_key':
      return column === undefined ? 'unknown' : [{ kind: 'add-part', table, part: foreign(call, column), ifMissing: false }];
    case 'add_check_constraint':
      return [
        {
          kind: 'add-part',
          table,
          part: { kind: 'check', key: { name: textOf(call.options.get('name')) ?? null, columns: [], expression: column ?? '' } },
          ifMissing: false,
        },
      ];
    default:
      return 'unknown';
  }
}

const dropped = (table: string, column: string | undefined): readonly Change[] =>
  column === undefined ? [] : [{ kind: 'drop-column', table, column, ifExists: false }];
const foreign = (call: Call, to: string): Part =>
  foreignPart({
    columns: textsOf(call.options.get('column')) ?? [`${singularOf(to)}_id`],
    table: to,
    references: textsOf(call.options.get('primary_key')) ?? [],
    onDelete: actionOf(textOf(call.options.get('on_delete'))),
    onUpdate: actionOf(textOf(call.options.get('on_update'))),
    name: textOf(call.options.get('name')) ?? null,
  });
const timestamps = (setting: Setting, call: Call): readonly Column[] =>
  ['created_at', 'updated_at'].map((name) => ({
    ...columnOf(setting, call, { name, type: 'datetime' }),
    nullable:
      call.options.get('null')?.text === 'true' || (setting.version > 0 && setting.version < 5 && !call.options.has('null')),
  }));
const referred = (setting: Setting, table: string, o: { readonly call: Call; readonly name: string }): readonly Change[] => {
  const { columns, parts } = referenceOf(setting, o.call, o.name);
  return [
    ...columns.map((column): Change => ({ kind: 'add-column', table, column, ifMissing: false, after: null })),
    ...parts.map((part): Change => ({ kind: 'add-part', table, part: namedFor(table, part), ifMissing: false })),
  ];
};
const namedFor = (table: string, part: Part): Part =>
  part.kind === 'index' && part.key.name === null
    ? indexPart({ table, columns: part.key.parts, unique: part.key.unique, name: null })
    : part;

/** A statement inside of `change_table`. */
function inTable(setting: Setting, table: string, call: Call): readonly Change[] {
  const { columns, parts } = tablePart(setting, table, call);
  if (columns.length + parts.length > 0)
    return [
      ...columns.map((column): Change => ({ kind: 'add-column', table, column, ifMissing: false, after: null })),
      ...parts.map((part): Change => ({ kind: 'add-part', table, part, ifMissing: false })),
    ];
  const names = call.positional.map((one) => textOf(one));
  if (call.name === 'remove') return names.flatMap((name) => dropped(table, name));
  const [from, to] = names;
  if (call.name === 'rename' && from !== undefined && to !== undefined)
    return [{ kind: 'rename-column', table, column: from, to }];
  return [];
}

/** What a statement about a table gives it: `t.string :name`. */
function tablePart(
  setting: Setting,
  table: string,
  call: Call,
): { readonly columns: readonly Column[]; readonly parts: readonly Part[] } {
  const names = call.positional.flatMap((one) => textOf(one) ?? []);
  const none = { columns: [], parts: [] };
  switch (call.name) {
    case 'timestamps':
      return { columns: timestamps(setting, call), parts: [] };
    case 'references':
    case 'belongs_to': {
      const made = names.map((name) => referenceOf(setting, call, name));
      return {
        columns: made.flatMap(({ columns }) => columns),
        parts: made.flatMap(({ parts }) => parts.map((part) => namedFor(table, part))),
      };
    }
    case 'index': {
      const part = indexOf(table, call, call.positional[0]);
      return part === undefined ? none : { columns: [], parts: [part] };
    }
    case 'foreign_key':
      return { columns: [], parts: names.map((name) => foreign(call, name)) };
    case 'check_constraint':
      return {
        columns: [],
        parts: [
          { kind: 'check', key: { name: textOf(call.options.get('name')) ?? null, columns: [], expression: names[0] ?? '' } },
        ],
      };
    case 'column': {
      const [name, type] = names;
      return name === undefined || type === undefined ? none : { columns: [columnOf(setting, call, { name, type })], parts: [] };
    }
    default: {
      if (!isType.test(call.name)) return none;
      const columns = names.map((name) => columnOf(setting, call, { name, type: call.name }));
      const index = call.options.get('index');
      const parts =
        index === undefined || index.text === 'false'
          ? []
          : names.map((name) => indexPart({ table, columns: [name], unique: /unique:\s*true/.test(index.text), name: null }));
      return { columns, parts };
    }
  }
}

function created(setting: Setting, call: Call, table: string): Change {
  const made = bodyOf(call.block).flatMap((node) => {
    const one = callOf(node);
    return one === undefined ? [] : [tablePart(setting, table, one)];
  });
  const id = call.options.get('id');
  const named = textsOf(call.options.get('primary_key'));
  const columns = made.flatMap((one) => one.columns);
  const key = named ?? ['id'];
  const type =
    setting.dialect === 'sqlite' && id === undefined
      ? 'integer'
      : (textOf(id) ?? (setting.version >= 5.1 || setting.version === 0 ? 'bigint' : 'integer'));
  const own =
    id?.text === 'false' || (named?.length ?? 0) > 1
      ? []
      : [{ ...columnOf(setting, { ...call, options: new Map() }, { name: key[0] ?? 'id', type }), nullable: false }];
  const hasKey = own.length > 0 || named !== undefined;
  return {
    kind: 'create-table',
    table,
    columns: [...own, ...columns],
    parts: [
      ...(hasKey ? [{ kind: 'primary-key', key: { name: null, columns: key } } as const] : []),
      ...made.flatMap((one) => one.parts),
    ],
    ifMissing: call.options.has('if_not_exists'),
  };
}

/** `create_join_table :books, :authors` is `authors_books`. */
function joined(setting: Setting, call: Call, tables: readonly string[]): Change {
  const table = textOf(call.options.get('table_name')) ?? tables.toSorted().join('_');
  const own = tables.map((name) => ({
    ...columnOf(setting, { ...call, options: new Map() }, { name: `${singularOf(name)}_id`, type: 'bigint' }),
    nullable: false,
  }));
  const made = bodyOf(call.block).flatMap((node) => {
    const one = callOf(node);
    return one === undefined ? [] : [tablePart(setting, table, one)];
  });
  return {
    kind: 'create-table',
    table,
    columns: [...own, ...made.flatMap(({ columns }) => columns)],
    parts: made.flatMap(({ parts }) => parts),
    ifMissing: false,
  };
}
