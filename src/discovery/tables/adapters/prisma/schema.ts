// Prisma schema files as blocks, with the arguments of their attributes as plain values.
import {
  type Attribute,
  type AttributeArgument,
  type Block,
  type BlockAttribute,
  type GroupedAttribute,
  getSchema,
  PrismaParser,
  VisitorClassFactory,
} from '@mrleebo/prisma-ast';

const parser = new PrismaParser({ nodeLocationTracking: 'full' });
const visitor = new (VisitorClassFactory(parser))();

export interface PlacedBlock {
  readonly block: Block;
  readonly file: string;
  /** The line before the text that was parsed. */
  readonly offset: number;
}
export interface Refusal {
  readonly line: number;
  readonly what: string;
  readonly why: string;
}

/** A file that the parser refuses is read block by block, so that one bad line costs one block. */
export function blocksOf(
  text: string,
  file: string,
): { readonly blocks: readonly PlacedBlock[]; readonly refused: readonly Refusal[] } {
  try {
    return { blocks: getSchema(text, { parser, visitor }).list.map((block) => ({ block, file, offset: 0 })), refused: [] };
  } catch {
    const blocks: PlacedBlock[] = [];
    const refused: Refusal[] = [];
    for (const found of text.matchAll(/^(?:model|enum|view|type|datasource|generator)\s+\w+\s*\{[\s\S]*?^\}/gm)) {
      const offset = text.slice(0, found.index).split('\n').length - 1;
      try {
        blocks.push(...getSchema(`${found[0]}\n`, { parser, visitor }).list.map((block) => ({ block, file, offset })));
      } catch (error) {
        const why = `Prisma's syntax is not followed: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`;
        refused.push({ line: offset + 1, what: found[0].split('\n')[0] ?? '', why });
      }
    }
    if (blocks.length + refused.length === 0) refused.push({ line: 1, what: text.slice(0, 80), why: 'it is no Prisma schema' });
    return { blocks, refused };
  }
}

export type AnyAttribute = Attribute | BlockAttribute | GroupedAttribute;
/** A field in a list, with what stands behind it in parentheses: `total(sort: Desc)`. */
export interface Listed {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}
type Value = unknown;

export const unquoted = (value: Value): string | undefined =>
  typeof value === 'string'
    ? (/^"([\s\S]*)"$/.exec(value)?.[1]?.replaceAll('\\"', '"') ?? value)
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

const isKeyed = (value: Value): value is { readonly key: string; readonly value: Value } =>
  typeof value === 'object' && value !== null && 'key' in value && 'value' in value;
const isArray = (value: Value): value is { readonly args: readonly Value[] } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'array';
export const isCall = (value: Value): value is { readonly name: string; readonly params?: readonly Value[] } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'function';

/** The argument of a name; `at`: its place where it has none. */
export function argument(attribute: AnyAttribute | undefined, name: string, at?: number): Value {
  const all: readonly AttributeArgument[] = attribute?.args ?? [];
  const values: readonly Value[] = all.map(({ value }) => value);
  const keyed = values.find((value) => isKeyed(value) && value.key === name);
  if (isKeyed(keyed)) return keyed.value;
  return at === undefined ? undefined : values.filter((value) => !isKeyed(value))[at];
}
export const textArgument = (attribute: AnyAttribute | undefined, name: string, at?: number): string | undefined =>
  unquoted(argument(attribute, name, at));

export function listed(value: Value): readonly Listed[] {
  const items = isArray(value) ? value.args : value === undefined ? [] : [value];
  return items.flatMap((item): readonly Listed[] => {
    if (isCall(item)) {
      const options = (item.params ?? []).flatMap((one) => (isKeyed(one) ? [[one.key, unquoted(one.value)] as const] : []));
      return [{ name: item.name, options: Object.fromEntries(options) }];
    }
    const name = unquoted(item);
    return name === undefined ? [] : [{ name, options: {} }];
  });
}
export const itemsOf = (value: Value): readonly Value[] | undefined => (isArray(value) ? value.args : undefined);
