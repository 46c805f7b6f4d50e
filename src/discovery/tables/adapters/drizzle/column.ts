// One column of a table in Drizzle: a builder and the calls after it.
import type { Reading } from '../../../contract/reading.ts';
import { snakeCase } from '../../case.ts';
import { type Column, plainColumn } from '../../model.ts';
import {
  argumentsOf,
  bagOf,
  chainOf,
  flagOf,
  type Link,
  listOf,
  meaning,
  numberOf,
  placeOf,
  resultOf,
  type Spot,
  sourceOf,
  spotOf,
  sqlLiteral,
  textOf,
  wholeChain,
} from '../code/spot.ts';
import { type DrizzleDialect, isBuilder, typeOf } from './types.ts';

export interface ColumnSeen {
  readonly column: Column;
  readonly primary: boolean;
  readonly unique: string | true | undefined;
  /** `() => users.id`, with its options. */
  readonly reference: { readonly to: Spot; readonly options: Spot | undefined } | undefined;
}
export interface Builders {
  readonly reading: Reading;
  readonly dialect: DrizzleDialect;
  /** `casing: 'snake_case'` of the connection. */
  readonly snake: boolean;
  /** Name of the enum type that a variable stands for. */
  enumOf(spot: Spot): string | undefined;
}
interface Base {
  readonly name: string | undefined;
  readonly type: string;
  readonly enum: string | null;
  readonly serial: boolean;
  readonly links: readonly Link[];
}

function optionsOf({ reading }: Builders, call: Link) {
  const bag = call.arguments.map((one) => bagOf(reading, one)).find((one) => one !== undefined);
  return {
    text: (name: string) => textOf(reading, bag?.get(name)),
    number: (name: string) => numberOf(reading, bag?.get(name)),
    flag: (name: string) => flagOf(reading, bag?.get(name)) === true,
  };
}

function baseOf(builders: Builders, spot: Spot, depth = 0): Base | undefined {
  const { reading, dialect } = builders;
  if (depth > 8) return undefined;
  const { head, links } = chainOf(spot);
  const [call, ...rest] = links;
  if (call === undefined) {
    // A column that is kept in a variable.
    const value = meaning(reading, spot);
    if (value?.kind === 'made') return baseOf(builders, wholeChain({ unit: value.unit, node: value.call }), depth + 1);
    return value?.kind === 'other' && value.node !== spot.node
      ? baseOf(builders, { unit: value.unit, node: value.node }, depth + 1)
      : undefined;
  }
  const name = call.arguments.map((one) => textOf(reading, one)).find((one) => one !== undefined);
  const callee = call.spot.node.type === 'CallExpression' ? spotOf(call.spot.unit, call.spot.node.callee) : undefined;
  const value = meaning(reading, callee);
  const called =
    value?.kind === 'external'
      ? (value.name.split('.').at(-1) ?? '')
      : value === undefined || value.kind === 'parameter'
        ? call.name
        : '';
  if (isBuilder(dialect, called)) {
    if (called === 'mysqlEnum') {
      const values = call.arguments.map((one) => listOf(reading, one)).find((one) => one !== undefined);
      const texts = (values ?? []).flatMap((one) => textOf(reading, one) ?? []);
      return { name, type: `enum(${texts.map((one) => `'${one}'`).join(',')})`, enum: null, serial: false, links: rest };
    }
    return {
      name,
      type: typeOf(dialect, called, optionsOf(builders, call)),
      enum: null,
      serial: /serial$/.test(called),
      links: rest,
    };
  }
  const made = callee === undefined ? undefined : builders.enumOf(callee);
  if (made !== undefined) return { name, type: made, enum: made, serial: false, links: rest };
  const custom =
    value?.kind === 'made' && /customType\b/.test(value.name + sourceOf({ unit: value.unit, node: value.call }))
      ? customType(builders, { unit: value.unit, node: value.call }, call)
      : undefined;
  if (custom !== undefined) return { name, type: custom, enum: null, serial: false, links: rest };
  const inner = resultOf(reading, call.spot);
  const base = inner === undefined ? undefined : baseOf(builders, inner, depth + 1);
  // The name may be given to the function that makes the column.
  if (base !== undefined) return { ...base, name: base.name ?? name, links: [...base.links, ...rest] };
  // `timestamps.createdAt.notNull()`
  const root =
    head.node.type === 'Identifier' && callee?.node.type === 'MemberExpression'
      ? spotOf(spot.unit, callee.node.object)
      : undefined;
  const kept = root === undefined || root.node === spot.node ? undefined : meaning(reading, root);
  if (kept?.kind === 'made' || kept?.kind === 'other') {
    const at = kept.kind === 'made' ? { unit: kept.unit, node: kept.call } : { unit: kept.unit, node: kept.node };
    const found = at.node === spot.node ? undefined : baseOf(builders, at, depth + 1);
    return found === undefined ? undefined : { ...found, links: [...found.links, ...links] };
  }
  return undefined;
}

/** What `dataType` of a custom type returns, with the options of the column filled in. */
function customType(builders: Builders, definition: Spot, call: Link): string | undefined {
  const { reading, dialect } = builders;
  const dataType = bagOf(reading, argumentsOf(definition)[0])?.get('dataType');
  const result =
    dataType === undefined ? undefined : spotOf(dataType.unit, reading.js.resultsOf(dataType.unit, dataType.node)[0]);
  if (result === undefined) return undefined;
  let text = textOf(reading, result);
  if (text === undefined && result.node.type === 'TemplateLiteral') {
    const options = optionsOf(builders, call);
    const { expressions, quasis } = result.node;
    text = quasis
      .map((part, n) => {
        const at = expressions[n];
        const name = at?.type === 'MemberExpression' && at.property.type === 'Identifier' ? at.property.name : '';
        return `${part.value.cooked ?? ''}${at === undefined ? '' : (options.number(name) ?? options.text(name) ?? '')}`;
      })
      .join('');
  }
  return text?.replace(/\s+(collate|character set)\s+\w+/gi, '').replace('()', '') ?? (dialect === 'sqlite' ? 'text' : undefined);
}

/** Undefined: no builder of Drizzle is known behind it. */
export function columnOf(
  builders: Builders,
  o: { readonly key: string; readonly spot: Spot; readonly table: string },
): ColumnSeen | undefined {
  const { reading, dialect } = builders;
  const base = baseOf(builders, o.spot);
  if (base === undefined) return undefined;
  const name = base.name ?? (builders.snake ? snakeCase(o.key) : o.key);
  const link = (...names: readonly string[]): Link | undefined => base.links.findLast((one) => names.includes(one.name));
  const primary = link('primaryKey') !== undefined;
  const identity =
    link('generatedAlwaysAsIdentity') !== undefined
      ? 'always'
      : link('generatedByDefaultAsIdentity') !== undefined
        ? 'by default'
        : undefined;
  const given = link('default');
  const increments =
    link('autoincrement') !== undefined || (base.serial && dialect === 'mysql')
      ? 'auto_increment'
      : primary && flagOf(reading, bagOf(reading, link('primaryKey')?.arguments[0])?.get('autoIncrement')) === true
        ? 'autoincrement'
        : undefined;
  const computed = link('generatedAlwaysAs');
  const unique = link('unique');
  const reference = link('references');
  const defaultText =
    given !== undefined
      ? (sqlLiteral(reading, given.arguments[0]) ?? taggedSql(given.arguments[0]))
      : link('defaultNow') !== undefined
        ? dialect === 'mysql'
          ? '(now())'
          : 'now()'
        : link('defaultRandom') !== undefined
          ? 'gen_random_uuid()'
          : base.serial && dialect === 'postgresql'
            ? `nextval('${o.table.split('.').at(-1)}_${name}_seq')`
            : null;
  const arrays = base.links.filter((one) => one.name === 'array').length;
  return {
    column: {
      ...plainColumn(name, `${base.type}${arrays > 0 ? '[]' : ''}`, placeOf(o.spot)),
      nullable: !primary && !base.serial && identity === undefined && link('notNull') === undefined,
      default: defaultText,
      generated:
        identity !== undefined
          ? `${identity} as identity`
          : (increments ?? (computed === undefined ? null : (taggedSql(computed.arguments[0]) ?? 'computed'))),
      enum: base.enum,
    },
    primary,
    unique: unique === undefined ? undefined : (textOf(reading, unique.arguments[0]) ?? true),
    reference:
      reference?.arguments[0] === undefined ? undefined : { to: reference.arguments[0], options: reference.arguments[1] },
  };
}

/** The text of `` sql`now()` ``. */
export function taggedSql(spot: Spot | undefined): string | null {
  const node = spot?.node;
  if (spot === undefined || node === undefined) return null;
  if (node.type === 'TaggedTemplateExpression') return spot.unit.excerpt(node.quasi, 200).replace(/^`|`$/g, '');
  if (node.type === 'ArrowFunctionExpression') return sourceOf({ unit: spot.unit, node: node.body }).replace(/^sql`|`$/g, '');
  return sourceOf(spot);
}
