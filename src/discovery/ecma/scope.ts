// Which declaration a name stands for: lexical scopes of one file.
import type { Node } from 'oxc-parser';
import type { Declaration } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import { isFunction, nameOf, stringOf } from './node.ts';

const scopes = new Set<Node['type']>([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'Program',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'SwitchStatement',
  'StaticBlock',
  'TSModuleBlock',
]);

type Names = Map<string, Declaration>;
type Scopes = ReadonlyMap<Node, Names>;
const known = new WeakMap<EcmaUnit, Scopes>();

export function declarationOf(unit: EcmaUnit, identifier: Node): Declaration | undefined {
  const name = nameOf(identifier);
  return name === undefined ? undefined : lookUp(scopesOf(unit), identifier, name)?.found;
}

function scopesOf(unit: EcmaUnit): Scopes {
  let all = known.get(unit);
  if (all === undefined) {
    all = collect(unit);
    known.set(unit, all);
  }
  return all;
}

function lookUp(all: Scopes, from: Node, name: string): { readonly found: Declaration; readonly names: Names } | undefined {
  for (let at: Node | null | undefined = from.parent; at !== null && at !== undefined; at = at.parent) {
    const names = scopes.has(at.type) ? all.get(at) : undefined;
    const found = names?.get(name);
    if (found !== undefined && names !== undefined) return { found, names };
  }
  return undefined;
}

function scopeAround(node: Node, hoisted: boolean): Node | undefined {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) {
    if (hoisted ? isFunction(at) || at.type === 'Program' : scopes.has(at.type)) return at;
  }
  return undefined;
}

function collect(unit: EcmaUnit): Scopes {
  const all = new Map<Node, Names>();
  const declare = (scope: Node | undefined, name: string | undefined, declaration: Declaration): void => {
    if (scope === undefined || name === undefined) return;
    const names = all.get(scope) ?? new Map<string, Declaration>();
    if (!names.has(name)) names.set(name, declaration);
    all.set(scope, names);
  };
  variables(unit, declare);
  for (const node of unit.nodes('FunctionDeclaration'))
    declare(scopeAround(node, false), node.id?.name, { kind: 'function', node });
  for (const node of unit.nodes('ClassDeclaration')) declare(scopeAround(node, false), node.id?.name, { kind: 'class', node });
  for (const node of unit.nodes('TSEnumDeclaration')) declare(scopeAround(node, false), node.id.name, { kind: 'enum', node });
  for (const type of ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'] as const) {
    for (const node of unit.nodes(type)) {
      for (const [index, parameter] of node.params.entries()) {
        const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
        const type = typeOf(pattern);
        for (const { name, path } of boundIn(pattern)) declare(node, name, { kind: 'parameter', of: node, index, path, type });
      }
      if (node.type === 'FunctionExpression' && node.id !== null) declare(node, node.id.name, { kind: 'function', node });
    }
  }
  for (const node of unit.nodes('CatchClause')) {
    if (node.param !== null) for (const { name } of boundIn(node.param)) declare(node, name, { kind: 'other' });
  }
  imports(unit, declare);
  // A type has a name of its own only where no value has it.
  for (const type of ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration'] as const)
    for (const node of unit.nodes(type)) declare(scopeAround(node, false), node.id.name, { kind: 'type', node });
  assignments(unit, all);
  return all;
}
type Declare = (scope: Node | undefined, name: string | undefined, declaration: Declaration) => void;

function typeOf(pattern: Node): Node | undefined {
  if (pattern.type === 'AssignmentPattern') return typeOf(pattern.left);
  return 'typeAnnotation' in pattern && pattern.type === 'Identifier'
    ? (pattern.typeAnnotation?.typeAnnotation ?? undefined)
    : undefined;
}

function variables(unit: EcmaUnit, declare: Declare): void {
  for (const node of unit.nodes('VariableDeclarator')) {
    const declaration = node.parent;
    const hoisted = declaration?.type === 'VariableDeclaration' && declaration.kind === 'var';
    const scope = scopeAround(node, hoisted);
    const around = declaration?.parent;
    const loop =
      (around?.type === 'ForOfStatement' || around?.type === 'ForInStatement') && around.left === declaration
        ? around
        : around?.type === 'ForStatement' && around.init === declaration
          ? around
          : undefined;
    for (const { name, path, standard } of boundIn(node.id)) {
      if (loop !== undefined) declare(scope, name, { kind: 'element', loop, path });
      else if (node.init === null) declare(scope, name, { kind: 'other' });
      else declare(scope, name, { kind: 'value', node: node.init, path, ...(standard === undefined ? {} : { standard }) });
    }
  }
}

function imports(unit: EcmaUnit, declare: Declare): void {
  for (const node of unit.nodes('ImportDeclaration')) {
    const from = node.source.value;
    for (const one of node.specifiers) {
      const name =
        one.type === 'ImportDefaultSpecifier'
          ? 'default'
          : one.type === 'ImportNamespaceSpecifier'
            ? '*'
            : (nameOf(one.imported) ?? '');
      declare(unit.tree, one.local.name, { kind: 'import', from, name });
    }
  }
  for (const node of unit.nodes('TSImportEqualsDeclaration')) {
    const from =
      node.moduleReference.type === 'TSExternalModuleReference' ? stringOf(node.moduleReference.expression) : undefined;
    if (from !== undefined) declare(unit.tree, node.id.name, { kind: 'import', from, name: 'default' });
  }
}

/** `let app; app = express();`: what a variable without a value is set to first. */
function assignments(unit: EcmaUnit, all: Scopes): void {
  for (const node of unit.nodes('AssignmentExpression')) {
    if (node.left.type !== 'Identifier' || node.operator !== '=') continue;
    const at = lookUp(all, node, node.left.name);
    if (at?.found.kind === 'other') at.names.set(node.left.name, { kind: 'value', node: node.right, path: [] });
  }
}

interface Bound {
  readonly name: string;
  readonly path: readonly string[];
  /** What it is where there is nothing. */
  readonly standard?: Node;
}
/** Names that a pattern binds, each with the properties that lead to it. */
function boundIn(pattern: Node, path: readonly string[] = []): readonly Bound[] {
  if (path.length > 20) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [{ name: pattern.name, path }];
    case 'AssignmentPattern':
      return boundIn(pattern.left, path).map((one) => (one.path === path ? { ...one, standard: pattern.right } : one));
    case 'ObjectPattern':
      return pattern.properties.flatMap((one) => {
        if (one.type === 'RestElement') return boundIn(one.argument, path);
        const key = one.computed ? stringOf(one.key) : nameOf(one.key);
        return key === undefined ? [] : boundIn(one.value, [...path, key]);
      });
    case 'ArrayPattern':
      return pattern.elements.flatMap((one, n) => (one === null ? [] : boundIn(one, [...path, String(n)])));
    case 'RestElement':
      return boundIn(pattern.argument, path);
    default:
      return [];
  }
}
