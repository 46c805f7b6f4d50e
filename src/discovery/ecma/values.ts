// What an expression stands for, as far as the source says: followed through declarations, imports, factories, classes and the
// arguments of calls, without running anything.
import type { Node } from 'oxc-parser';
import type { Declaration, Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import { type Asking, furthest, keyOf } from './asking.ts';
import { argument, boundTo, called, madeBy } from './calls.ts';
import { imported } from './imports.ts';
import { constantText } from './literal.ts';
import { bare, isClass, isFunction, propertyName } from './node.ts';
import { ofClass, ofEnum, ofObject, owner } from './properties.ts';
import { declarationOf } from './scope.ts';

type Maybe = Value | undefined;

export function meaningOf(asking: Asking, unit: EcmaUnit, node: Node | null | undefined, depth = 0): Maybe {
  if (node === null || node === undefined || depth > furthest) return undefined;
  const { known } = asking;
  if (known.has(node)) return known.get(node);
  if (!asking.step()) return undefined;
  // What is asked for while it is being answered means itself, and that is nothing.
  known.set(node, undefined);
  const meaning = evaluated(asking, unit, { node: bare(node), depth });
  known.set(node, meaning);
  return meaning;
}

function evaluated(asking: Asking, unit: EcmaUnit, o: { readonly node: Node; readonly depth: number }): Maybe {
  const { node, depth } = o;
  const next = (one: Node | null | undefined): Maybe => meaningOf(asking, unit, one, depth + 1);
  if (isFunction(node)) return { kind: 'function', ...asking.spot(node, unit) };
  if (isClass(node)) return { kind: 'class', ...asking.spot(node, unit) };
  switch (node.type) {
    case 'Identifier': {
      const declaration = node.name === 'undefined' ? undefined : declarationOf(unit, node);
      return declaration === undefined ? undefined : declared(asking, unit, declaration, depth + 1);
    }
    case 'Literal':
      return node.raw === 'null' ? undefined : { kind: 'other', node, unit };
    case 'TSEnumDeclaration':
      return { kind: 'enum', node, unit };
    case 'ObjectExpression':
      return { kind: 'object', ...asking.spot(node, unit) };
    case 'ArrayExpression':
      return { kind: 'array', ...asking.spot(node, unit) };
    case 'SequenceExpression':
      return next(node.expressions.at(-1));
    case 'AssignmentExpression':
      return next(node.right);
    case 'LogicalExpression':
      return next(node.left) ?? next(node.right);
    case 'ConditionalExpression':
      return next(node.consequent) ?? next(node.alternate);
    case 'ThisExpression':
      return owner(asking, unit, node);
    case 'Super': {
      const own = owner(asking, unit, node);
      const base = own !== undefined && 'node' in own && isClass(own.node) ? next(own.node.superClass) : undefined;
      return base?.kind === 'class' ? { ...base, kind: 'instance' } : base;
    }
    case 'MemberExpression': {
      const base = next(node.object);
      if (base === undefined) return undefined;
      const name = propertyName(node) ?? (node.computed ? constantText(asking, unit, node.property, depth + 1) : undefined);
      return name === undefined ? undefined : propertyOf(asking, base, name, depth + 1);
    }
    case 'NewExpression': {
      const made = next(node.callee);
      if (made?.kind === 'class') return { ...boundTo(asking, { node, unit }, made, depth), kind: 'instance' };
      return made?.kind === 'external' ? madeBy(asking, made, { node, unit }) : undefined;
    }
    case 'ImportExpression': {
      const from = constantText(asking, unit, node.source, depth + 1);
      return from === undefined ? undefined : imported(asking, { unit, from, name: '*', depth });
    }
    case 'CallExpression':
      return called(asking, unit, node, depth);
    default:
      return { kind: 'other', ...asking.spot(node, unit) };
  }
}

export function declared(asking: Asking, unit: EcmaUnit, declaration: Declaration, depth: number): Maybe {
  switch (declaration.kind) {
    case 'function':
    case 'class':
    case 'enum':
      return { kind: declaration.kind, ...asking.spot(declaration.node, unit) };
    case 'value':
      return (
        along(asking, meaningOf(asking, unit, declaration.node, depth), declaration.path, depth) ??
        meaningOf(asking, unit, declaration.standard, depth + 1)
      );
    case 'import':
      return imported(asking, { unit, from: declaration.from, name: declaration.name, depth });
    case 'parameter':
      return argument(asking, unit, declaration, depth);
    case 'element':
      return along(asking, asking.round?.get(keyOf(unit, declaration.loop))?.value, declaration.path, depth);
    case 'type':
    case 'other':
      return undefined;
  }
}

export const along = (asking: Asking, value: Maybe, path: readonly string[], depth: number): Maybe =>
  path.reduce<Maybe>((at, name) => (at === undefined ? undefined : propertyOf(asking, at, name, depth)), value);

export function propertyOf(asking: Asking, value: Value, name: string, depth = 0): Maybe {
  if (depth > furthest || !asking.step()) return undefined;
  switch (value.kind) {
    case 'namespace':
      return imported(asking, { unit: value.unit, from: undefined, name, depth: depth + 1 });
    case 'external':
      return { ...value, name: value.name === '*' ? name : `${value.name}.${name}` };
    case 'made':
      return { ...value, name: `${value.name}.${name}` };
    case 'parameter':
      return { ...value, path: [...value.path, name] };
    case 'object':
      return ofObject(asking.inside(value.round), value, name, depth);
    case 'array': {
      const element = value.node.type === 'ArrayExpression' && /^\d+$/.test(name) ? value.node.elements[Number(name)] : undefined;
      return element?.type === 'SpreadElement'
        ? undefined
        : meaningOf(asking.inside(value.round), value.unit, element, depth + 1);
    }
    case 'list':
      return /^\d+$/.test(name) ? value.items[Number(name)] : undefined;
    case 'enum':
      return ofEnum(value, name);
    case 'instance':
    case 'class':
      return ofClass(asking.inside(value.round), value, name, depth);
    case 'function':
      // `f.bind(this)` is f; other properties are what is set on it.
      return name === 'bind' ? value : ofFunction(asking, value, name, depth);
    case 'other':
    case 'text':
      return undefined;
  }
}

/** `app.router = …` where app is a function of this file. */
function ofFunction(
  asking: Asking,
  value: Value & { readonly node: Node; readonly unit: EcmaUnit },
  name: string,
  depth: number,
): Maybe {
  const own = value.node.type === 'FunctionDeclaration' ? value.node.id?.name : undefined;
  if (own === undefined) return undefined;
  for (const { left, right } of value.unit.nodes('AssignmentExpression')) {
    if (
      left.type === 'MemberExpression' &&
      left.object.type === 'Identifier' &&
      left.object.name === own &&
      propertyName(left) === name
    )
      return meaningOf(asking, value.unit, right, depth + 1);
  }
  return undefined;
}
