// All rules over all functions, with the chain from a route to each finding.
import type { Node } from 'oxc-parser';
import type { IoFinding } from '../contract/io.ts';
import type { NotUnderstood } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import type { Route } from '../contract/route.ts';
import { isFunction } from '../ecma/node.ts';
import { browserFiles } from './browser.ts';
import { type Code, codeAt, codeKey, reachedFrom } from './graph.ts';
import { Waits } from './leaving.ts';
import { rules } from './rules.ts';
import { finders } from './shapes/shapes.ts';
import { type Entry, startsIn } from './starts.ts';

export interface Trace {
  /** The most relevant first. */
  readonly findings: readonly IoFinding[];
  /** Handlers and hooks that were followed. */
  readonly routes: number;
  /** Functions that they reach. */
  readonly functions: number;
  /** Files that run in browsers; of them only what routes reach is examined. */
  readonly browser: number;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Functions that are examined on their own: callbacks belong to the function that hands them over. */
function functionsIn(unit: EcmaUnit): readonly Code[] {
  return [...unit.nodes('FunctionDeclaration'), ...unit.nodes('FunctionExpression'), ...unit.nodes('ArrowFunctionExpression')]
    .filter((fn) => fn.body !== null && !(isCallback(fn) && insideFunction(fn)))
    .map((fn) => ({ fn, unit }));
}
const isCallback = ({ parent }: Node): boolean => parent?.type === 'CallExpression' || parent?.type === 'NewExpression';
function insideFunction(node: Node): boolean {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) if (isFunction(at)) return true;
  return false;
}

const excerptOf = (unit: EcmaUnit, node: Node): string => {
  const text = unit.excerpt(node, 101);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
};

export async function traceIn(
  reading: Reading,
  o: {
    readonly routes: readonly Route[];
    readonly others?: readonly Entry[];
    readonly signal?: AbortSignal;
    progress?(fraction: number, file: string): void;
  },
): Promise<Trace> {
  const starts = startsIn(reading, o.routes, o.others ?? []);
  const reached = reachedFrom(reading, starts);
  const waits = new Waits(reading);
  const browser = browserFiles(reading);
  const callbacks = new Map<string, Set<string>>();
  for (const { file, key } of starts) {
    const keys = callbacks.get(file);
    if (keys === undefined) callbacks.set(file, new Set([key]));
    else keys.add(key);
  }
  const found = new Map<string, IoFinding & { readonly weight: number }>();
  const unclear = new Map<string, NotUnderstood>();
  const files = [...reading.facts].filter(([, { language }]) => language === 'ecma').map(([file]) => file);
  for (const [n, file] of files.entries()) {
    o.signal?.throwIfAborted();
    o.progress?.(n / files.length, file);
    // Others work in this process too.
    if (n % 16 === 15) await new Promise<void>((done) => setImmediate(done));
    const unit = reading.ecma(file);
    if (unit === undefined) continue;
    const own = [...(callbacks.get(file) ?? [])].flatMap((key) => codeAt(reading, key) ?? []);
    const all = new Map<string, Code>([...functionsIn(unit), ...own].map((code) => [codeKey(code), code]));
    for (const [key, code] of all) {
      const way = reached.get(key);
      if (way === undefined && browser.has(file)) continue;
      const unknown = (_: Code, node: Node, why: string): void => {
        const place = { file, line: unit.lineOf(node), what: excerptOf(unit, node), why, about: 'io', stack: null } as const;
        unclear.set(`${file}:${place.line}:${why}`, place);
      };
      for (const rule of rules) {
        if (rule.onRequestPath && way === undefined) continue;
        for (const { node, what } of finders[rule.shape]({ reading, waits, unknown }, code)) {
          const spot = `${rule.id} ${file} ${node.start}`;
          const known = found.get(spot);
          // A handler is met twice: on its own, and as a callback of what registers it.
          if (known !== undefined && (known.routes.length > 0 || way === undefined)) continue;
          const { id, why, hint, weight } = rule;
          const routes = [...(way?.routes ?? [])].sort();
          const chain = way?.chain ?? [];
          const place = { file, line: unit.lineOf(node), code: excerptOf(unit, node) };
          found.set(spot, { rule: id, ...place, what, why, hint, routes, chain, weight });
        }
      }
    }
  }
  return {
    findings: [...found.values()].sort(byRelevance).map(({ weight: _, ...finding }) => finding),
    routes: starts.length,
    functions: reached.size,
    browser: browser.size,
    notUnderstood: [...unclear.values()].sort((a, b) => (placeKey(a) < placeKey(b) ? -1 : 1)),
  };
}
const placeKey = ({ file, line }: NotUnderstood): string => `${file} ${String(line).padStart(6, '0')}`;

type Weighed = IoFinding & { readonly weight: number };
/** What requests reach comes first, then by the weight of the rule and the number of routes. */
function byRelevance(a: Weighed, b: Weighed): number {
  const reachedFirst = Number(b.routes.length > 0) - Number(a.routes.length > 0);
  if (reachedFirst !== 0) return reachedFirst;
  if (a.weight !== b.weight) return b.weight - a.weight;
  if (a.routes.length !== b.routes.length) return b.routes.length - a.routes.length;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}
