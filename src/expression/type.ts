import type { Schema } from '../plugin-api.ts';

/** What is known about the value of an expression before it has one. */
export type ExpressionType =
  | { readonly kind: 'any' }
  | { readonly kind: 'null' }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  /** `options`: it is one of these. */
  | { readonly kind: 'string'; readonly options?: readonly string[] }
  /** `filtered`: made by `.*`, so that a property is asked of each item. */
  | { readonly kind: 'list'; readonly items: ExpressionType; readonly filtered?: true }
  /** Any key, all with values of one type. */
  | { readonly kind: 'map'; readonly values: ExpressionType }
  | ObjectType
  | { readonly kind: 'either'; readonly types: readonly ExpressionType[] };

/** Exactly these properties. The scope of an expression is one: its properties are the contexts. */
export interface ObjectType {
  readonly kind: 'object';
  readonly properties: Readonly<Record<string, ExpressionType>>;
  /** Names that a person may expect here, each with a sentence that says why it is not here and what to do. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** How any other name could come to be here. */
  readonly declare?: (name: string) => string;
}

export const types = {
  any: { kind: 'any' },
  null: { kind: 'null' },
  number: { kind: 'number' },
  boolean: { kind: 'boolean' },
  string: { kind: 'string' },
} as const satisfies Record<string, ExpressionType>;
export const listOf = (items: ExpressionType): ExpressionType => ({ kind: 'list', items });
export const mapOf = (values: ExpressionType): ExpressionType => ({ kind: 'map', values });
export const objectOf = (
  properties: Readonly<Record<string, ExpressionType>>,
  elsewhere?: Readonly<Record<string, string>>,
): ObjectType => ({ kind: 'object', properties, ...(elsewhere === undefined ? {} : { elsewhere }) });

/** One of several types, without repetition. */
export function eitherOf(given: readonly ExpressionType[]): ExpressionType {
  const flat = given.flatMap((type) => (type.kind === 'either' ? type.types : [type]));
  if (flat.some(({ kind }) => kind === 'any')) return types.any;
  const distinct = [...new Map(flat.map((type) => [JSON.stringify(type), type])).values()];
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : { kind: 'either', types: distinct };
}

/** The type of what a schema describes: a plugin's outputs, an input of the playbook. */
export function typeOfSchema(schema: Schema): ExpressionType {
  const type = plain(schema);
  return schema.nullable === true ? eitherOf([type, types.null]) : type;
}

function plain(schema: Schema): ExpressionType {
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined ? types.string : { kind: 'string', options: schema.enum };
    case 'number':
    case 'integer':
      return types.number;
    case 'boolean':
      return types.boolean;
    case 'array':
      return listOf(typeOfSchema(schema.items));
    case 'map':
      return mapOf(typeOfSchema(schema.values));
    case 'json':
      return types.any;
    case 'object':
      return objectOf(Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, typeOfSchema(inner)])));
  }
}

/** In words, with an article. */
export function describeType(type: ExpressionType): string {
  switch (type.kind) {
    case 'any':
      return 'any value';
    case 'null':
      return 'null';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a boolean';
    case 'string':
      return 'a text';
    case 'list':
      return 'a list';
    case 'map':
    case 'object':
      return 'an object';
    case 'either':
      return [...new Set(type.types.map(describeType))].join(' or ');
  }
}

/**
 * May a value of this type be taken where `schema` is asked for? Says no only when no value of the type could be; text is taken
 * for numbers that have a written form, such as "10%" and "2s".
 */
export function mayFit(type: ExpressionType, schema: Schema): boolean {
  switch (type.kind) {
    case 'any':
      return true;
    case 'either':
      return type.types.some((one) => mayFit(one, schema));
    case 'null':
      return schema.nullable === true || schema.type === 'json';
    default:
  }
  switch (schema.type) {
    case 'json':
      return true;
    case 'string':
      if (type.kind !== 'string') return false;
      return (
        schema.enum === undefined || type.options === undefined || type.options.some((option) => schema.enum?.includes(option))
      );
    case 'number':
    case 'integer':
      return type.kind === 'number' || (type.kind === 'string' && schema.format !== undefined);
    case 'boolean':
      return type.kind === 'boolean';
    case 'array':
      return type.kind === 'list' && mayFit(type.items, schema.items);
    case 'map':
      return (
        (type.kind === 'map' && mayFit(type.values, schema.values)) ||
        (type.kind === 'object' && Object.values(type.properties).every((inner) => mayFit(inner, schema.values)))
      );
    case 'object':
      if (type.kind === 'map') return true;
      if (type.kind !== 'object') return false;
      return (schema.required ?? []).every((name) => {
        const inner = type.properties[name];
        const wanted = schema.properties[name];
        return inner !== undefined && (wanted === undefined || mayFit(inner, wanted));
      });
  }
}
