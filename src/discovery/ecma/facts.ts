// What is said of a file of JavaScript without judging any framework.
import type { Node } from 'oxc-parser';
import type { EcmaUnit, FileFacts, ImportFact } from '../contract/reading.ts';
import { exportsOf } from './exports.ts';
import { nameOf, propertyName, stringOf } from './node.ts';

type Facts = Pick<FileFacts, 'imports' | 'exports' | 'marks'>;

export function factsOf(unit: EcmaUnit): Facts {
  const imports = importsOf(unit);
  const { names, all } = exportsOf(unit);
  const exports = [
    ...[...names].map(([name, found]) =>
      found.kind === 'node'
        ? { name, local: found.node.type === 'Identifier' ? found.node.name : null, from: null }
        : { name, local: found.name, from: found.from },
    ),
    ...all.map((from) => ({ name: '*', local: null, from })),
  ];
  const marks = new Set<string>();
  for (const { from } of imports) {
    marks.add(from);
    if (!/^[./#]/.test(from)) marks.add(packageOf(from));
  }
  for (const { expression } of unit.nodes('Decorator')) {
    const name = nameOfCallee(expression.type === 'CallExpression' ? expression.callee : expression);
    if (name !== undefined) marks.add(`@${name}`);
  }
  for (const type of ['ClassDeclaration', 'ClassExpression'] as const)
    for (const { superClass } of unit.nodes(type)) if (superClass !== null) marks.add(`extends ${unit.excerpt(superClass)}`);
  for (const { name } of exports) marks.add(`export ${name}`);
  for (const type of ['CallExpression', 'NewExpression'] as const) {
    for (const { callee } of unit.nodes(type)) {
      const name = nameOfCallee(callee);
      if (name !== undefined) marks.add(`call ${name}`);
    }
  }
  return { imports, exports, marks: [...marks].sort() };
}

const packageOf = (from: string): string =>
  from
    .replace(/^node:/, '')
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

function nameOfCallee(node: Node): string | undefined {
  return node.type === 'MemberExpression' ? propertyName(node) : node.type === 'Identifier' ? nameOf(node) : undefined;
}

function importsOf(unit: EcmaUnit): readonly ImportFact[] {
  const found: ImportFact[] = [];
  const add = (from: string | undefined, kind: ImportFact['kind'], node: Node, names: ImportFact['names'] = []): void => {
    if (from !== undefined) found.push({ from, names, kind, line: unit.lineOf(node) });
  };
  for (const node of unit.nodes('ImportDeclaration')) {
    const names = node.specifiers.map((one) => {
      const imported =
        one.type === 'ImportDefaultSpecifier' ? 'default' : one.type === 'ImportNamespaceSpecifier' ? '*' : nameOf(one.imported);
      return [imported ?? '', one.local.name] as const;
    });
    add(node.source.value, 'import', node, names);
  }
  for (const node of unit.nodes('ExportAllDeclaration')) add(node.source.value, 'reexport', node);
  for (const node of unit.nodes('ExportNamedDeclaration')) add(node.source?.value, 'reexport', node);
  for (const node of unit.nodes('ImportExpression')) add(stringOf(node.source), 'dynamic', node);
  for (const node of unit.nodes('TSExternalModuleReference')) add(stringOf(node.expression), 'require', node);
  for (const node of unit.nodes('CallExpression'))
    if (node.callee.type === 'Identifier' && node.callee.name === 'require') add(stringOf(node.arguments[0]), 'require', node);
  return found.sort((a, b) => a.line - b.line);
}
