// All rules over all functions, with the chain from a route to each finding.

import { setImmediate } from 'node:timers/promises';
import { functionKey } from '../../src/javascript/calls.ts';
import { lineOf } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { isFunction } from '../../src/javascript/scope.ts';
import type { Reading } from '../../src/javascript/values.ts';
import { Waits } from './io.ts';
import { type Call, type Code, reachedFrom, routesIn } from './reach.ts';
import { type Rule, rules } from './rules.ts';
import { finders } from './shapes.ts';

export interface Found {
  readonly rule: Rule;
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly what: string;
  readonly routes: readonly string[];
  readonly chain: readonly Call[];
}
export interface NotUnderstood {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
}
export interface Trace {
  readonly findings: readonly Found[];
  readonly routes: number;
  readonly functions: number;
  readonly notUnderstood: readonly NotUnderstood[];
}

const excerptOf = (node: Node): string => {
  const text = node.text().replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
};

/** Functions that are examined on their own: callbacks belong to the function that hands them over. */
function functionsIn(reading: Reading): readonly Code[] {
  return [...reading.modules.values()].flatMap((module) =>
    [
      'function_declaration',
      'function_expression',
      'arrow_function',
      'method_definition',
      'generator_function_declaration',
      'generator_function',
    ]
      .flatMap((kind) => module.root.findAll(kind))
      .filter((fn) => fn.parent()?.kind() !== 'arguments' || !insideFunction(fn))
      .map((fn) => ({ fn, module })),
  );
}
function insideFunction(node: Node): boolean {
  for (let at = node.parent(); at !== null; at = at.parent()) if (isFunction(at)) return true;
  return false;
}

export async function trace(reading: Reading, progress: (fraction: number, label: string) => void): Promise<Trace> {
  const following: Reading = { ...reading, throughCalls: true };
  const routes = routesIn(following);
  const reached = reachedFrom(following, routes);
  const waits = new Waits(following);
  const all = new Map<string, Code>(
    [...functionsIn(reading), ...reached.values()].map((code) => [functionKey(code.fn, code.module), code]),
  );
  const found = new Map<string, Found>();
  const unclear = new Map<string, NotUnderstood>();
  let done = 0;
  for (const [key, code] of all) {
    progress(done++ / all.size, code.module.file);
    // Others work in this process too.
    if (done % 50 === 0) await setImmediate();
    const way = reached.get(key);
    const unknown = (_: Code, node: Node, why: string): void => {
      const place = { file: code.module.file, line: lineOf(node), what: excerptOf(node), why };
      unclear.set(`${place.file}:${place.line}:${why}`, place);
    };
    for (const rule of rules) {
      if (rule.onRequestPath && way === undefined) continue;
      for (const { node, what } of finders[rule.shape]({ reading: following, waits, unknown }, code)) {
        const spot = `${rule.id} ${code.module.file} ${node.range().start.index}`;
        const known = found.get(spot);
        // A handler is met twice: on its own, and as a callback of what registers it.
        if (known !== undefined && (known.routes.length > 0 || way === undefined)) continue;
        found.set(spot, {
          rule,
          file: code.module.file,
          line: lineOf(node),
          code: excerptOf(node),
          what,
          routes: [...(way?.routes ?? [])].sort(),
          chain: way?.chain ?? [],
        });
      }
    }
  }
  return {
    findings: [...found.values()].sort(byRelevance),
    routes: routes.length,
    functions: reached.size,
    notUnderstood: [...unclear.values()].sort((a, b) =>
      `${a.file} ${String(a.line).padStart(6, '0')}` < `${b.file} ${String(b.line).padStart(6, '0')}` ? -1 : 1,
    ),
  };
}

/** What requests reach comes first, then by the weight of the rule and the number of routes. */
function byRelevance(a: Found, b: Found): number {
  const reachedFirst = Number(b.routes.length > 0) - Number(a.routes.length > 0);
  if (reachedFirst !== 0) return reachedFirst;
  if (a.rule.weight !== b.rule.weight) return b.rule.weight - a.rule.weight;
  if (a.routes.length !== b.routes.length) return b.routes.length - a.routes.length;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line;
}
