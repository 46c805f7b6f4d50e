import { childOf, namedOf, type Plain } from '../plain.ts';
import { decorated } from './literal.ts';

/** What a name stands for in a scope. */
export type Binding =
  | { readonly kind: 'import'; readonly module: string; readonly name: string | null }
  | { readonly kind: 'value'; readonly node: Plain }
  | { readonly kind: 'definition'; readonly node: Plain }
  | { readonly kind: 'parameter'; readonly node: Plain };
export interface Scope {
  readonly names: ReadonlyMap<string, Binding>;
  /** `from x import *`. */
  readonly stars: readonly string[];
  /** `x += [...]` and `x.append(...)`: what is put to a list later. */
  readonly added: ReadonlyMap<string, readonly Plain[]>;
}

const blocks = new Set([
  'if_statement',
  'elif_clause',
  'else_clause',
  'try_statement',
  'except_clause',
  'finally_clause',
  'with_statement',
  'for_statement',
  'while_statement',
  'block',
  'module',
]);

/** Statements of a scope, those in its branches too. */
export function statementsOf(body: Plain): readonly Plain[] {
  return namedOf(body).flatMap((node) => (blocks.has(node.kind) ? statementsOf(node) : [node]));
}

function imported(node: Plain, names: Map<string, Binding>, stars: string[]): void {
  const from = childOf(node, 'module_name')?.text;
  if (node.children.some(({ kind }) => kind === 'wildcard_import') && from !== undefined) stars.push(from);
  for (const one of node.children.filter(({ field }) => field === 'name')) {
    const name = (one.kind === 'aliased_import' ? childOf(one, 'name') : one)?.text ?? '';
    const alias = childOf(one, 'alias')?.text;
    if (from !== undefined) names.set(alias ?? name, { kind: 'import', module: from, name });
    else if (alias !== undefined) names.set(alias, { kind: 'import', module: name, name: null });
    else names.set(name.split('.')[0] ?? name, { kind: 'import', module: name.split('.')[0] ?? name, name: null });
  }
}

/** The names of a module, of the body of a class, or of the body of a function. */
export function scopeOf(body: Plain): Scope {
  const names = new Map<string, Binding>();
  const stars: string[] = [];
  const added = new Map<string, Plain[]>();
  const add = (name: string, value: Plain) => added.set(name, [...(added.get(name) ?? []), value]);
  for (const statement of statementsOf(body)) {
    const node = statement.kind === 'expression_statement' ? namedOf(statement)[0] : decorated(statement);
    if (node === undefined) continue;
    if (/^import(_from)?_statement$/.test(node.kind)) imported(node, names, stars);
    else if (/^(function|class)_definition$/.test(node.kind)) {
      const name = childOf(node, 'name')?.text;
      if (name !== undefined) names.set(name, { kind: 'definition', node });
    } else if (node.kind === 'assignment') bound(node, names);
    else if (node.kind === 'augmented_assignment') {
      const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
      if (left && right) add(left.text, right);
    } else if (node.kind === 'call') {
      const method = childOf(node, 'function');
      const list = method && childOf(method, 'object');
      const what = namedOf(childOf(node, 'arguments'))[0];
      if (list && what && /^(append|extend|insert)$/.test(childOf(method, 'attribute')?.text ?? '')) add(list.text, what);
    }
  }
  return { names, stars, added };
}

function bound(node: Plain, names: Map<string, Binding>): void {
  const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
  if (left === undefined || right === undefined) return;
  const value = right.kind === 'assignment' ? childOf(right, 'right') : right;
  if (right.kind === 'assignment') bound(right, names);
  if (left.kind === 'identifier' && value) names.set(left.text, { kind: 'value', node: value });
  if (/^(pattern_list|tuple_pattern)$/.test(left.kind) && /^(expression_list|tuple)$/.test(right.kind)) {
    const values = namedOf(right);
    for (const [n, name] of namedOf(left).entries()) {
      const one = values[n];
      if (one) names.set(name.text, { kind: 'value', node: one });
    }
  }
}

/** Parameters of a function, with the node of the default or annotation. */
export function parametersOf(definition: Plain): ReadonlyMap<string, Plain> {
  const found = new Map<string, Plain>();
  for (const one of namedOf(childOf(definition, 'parameters'))) {
    const name = one.kind === 'identifier' ? one : (childOf(one, 'name') ?? namedOf(one)[0]);
    if (name) found.set(name.text, one);
  }
  return found;
}

export const returnsOf = (definition: Plain): readonly Plain[] => {
  const body = childOf(definition, 'body');
  return body === undefined
    ? []
    : statementsOf(body)
        .filter(({ kind }) => kind === 'return_statement')
        .flatMap((node) => namedOf(node).slice(0, 1));
};
export const basesOf = (definition: Plain): readonly Plain[] =>
  namedOf(childOf(definition, 'superclasses')).filter(({ kind }) => kind !== 'keyword_argument');
