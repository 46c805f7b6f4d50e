// What a property of an object, a class, an instance or an enum stands for.
import type { Node } from 'oxc-parser';
import type { Spot, Value } from '../contract/meaning.ts';
import type { EcmaUnit, NodeOf } from '../contract/reading.ts';
import { type Asking, textValue } from './asking.ts';
import { classOfType, resultOf } from './calls.ts';
import { type ClassNode, isClass, isFunction, nameOf, stringOf } from './node.ts';
import { meaningOf, propertyOf } from './values.ts';

type Maybe = Value | undefined;
export const keyName = (of: { readonly computed: boolean; readonly key: Node }): string | undefined =>
  of.computed ? stringOf(of.key) : nameOf(of.key);

/** The object or the class whose function a `this` stands in. */
export function owner(asking: Asking, unit: EcmaUnit, node: Node): Maybe {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) {
    if (at.type === 'FunctionDeclaration') return undefined;
    if (at.type === 'FunctionExpression') {
      const holder = at.parent;
      if (holder?.type === 'Property')
        return holder.parent?.type === 'ObjectExpression' ? { kind: 'object', ...asking.spot(holder.parent, unit) } : undefined;
      if (holder?.type !== 'MethodDefinition') return undefined;
    }
    if (at.type === 'MethodDefinition' || at.type === 'PropertyDefinition' || at.type === 'AccessorProperty') {
      const of = at.parent?.parent;
      if (of === null || of === undefined || !isClass(of)) return undefined;
      return { kind: at.static ? 'class' : 'instance', ...asking.spot(of, unit) };
    }
    if (at.type === 'StaticBlock' && at.parent?.parent != null && isClass(at.parent.parent))
      return { kind: 'class', node: at.parent.parent, unit };
  }
  return undefined;
}

export function ofObject(asking: Asking, value: Spot, name: string, depth: number): Maybe {
  if (value.node.type !== 'ObjectExpression') return undefined;
  const { properties } = value.node;
  for (let n = properties.length - 1; n >= 0; n -= 1) {
    const one = properties[n];
    if (one?.type === 'Property') {
      if (keyName(one) !== name) continue;
      if (one.kind === 'get' && isFunction(one.value)) return resultOf(asking, { node: one.value, unit: value.unit }, depth + 1);
      return meaningOf(asking, value.unit, one.value, depth + 1);
    }
    const spread = meaningOf(asking, value.unit, one?.argument, depth + 1);
    const found = spread === undefined || spread.kind === 'parameter' ? undefined : propertyOf(asking, spread, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function ofEnum(value: Spot, name: string): Maybe {
  if (value.node.type !== 'TSEnumDeclaration') return undefined;
  let number = 0;
  for (const member of value.node.body.members) {
    const { initializer } = member;
    if (initializer?.type === 'Literal' && typeof initializer.value === 'number') number = initializer.value;
    if (nameOf(member.id) === name)
      return initializer === null ? textValue(String(number)) : { kind: 'other', node: initializer, unit: value.unit };
    number += 1;
  }
  return undefined;
}

export function ofClass(asking: Asking, value: Value & Spot, name: string, depth: number): Maybe {
  const { node, unit } = value;
  if (!isClass(node)) return undefined;
  for (const one of node.body.body) {
    if (one.type !== 'MethodDefinition' && one.type !== 'PropertyDefinition' && one.type !== 'AccessorProperty') continue;
    const own = keyName(one);
    if (one.type === 'MethodDefinition' && own === name && one.value.type === 'FunctionExpression') {
      return one.kind === 'get'
        ? resultOf(asking, { node: one.value, unit }, depth + 1)
        : { kind: 'function', ...asking.spot(one.value, unit) };
    }
    if (one.type !== 'MethodDefinition' && own === name) {
      const type = 'typeAnnotation' in one ? one.typeAnnotation?.typeAnnotation : undefined;
      const found = meaningOf(asking, unit, one.value, depth + 1) ?? classOfType(asking, unit, type, depth + 1);
      if (found !== undefined) return found;
    }
    if (one.type === 'MethodDefinition' && one.kind === 'constructor' && one.value.type === 'FunctionExpression') {
      const found = inConstructor(asking, { constructor: one.value, unit }, name, depth);
      if (found !== undefined) return found;
    }
  }
  return assigned(asking, { node, unit }, name, depth) ?? inherited(asking, value, { node, name, depth });
}

/** `this.x = …` in any method, and `A.x = …` of a class A anywhere in its file. */
function assigned(asking: Asking, of: { readonly node: ClassNode; readonly unit: EcmaUnit }, name: string, depth: number): Maybe {
  const { node, unit } = of;
  for (const { left, right, start } of unit.nodes('AssignmentExpression')) {
    if (left.type !== 'MemberExpression' || left.computed || nameOf(left.property) !== name) continue;
    const isOwn = left.object.type === 'ThisExpression' && start > node.start && start < node.end;
    const isNamed = left.object.type === 'Identifier' && node.id !== null && left.object.name === node.id.name;
    const found = isOwn || isNamed ? meaningOf(asking, unit, right, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function inherited(
  asking: Asking,
  value: Value & Spot,
  o: { readonly node: ClassNode; readonly name: string; readonly depth: number },
): Maybe {
  const base = meaningOf(asking, value.unit, o.node.superClass, o.depth + 1);
  if (base?.kind === 'class')
    return propertyOf(asking, value.kind === 'class' ? base : { ...base, kind: 'instance' }, o.name, o.depth + 1);
  // `class A extends Mixin(B)`: what the call of a package gives has unknown properties.
  return undefined;
}

/** `this.x = …`, and TypeScript's `constructor(private readonly x: X)`. */
function inConstructor(
  asking: Asking,
  o: { readonly constructor: NodeOf<'FunctionExpression'>; readonly unit: EcmaUnit },
  name: string,
  depth: number,
): Maybe {
  for (const parameter of o.constructor.params) {
    if (parameter.type !== 'TSParameterProperty') continue;
    const pattern = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
    if (nameOf(pattern) === name) return meaningOf(asking, o.unit, pattern, depth + 1);
  }
  for (const { left, right, start } of o.unit.nodes('AssignmentExpression')) {
    if (start < o.constructor.start || start > o.constructor.end) continue;
    if (
      left.type === 'MemberExpression' &&
      left.object.type === 'ThisExpression' &&
      !left.computed &&
      nameOf(left.property) === name
    )
      return meaningOf(asking, o.unit, right, depth + 1);
  }
  return undefined;
}
