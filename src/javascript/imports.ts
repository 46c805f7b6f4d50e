// From an import to the module that it names, and from an exported name to what it stands for there.

import type { Module } from './module.ts';
import type { Node } from './node.ts';
import { stringText } from './scope.ts';

const endings = [
  '',
  '.js',
  '.ts',
  '.mjs',
  '.mts',
  '.cjs',
  '.cts',
  '.jsx',
  '.tsx',
  '/index.js',
  '/index.ts',
  '/index.mjs',
  '/index.cjs',
];

/** Undefined: a package, or a file that was not read. TypeScript writes `./x.js` and means `./x.ts`. */
export function importedModule(modules: ReadonlyMap<string, Module>, from: string, specifier: string): Module | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = joined(from, specifier);
  const bases = [target, target.replace(/\.([mc]?)jsx?$/, '.$1ts'), target.replace(/\.jsx?$/, '.tsx')];
  for (const base of bases) {
    for (const ending of endings) {
      const found = modules.get(`${base}${ending}`);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function joined(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

export type Exported =
  | { readonly kind: 'node'; readonly node: Node }
  /** `name`: `*` for the whole module. */
  | { readonly kind: 'elsewhere'; readonly from: string; readonly name: string };

interface Exports {
  readonly names: ReadonlyMap<string, Exported>;
  /** `export * from`. */
  readonly all: readonly string[];
}
const exportsOf = new WeakMap<Module, Exports>();

/** `name`: `default` or an exported name. The second answer: modules whose exports are passed on whole. */
export function exported(
  module: Module,
  name: string,
): { readonly found: Exported | undefined; readonly all: readonly string[] } {
  let known = exportsOf.get(module);
  if (known === undefined) {
    known = collect(module);
    exportsOf.set(module, known);
  }
  return { found: known.names.get(name), all: known.all };
}

function collect({ root }: Module): Exports {
  const names = new Map<string, Exported>();
  const all: string[] = [];
  for (const statement of root.children()) {
    if (statement.kind() === 'export_statement') esm(statement, names, all);
    else if (statement.kind() === 'expression_statement') commonJs(statement.child(0), names);
  }
  return { names, all };
}

function esm(statement: Node, names: Map<string, Exported>, all: string[]): void {
  const from = stringText(statement.field('source'));
  const [declaration, value] = [statement.field('declaration'), statement.field('value')];
  const children = statement.children();
  if (children.some((one) => one.kind() === 'default')) {
    const node = value ?? declaration;
    if (node !== null) names.set('default', { kind: 'node', node });
    return;
  }
  if (declaration !== null) {
    const name = declaration.field('name');
    if (name !== null) names.set(name.text(), { kind: 'node', node: declaration });
    for (const one of declaration.children().filter((child) => child.kind() === 'variable_declarator')) {
      const pattern = one.field('name');
      const node = one.field('value');
      if (pattern?.kind() === 'identifier' && node !== null) names.set(pattern.text(), { kind: 'node', node });
    }
    return;
  }
  const clause = children.find((one) => one.kind() === 'export_clause');
  for (const specifier of clause?.children().filter((one) => one.kind() === 'export_specifier') ?? []) {
    const name = specifier.field('name');
    if (name === null) continue;
    const as = specifier.field('alias')?.text() ?? name.text();
    names.set(as, from === undefined ? { kind: 'node', node: name } : { kind: 'elsewhere', from, name: name.text() });
  }
  if (clause !== undefined || from === undefined) return;
  const namespace = children.find((one) => one.kind() === 'namespace_export');
  if (namespace === undefined) all.push(from);
  else names.set(namespace.children().at(-1)?.text() ?? '', { kind: 'elsewhere', from, name: '*' });
}

/** `module.exports = …`, `module.exports.x = …`, `exports.x = …`. */
function commonJs(expression: Node | null, names: Map<string, Exported>): void {
  if (expression?.kind() !== 'assignment_expression') return;
  const [left, right] = [expression.field('left')?.text() ?? '', expression.field('right')];
  if (right === null) return;
  if (left === 'module.exports') names.set('default', { kind: 'node', node: right });
  const [, name] = /^(?:module\.)?exports\.([\w$]+)$/.exec(left) ?? [];
  if (name !== undefined) names.set(name, { kind: 'node', node: right });
  // `exports = module.exports = …` and `module.exports = exports.x = …`
  commonJs(right, names);
}
