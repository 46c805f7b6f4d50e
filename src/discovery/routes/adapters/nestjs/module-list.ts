// Which classes stand in the lists of a module: https://docs.nestjs.com/modules, https://docs.nestjs.com/fundamentals/dynamic-modules
import type { Node } from 'oxc-parser';
import type { Element, Round, Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, isFunction, propertyName } from '../../../ecma/node.ts';
import { plainName, question } from './decorators.ts';

interface Located {
  readonly unit: EcmaUnit;
  readonly round: Round | undefined;
  /** False: a condition decides whether it is in the list. */
  readonly certain: boolean;
}
export type Listed = Located &
  (
    | { readonly kind: 'class'; readonly node: Node }
    /** `{ module, imports, controllers }` or a provider. */
    | { readonly kind: 'object'; readonly node: Node }
    | { readonly kind: 'external'; readonly from: string; readonly name: string; readonly arguments: readonly Node[] }
    | { readonly kind: 'unknown'; readonly node: Node }
  );
interface At extends Located {
  readonly node: Node | null | undefined;
  readonly depth: number;
}
const deepest = 16;

export function listedIn(reading: Reading, at: Omit<At, 'depth'>): readonly Listed[] {
  return listed(reading, { ...at, depth: 0 });
}

function listed(reading: Reading, at: At): readonly Listed[] {
  if (at.node === null || at.node === undefined) return [];
  const node = bare(at.node);
  const here = { unit: at.unit, round: at.round, certain: at.certain };
  if (at.depth > deepest) return [{ ...here, kind: 'unknown', node }];
  const next = (one: Node | null | undefined, certain = at.certain) =>
    listed(reading, { ...at, node: one, certain, depth: at.depth + 1 });
  switch (node.type) {
    case 'ArrayExpression':
      return node.elements.flatMap((one) => next(one));
    case 'SpreadElement':
      return next(node.argument);
    case 'ConditionalExpression':
      return [...next(node.consequent, false), ...next(node.alternate, false)];
    case 'LogicalExpression':
      return node.operator === '&&' ? next(node.right, false) : [...next(node.left, false), ...next(node.right, false)];
    case 'ObjectExpression':
      return [{ ...here, kind: 'object', node }];
    case 'ArrowFunctionExpression':
      return node.body?.type === 'BlockStatement' ? [{ ...here, kind: 'unknown', node }] : next(node.body);
    case 'Literal':
      return [];
    case 'CallExpression':
      return ofCall(reading, { ...at, node });
    case 'Identifier':
      if (node.name === 'undefined') return [];
      return ofName(reading, { ...at, node });
    default:
      return ofValue(reading, at, reading.js.meaningOf(at.unit, node, question(at.round)));
  }
}

/** A variable: what it is set to, and what is pushed into it afterwards. */
function ofName(reading: Reading, at: At & { readonly node: Node & { readonly type: 'Identifier' } }): readonly Listed[] {
  const { js } = reading;
  const declaration = js.declarationOf(at.unit, at.node);
  if (declaration?.kind !== 'value' || declaration.path.length > 0)
    return ofValue(reading, at, js.meaningOf(at.unit, at.node, question(at.round)));
  const pushed = at.unit.nodes('CallExpression').flatMap((call) => {
    const { callee } = call;
    if (callee.type !== 'MemberExpression' || !['push', 'unshift'].includes(propertyName(callee) ?? '')) return [];
    if (callee.object.type !== 'Identifier' || callee.object.name !== at.node.name) return [];
    const other = js.declarationOf(at.unit, callee.object);
    if (other?.kind !== 'value' || other.node !== declaration.node) return [];
    const certain = at.certain && !js.isConditional(at.unit, call);
    return call.arguments.flatMap((one) => listed(reading, { ...at, node: one, certain, depth: at.depth + 1 }));
  });
  return [...listed(reading, { ...at, node: declaration.node, depth: at.depth + 1 }), ...pushed];
}

function ofCall(reading: Reading, at: At & { readonly node: Node & { readonly type: 'CallExpression' } }): readonly Listed[] {
  const { js } = reading;
  const { node, unit } = at;
  const callee = bare(node.callee);
  const next = (one: Node | null | undefined) => listed(reading, { ...at, node: one, depth: at.depth + 1 });
  const name = propertyName(callee);
  const asked = question(at.round);
  const value = js.meaningOf(unit, callee, asked);
  const here = { unit, round: at.round, certain: at.certain };
  if (value?.kind === 'external') {
    const plain = plainName(value.name);
    if (plain === 'forwardRef') return next(node.arguments[0]);
    // `ConditionalModule.registerWhen(X, 'FLAG')`: https://docs.nestjs.com/techniques/configuration#conditional-module-configuration
    if (plain === 'ConditionalModule.registerWhen')
      return listed(reading, { ...at, node: node.arguments[0], certain: false, depth: at.depth + 1 });
    return [{ ...here, kind: 'external', from: value.from, name: plain, arguments: node.arguments }];
  }
  if (value?.kind === 'function' && isFunction(value.node)) {
    const given = node.arguments.map((one) => js.meaningOf(unit, one, asked));
    const turn: Element = { value: given[0], key: '0', given };
    const round: Round = new Map([...(at.round ?? []), [js.keyOf(value.unit, value.node), turn] as const]);
    const results = js
      .resultsOf(value.unit, value.node)
      .map((one) => listed(reading, { unit: value.unit, round, certain: at.certain, node: one, depth: at.depth + 1 }));
    // What every way out of the function gives is sure to be there.
    const names = results.map((ones) => new Set(ones.map((one) => nameOf(reading, one))));
    return results.flatMap((ones) =>
      ones.map((one) => ({ ...one, certain: one.certain && names.every((known) => known.has(nameOf(reading, one))) })),
    );
  }
  if (callee.type === 'MemberExpression') {
    const of = js.meaningOf(unit, callee.object, asked);
    // A static method of a class that a package made: `ConfigurableModuleClass`.
    if (of?.kind === 'class') return [{ ...here, unit: of.unit, kind: 'class', node: of.node }];
    if (of?.kind === 'external' || of?.kind === 'made') return [];
    if (name === 'concat') return [...next(callee.object), ...node.arguments.flatMap(next)];
    if (['filter', 'flat', 'slice', 'reverse'].includes(name ?? '')) return next(callee.object);
  }
  return ofValue(reading, at, js.meaningOf(unit, node, asked));
}

/** The class that an item is, or that it says it is the module of. */
function nameOf(reading: Reading, one: Listed): string {
  if (one.kind === 'class') return reading.js.keyOf(one.unit, one.node);
  if (one.kind === 'external') return `${one.from} ${one.name}`;
  const of =
    one.kind === 'object' ? reading.js.propertyOf({ kind: 'object', node: one.node, unit: one.unit }, 'module') : undefined;
  return of?.kind === 'class' ? reading.js.keyOf(of.unit, of.node) : reading.js.keyOf(one.unit, one.node);
}

function ofValue(reading: Reading, at: At, value: Value | undefined): readonly Listed[] {
  const certain = at.certain;
  const node = at.node as Node;
  const unknown: Listed = { unit: at.unit, round: at.round, certain, kind: 'unknown', node };
  if (value === undefined) return [unknown];
  switch (value.kind) {
    case 'class':
    case 'instance':
      return [{ unit: value.unit, round: value.round, certain, kind: 'class', node: value.node }];
    case 'object':
      return [{ unit: value.unit, round: value.round, certain, kind: 'object', node: value.node }];
    case 'array':
    case 'other':
      if (value.node === at.node) return [unknown];
      return listed(reading, { unit: value.unit, round: value.round, certain, node: value.node, depth: at.depth + 1 });
    case 'external':
      return [
        {
          unit: at.unit,
          round: at.round,
          certain,
          kind: 'external',
          from: value.from,
          name: plainName(value.name),
          arguments: [],
        },
      ];
    case 'made':
      return [
        {
          unit: value.unit,
          round: value.round,
          certain,
          kind: 'external',
          from: value.from,
          name: plainName(value.name),
          arguments: value.call.arguments,
        },
      ];
    case 'list':
      return value.items.flatMap((item) => ofValue(reading, at, item));
    case 'function':
    case 'enum':
    case 'text':
    case 'namespace':
    case 'parameter':
      return [unknown];
  }
}
