// The questions that adapters ask, as one object.
import type { CallExpression, Node } from 'oxc-parser';
import type { Ecma, Spot } from '../contract/meaning.ts';
import { type Answers, Asking, keyOf, type Sources } from './asking.ts';
import { callSites, resultsOf } from './calls.ts';
import { imported } from './imports.ts';
import { constantText, jsonOf } from './literal.ts';
import { elementsOf, entriesOf, rounds } from './loops.ts';
import { isFunction, propertyName } from './node.ts';
import { declarationOf } from './scope.ts';
import { meaningOf, propertyOf } from './values.ts';

export function ecmaOf(sources: Sources, answers: Answers): Ecma {
  const asking = Asking.of(sources, answers);
  return {
    meaningOf: (unit, node, question) => meaningOf(asking(question), unit, node),
    propertyOf: (value, name, question) => propertyOf(asking(question), value, name),
    constantText: (unit, node, question) => constantText(asking(question), unit, node),
    jsonOf: (unit, node, question) => jsonOf(asking(question), unit, node),
    elementsOf: (unit, node, question) => elementsOf(asking(question), unit, node),
    entriesOf: (unit, node, question) => entriesOf(asking(question), unit, node),
    rounds: (unit, node) => rounds(asking({ throughCalls: true }), unit, node),
    isConditional: (_, node) => isConditional(node),
    declarationOf,
    resolve: sources.resolve,
    exportOf: (file, name) => {
      const unit = sources.unit(file);
      return unit === undefined ? undefined : imported(asking(), { unit, from: undefined, name, depth: 0 });
    },
    callSites: (unit, fn) => callSites(asking(), unit, fn),
    callsNamed: (names) => callsNamed(sources, names),
    resultsOf,
    keyOf,
    at: (key) => nodeAt(sources, key),
  };
}

function nodeAt(sources: Sources, key: string): Spot | undefined {
  const [, file = '', start, end, type] = /^(.*):(\d+):(\d+):(\w+)$/s.exec(key) ?? [];
  const unit = sources.unit(file);
  const all: readonly Node[] = unit?.nodes(type as Node['type']) ?? [];
  const node = all.find((one) => one.start === Number(start) && one.end === Number(end));
  return unit === undefined || node === undefined ? undefined : { node, unit };
}

function callsNamed(sources: Sources, names: ReadonlySet<string>): readonly Spot<CallExpression>[] {
  const files = [...new Set([...names].flatMap((name) => sources.marked(`call ${name}`)))].sort();
  return files.flatMap((file) => {
    const unit = sources.unit(file);
    if (unit === undefined) return [];
    return unit.nodes('CallExpression').flatMap((node) => {
      const name = propertyName(node.callee);
      return name !== undefined && names.has(name) ? [{ node, unit }] : [];
    });
  });
}

function isConditional(node: Node): boolean {
  let below = node;
  for (let at = node.parent; at !== null && at !== undefined && !isFunction(at); at = at.parent) {
    if (at.type === 'IfStatement' && at.test !== below) return true;
    if (at.type === 'ConditionalExpression' && at.test !== below) return true;
    if (at.type === 'LogicalExpression' && at.left !== below) return true;
    if (at.type === 'SwitchCase' || at.type === 'CatchClause') return true;
    if ((at.type === 'WhileStatement' || at.type === 'DoWhileStatement') && at.test !== below) return true;
    below = at;
  }
  return false;
}
