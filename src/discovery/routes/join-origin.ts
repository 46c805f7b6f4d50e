// Where a router comes from that a factory makes, or that a class keeps: two calls of one factory give two routers.
import type { CallExpression, Node } from 'oxc-parser';
import type { Question } from '../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { exportsOf } from '../ecma/exports.ts';
import { bare, nameOf, propertyName, stringOf } from '../ecma/node.ts';

/** The call of a factory of the project, or the class whose instances have routers of their own. */
export type Origin =
  | { readonly kind: 'call'; readonly node: CallExpression; readonly unit: EcmaUnit }
  | { readonly kind: 'class'; readonly node: Node; readonly unit: EcmaUnit };
export interface At {
  readonly unit: EcmaUnit;
  readonly node: Node;
  readonly question: Question;
}
const deepest = 12;
/** Calls on a router that give the same router. */
const passing = new Set(['routes', 'middleware', 'after', 'withTypeProvider', 'bind']);

export function originOf(reading: Reading, names: ReadonlySet<string>, at: At, depth = 0): Origin | undefined {
  if (depth > deepest) return undefined;
  const { js } = reading;
  const { unit, question } = at;
  const node = bare(at.node);
  const next = (one: Node, there = unit): Origin | undefined =>
    originOf(reading, names, { unit: there, node: one, question }, depth + 1);
  switch (node.type) {
    case 'AssignmentExpression':
      return next(node.right);
    case 'Identifier': {
      const declaration = js.declarationOf(unit, node);
      if (declaration?.kind === 'import') return exportedAs(reading, { unit, ...declaration }, next);
      if (declaration?.kind !== 'value') return undefined;
      const required = requiredBy(declaration.node);
      const [name, ...rest] = declaration.path;
      if (required !== undefined && name !== undefined && rest.length === 0)
        return exportedAs(reading, { unit, from: required, name }, next);
      return declaration.path.length === 0 ? next(declaration.node) : undefined;
    }
    case 'CallExpression': {
      const required = requiredBy(node);
      if (required !== undefined) return exportedAs(reading, { unit, from: required, name: 'default' }, next);
      const callee = bare(node.callee);
      const name = propertyName(callee);
      const isPassed = name !== undefined && (names.has(name) || passing.has(name));
      if (callee.type === 'MemberExpression' && isPassed) return next(callee.object);
      return js.meaningOf(unit, callee, question)?.kind === 'function' ? { kind: 'call', node, unit } : undefined;
    }
    case 'MemberExpression': {
      const name = propertyName(node);
      const required = requiredBy(bare(node.object));
      if (required !== undefined && name !== undefined) return exportedAs(reading, { unit, from: required, name }, next);
      const of = js.meaningOf(unit, node.object, question);
      if (of?.kind === 'instance') return { kind: 'class', node: of.node, unit: of.unit };
      if (of?.kind === 'namespace' && name !== undefined)
        return exportedAs(reading, { unit: of.unit, from: undefined, name }, next);
      if (of?.kind !== 'object' || of.node.type !== 'ObjectExpression') return undefined;
      for (const one of of.node.properties)
        if (one.type === 'Property' && !one.computed && nameOf(one.key) === name) return next(one.value, of.unit);
      return undefined;
    }
    default:
      return undefined;
  }
}

function requiredBy(node: Node): string | undefined {
  const call = bare(node);
  if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier' || call.callee.name !== 'require') return undefined;
  return stringOf(call.arguments[0]);
}

/** `from`: undefined for the file itself. */
interface Imported {
  readonly unit: EcmaUnit;
  readonly from: string | undefined;
  readonly name: string;
}
function exportedAs(
  reading: Reading,
  { unit, from, name }: Imported,
  next: (node: Node, unit: EcmaUnit) => Origin | undefined,
  depth = 0,
): Origin | undefined {
  const file = from === undefined ? unit.file : reading.js.resolve(unit.file, from);
  const there = file === undefined || depth > deepest ? undefined : reading.ecma(file);
  if (there === undefined) return undefined;
  const { names, all } = exportsOf(there);
  const found = names.get(name);
  if (found?.kind === 'node') return next(found.node, there);
  if (found?.kind === 'elsewhere')
    return exportedAs(reading, { unit: there, from: found.from, name: found.name }, next, depth + 1);
  for (const passed of all) {
    const origin = exportedAs(reading, { unit: there, from: passed, name }, next, depth + 1);
    if (origin !== undefined) return origin;
  }
  return undefined;
}
