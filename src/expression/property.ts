import { nearest } from '../diagnostics/nearest.ts';
import { type ExpressionProblem, expressionProblem, type Span } from './problem.ts';
import { describeType, type ExpressionType, eitherOf, listOf, type ObjectType, types } from './type.ts';

/** What is asked of a value: a name or a number that is known, `.*`, or something that is computed. */
export type Index = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'all' } | { readonly kind: 'computed' };

/** The text that is asked, for the message, and where the index stands. */
interface Asked {
  readonly of: string;
  readonly index: Index;
  readonly span: Span;
}
type Looked = { readonly type: ExpressionType; readonly problem?: ExpressionProblem };

/** The type of a property, an item, or all of them; with a problem where it is known that there is none. */
export function propertyOf(type: ExpressionType, asked: Asked): Looked {
  if (type.kind === 'either') {
    const looked = type.types.filter(({ kind }) => kind !== 'null').map((one) => propertyOf(one, asked));
    const found = looked.filter(({ problem }) => problem === undefined);
    const [first] = looked;
    if (found.length > 0) return { type: eitherOf([...found.map((one) => one.type), types.null]) };
    return first ?? { type: types.null };
  }
  switch (asked.index.kind) {
    case 'all':
      return allOf(type, asked);
    case 'computed':
      return { type: computed(type) };
    case 'name':
      return named(type, asked.index.name, asked);
  }
}

function named(type: ExpressionType, name: string, asked: Asked): Looked {
  switch (type.kind) {
    case 'any':
      return { type: types.any };
    case 'map':
      return { type: eitherOf([type.values, types.null]) };
    case 'object': {
      const key = keyOf(type.properties, name);
      const found = key === undefined ? undefined : type.properties[key];
      return found === undefined ? { type: types.any, problem: missing(type, name, asked) } : { type: found };
    }
    case 'list': {
      if (type.filtered === true) {
        const inner = propertyOf(type.items, asked);
        return { ...inner, type: { kind: 'list', items: inner.type, filtered: true } };
      }
      if (/^\d+$/.test(name)) return { type: eitherOf([type.items, types.null]) };
      return { type: types.any, problem: none(type, name, asked) };
    }
    default:
      return { type: types.any, problem: none(type, name, asked) };
  }
}

function allOf(type: ExpressionType, asked: Asked): Looked {
  const filtered = (items: ExpressionType): Looked => ({ type: { kind: 'list', items, filtered: true } });
  switch (type.kind) {
    case 'any':
      return filtered(types.any);
    case 'list':
      return filtered(type.filtered === true ? propertyOf(type.items, asked).type : type.items);
    case 'map':
      return filtered(type.values);
    case 'object':
      return filtered(eitherOf(Object.values(type.properties)));
    default:
      return { type: listOf(types.any), problem: none(type, '*', asked) };
  }
}

function computed(type: ExpressionType): ExpressionType {
  if (type.kind === 'list') return eitherOf([type.items, types.null]);
  return type.kind === 'map' ? eitherOf([type.values, types.null]) : types.any;
}

/** Names in expressions are the same in upper and lower case, as in GitHub Actions; the exact one is preferred. */
export function keyOf(properties: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (Object.hasOwn(properties, name)) return name;
  return Object.keys(properties).find((key) => key.toLowerCase() === name.toLowerCase());
}

function missing(type: ObjectType, name: string, { of, span }: Asked): ExpressionProblem {
  const known = Object.keys(type.properties);
  const near = nearest(name, known);
  const elsewhere = keyOf(type.elsewhere ?? {}, name);
  return expressionProblem(
    'expression/unknown-property',
    {
      of,
      name,
      known,
      ...(near === undefined ? {} : { near }),
      ...(elsewhere === undefined ? {} : { elsewhere: type.elsewhere?.[elsewhere] ?? '' }),
      ...(type.declare === undefined ? {} : { declare: type.declare(name) }),
    },
    span,
  );
}

function none(type: ExpressionType, name: string, { of, span }: Asked): ExpressionProblem {
  return expressionProblem('expression/no-properties', { of, name, type: describeType(type), list: type.kind === 'list' }, span);
}
