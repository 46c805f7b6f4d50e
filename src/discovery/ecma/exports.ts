// What the exported names of a file stand for in it.
import type { Node } from 'oxc-parser';
import type { EcmaUnit } from '../contract/reading.ts';
import { nameOf } from './node.ts';

export type Exported =
  | { readonly kind: 'node'; readonly node: Node }
  /** `name`: `*` for the whole file. */
  | { readonly kind: 'elsewhere'; readonly from: string; readonly name: string };
interface Exports {
  readonly names: ReadonlyMap<string, Exported>;
  /** Files that `export * from` passes on. */
  readonly all: readonly string[];
}
const known = new WeakMap<EcmaUnit, Exports>();

export function exportsOf(unit: EcmaUnit): Exports {
  let exports = known.get(unit);
  if (exports === undefined) {
    exports = collect(unit);
    known.set(unit, exports);
  }
  return exports;
}

type Names = Map<string, Exported>;
function collect(unit: EcmaUnit): Exports {
  const names: Names = new Map();
  const all: string[] = [];
  for (const statement of unit.tree.body) {
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        names.set('default', { kind: 'node', node: statement.declaration });
        break;
      case 'TSExportAssignment':
        names.set('default', { kind: 'node', node: statement.expression });
        break;
      case 'ExportAllDeclaration':
        if (statement.exported === null) all.push(statement.source.value);
        else names.set(nameOf(statement.exported) ?? '', { kind: 'elsewhere', from: statement.source.value, name: '*' });
        break;
      case 'ExportNamedDeclaration':
        named(statement, names);
        break;
      case 'ExpressionStatement':
        commonJs(unit, statement.expression, names);
        break;
      case 'VariableDeclaration':
        // `const app = (module.exports = express())`
        for (const one of statement.declarations) if (one.init !== null) commonJs(unit, one.init, names);
        break;
      default:
    }
  }
  return { names, all };
}

function named(statement: Node & { readonly type: 'ExportNamedDeclaration' }, names: Names): void {
  for (const one of statement.specifiers) {
    const name = nameOf(one.local);
    const as = nameOf(one.exported);
    if (name === undefined || as === undefined) continue;
    const from = statement.source?.value;
    names.set(as, from === undefined ? { kind: 'node', node: one.local } : { kind: 'elsewhere', from, name });
  }
  const { declaration } = statement;
  if (declaration === null) return;
  if (declaration.type !== 'VariableDeclaration') {
    const name = 'id' in declaration ? nameOf(declaration.id) : undefined;
    if (name !== undefined) names.set(name, { kind: 'node', node: declaration });
    return;
  }
  for (const { id, init } of declaration.declarations) {
    if (id.type === 'Identifier' && init !== null) names.set(id.name, { kind: 'node', node: id });
    if (id.type !== 'ObjectPattern') continue;
    for (const one of id.properties) {
      const value = one.type === 'Property' ? one.value : undefined;
      if (value?.type === 'Identifier') names.set(value.name, { kind: 'node', node: value });
    }
  }
}

/** `module.exports = …`, `module.exports.x = …`, `exports.x = …`, one after the other in `exports = module.exports = …`. */
function commonJs(unit: EcmaUnit, expression: Node, names: Names): void {
  for (let at = expression; at.type === 'AssignmentExpression'; at = at.right) {
    if (at.left.type !== 'MemberExpression') continue;
    const left = unit.textOf({ start: at.left.start, end: Math.min(at.left.end, at.left.start + 200) });
    if (left === 'module.exports') names.set('default', { kind: 'node', node: at.right });
    const [, name] = /^(?:module\.)?exports\.([\w$]+)$/.exec(left) ?? [];
    if (name !== undefined) names.set(name, { kind: 'node', node: at.right });
  }
}
