// Which declaration a name stands for: lexical scopes of one module.

import type { Module } from './module.ts';
import type { Node } from './node.ts';

export type Declaration =
  | { readonly kind: 'value'; readonly node: Node; readonly path: readonly string[] }
  | { readonly kind: 'function' | 'class'; readonly node: Node }
  /** `name`: `default`, `*`, or the exported name. */
  | { readonly kind: 'import'; readonly from: string; readonly name: string }
  | {
      readonly kind: 'parameter';
      readonly of: Node;
      readonly index: number;
      /** Properties that a pattern takes out of it. */
      readonly path: readonly string[];
      readonly type: Node | undefined;
    }
  | { readonly kind: 'other' };

const functions = new Set([
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
]);
const scopes = new Set([
  ...functions,
  'program',
  'statement_block',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'class_body',
]);
export const isFunction = (node: Node): boolean => functions.has(node.kind());

type Names = Map<string, Declaration>;
const scopesOf = new WeakMap<Module, Map<number, Names>>();

export function declarationOf(module: Module, identifier: Node): Declaration | undefined {
  let known = scopesOf.get(module);
  if (known === undefined) {
    known = collect(module);
    scopesOf.set(module, known);
  }
  const name = identifier.text();
  for (let at = identifier.parent(); at !== null; at = at.parent()) {
    const found = scopes.has(at.kind()) ? known.get(at.id())?.get(name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function scopeAround(node: Node, hoisted: boolean): Node | undefined {
  for (let at = node.parent(); at !== null; at = at.parent()) {
    const kind = at.kind();
    if (hoisted ? functions.has(kind) || kind === 'program' : scopes.has(kind)) return at;
  }
  return undefined;
}

function collect({ root }: Module): Map<number, Names> {
  const all = new Map<number, Names>();
  const declare = (scope: Node | undefined, name: string | undefined, declaration: Declaration): void => {
    if (scope === undefined || name === undefined) return;
    const names = all.get(scope.id()) ?? new Map<string, Declaration>();
    if (!names.has(name)) names.set(name, declaration);
    all.set(scope.id(), names);
  };
  const of = (kind: string): readonly Node[] => root.findAll(kind);

  for (const node of of('variable_declarator')) {
    const [pattern, value] = [node.field('name'), node.field('value')];
    if (pattern === null) continue;
    const scope = scopeAround(node, node.parent()?.kind() === 'variable_declaration');
    for (const { name, path } of boundIn(pattern)) {
      declare(scope, name, value === null ? { kind: 'other' } : { kind: 'value', node: value, path });
    }
  }
  for (const kind of ['function_declaration', 'generator_function_declaration']) {
    for (const node of of(kind)) declare(scopeAround(node, false), node.field('name')?.text(), { kind: 'function', node });
  }
  for (const node of of('class_declaration'))
    declare(scopeAround(node, false), node.field('name')?.text(), { kind: 'class', node });
  for (const kind of functions) {
    for (const node of of(kind)) {
      const single = node.field('parameter');
      const list = single === null ? (node.field('parameters')?.named() ?? []) : [single];
      for (const [index, parameter] of list.entries()) {
        const wrapped = ['required_parameter', 'optional_parameter'].includes(parameter.kind());
        const pattern = wrapped ? parameter.field('pattern') : parameter;
        const type = (wrapped ? parameter.field('type') : null) ?? undefined;
        if (pattern === null) continue;
        for (const { name, path } of boundIn(pattern)) declare(node, name, { kind: 'parameter', of: node, index, path, type });
      }
    }
  }
  for (const node of of('for_in_statement')) {
    const left = node.field('left');
    if (left !== null) for (const { name } of boundIn(left)) declare(node, name, { kind: 'other' });
  }
  for (const node of of('catch_clause')) {
    const parameter = node.field('parameter');
    if (parameter !== null) for (const { name } of boundIn(parameter)) declare(node, name, { kind: 'other' });
  }
  for (const node of of('import_statement')) {
    const from = stringText(node.field('source'));
    const clause = node.children().find((one) => one.kind() === 'import_clause');
    if (from === undefined || clause === undefined) continue;
    for (const one of clause.children()) {
      if (one.kind() === 'identifier') declare(root, one.text(), { kind: 'import', from, name: 'default' });
      if (one.kind() === 'namespace_import') declare(root, one.children().at(-1)?.text(), { kind: 'import', from, name: '*' });
      if (one.kind() !== 'named_imports') continue;
      for (const specifier of one.children().filter((child) => child.kind() === 'import_specifier')) {
        const name = specifier.field('name')?.text() ?? '';
        declare(root, specifier.field('alias')?.text() ?? name, { kind: 'import', from, name });
      }
    }
  }
  return all;
}

/** Names that a pattern binds, each with the properties that lead to it. An element of an array is no property. */
function boundIn(
  pattern: Node,
  path: readonly string[] = [],
): readonly { readonly name: string; readonly path: readonly string[] }[] {
  switch (pattern.kind()) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      return [{ name: pattern.text(), path }];
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const left = pattern.field('left');
      if (left === null) return [];
      return left.kind() === 'shorthand_property_identifier_pattern'
        ? [{ name: left.text(), path: [...path, left.text()] }]
        : boundIn(left, path);
    }
    case 'object_pattern':
      return pattern.children().flatMap((one) => {
        if (one.kind() === 'shorthand_property_identifier_pattern') return [{ name: one.text(), path: [...path, one.text()] }];
        if (one.kind() === 'object_assignment_pattern') return boundIn(one, path);
        if (one.kind() !== 'pair_pattern') return one.kind() === 'rest_pattern' ? boundIn(one, path) : [];
        const [key, value] = [one.field('key'), one.field('value')];
        return key === null || value === null ? [] : boundIn(value, [...path, stringText(key) ?? key.text()]);
      });
    case 'array_pattern':
      return pattern.named().flatMap((one, n) => boundIn(one, [...path, String(n)]));
    case 'rest_pattern':
      return pattern.children().flatMap((one) => boundIn(one, path));
    default:
      return [];
  }
}

/** The text of a string literal, or of a template without expressions. */
export function stringText(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  const kind = node.kind();
  if (kind !== 'string' && kind !== 'template_string') return undefined;
  if (node.children().some((one) => one.kind() === 'template_substitution')) return undefined;
  const raw = node.text().slice(1, -1);
  return raw.replace(/\\(u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[\s\S])/g, (_, sequence: string) => unescaped(sequence));
}
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0', '\n': '' };
function unescaped(sequence: string): string {
  if (/^[ux]./.test(sequence)) return String.fromCodePoint(Number.parseInt(sequence.replace(/[ux{}]/g, ''), 16));
  return controls[sequence] ?? sequence;
}
