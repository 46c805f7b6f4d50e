// From YAML nodes to plain values, with aliases resolved, within limits, and without names that JavaScript gives a meaning.
import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { CodeEntry, CodeTable, Facts } from '../diagnostics/code-table.ts';
import { yamlCodes } from '../diagnostics/codes-yaml.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';

export const limits = { bytes: 1024 * 1024, tokens: 300_000, depth: 50, values: 100_000, problems: 50 } as const;

/** Says what is wrong between two offsets of the file. */
export type Report = <Code extends keyof typeof yamlCodes>(
  code: Code,
  facts: Facts<typeof yamlCodes, Code>,
  range: readonly [number, number],
  related?: readonly { readonly range: readonly [number, number]; readonly message: string }[],
) => void;

/** Errors and warnings are counted apart, so that warnings never keep an error from being seen. */
export function reporter(placeOf: (start: number, end: number) => Place, into: Diagnostic[]): Report {
  const counts = { error: 0, warning: 0 };
  return (code, facts, [start, end], related = []) => {
    const { severity = 'error' }: CodeEntry = yamlCodes[code];
    counts[severity]++;
    if (counts[severity] > limits.problems + 1) return;
    const place = placeOf(start, end);
    if (counts[severity] > limits.problems) {
      into.push(diagnose(yamlCodes, 'yaml/more-problems', { shown: limits.problems }, { place, severity }));
      return;
    }
    const others = related.map(({ range, message }) => ({ place: placeOf(range[0], range[1]), message }));
    into.push(diagnose(yamlCodes as CodeTable, code, facts as never, { place, related: others }));
  };
}

export const rangeOf = (node: { readonly range?: readonly number[] | null | undefined }): readonly [number, number] => [
  node.range?.[0] ?? 0,
  node.range?.[1] ?? 0,
];

export type Content = Scalar | YAMLMap | YAMLSeq;
/** What each alias repeats. */
export type Targets = ReadonlyMap<Alias, Content>;

/** A node without its aliases; undefined for an alias that repeats nothing. */
export function contentOf(node: unknown, targets: Targets): Content | undefined {
  if (isAlias(node)) return targets.get(node);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

/** Calls `visit` for every node in the order of the file, without following aliases. */
export function eachNode(root: unknown, visit: (node: Content | Alias, role: 'key' | 'value' | 'item' | 'root') => void): void {
  const walk = (node: unknown, role: 'key' | 'value' | 'item' | 'root'): void => {
    if (isAlias(node) || isScalar(node)) visit(node, role);
    else if (isMap(node)) {
      visit(node, role);
      for (const pair of node.items) {
        walk(pair.key, 'key');
        walk(pair.value, 'value');
      }
    } else if (isSeq(node)) {
      visit(node, role);
      for (const item of node.items) walk(item, 'item');
    }
  };
  walk(root, 'root');
}

/** Resolves aliases to the last anchor of that name before them, as YAML 1.2 does (chapter 7.1). */
export function resolveAliases(root: unknown, report: Report): Targets {
  const anchors = new Map<string, Content>();
  const targets = new Map<Alias, Content>();
  eachNode(root, (node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      const near = target === undefined ? nearest(node.source, anchors.keys()) : undefined;
      if (target !== undefined) targets.set(node, target);
      // The parser has said that a `*` alone is nothing.
      else if (node.source === '') return;
      // `*.ts` and `**/*.ts` were never meant as aliases.
      else if (/[./*]/.test(node.source)) {
        report(
          'yaml/unquoted-pattern',
          { text: `*${node.source}`, reads: 'an alias, the repetition of an anchor' },
          rangeOf(node),
        );
      } else report('yaml/unknown-alias', { alias: node.source, ...(near === undefined ? {} : { near }) }, rangeOf(node));
    } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
  });
  return targets;
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** Keys that stand twice, and keys that cannot be. */
export function checkKeys(root: unknown, report: Report): void {
  eachNode(root, (node) => {
    if (!isMap(node)) return;
    const seen = new Map<string, Pair>();
    for (const pair of node.items as Pair[]) {
      if (!isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      const before = seen.get(key);
      if (before !== undefined && isScalar(before.key)) {
        const range = rangeOf(before.key);
        report('yaml/duplicate-key', { key }, rangeOf(pair.key), [{ range, message: 'It stands here already.' }]);
      }
      seen.set(key, pair);
      if (forbidden.has(key)) report('yaml/forbidden-key', { key }, rangeOf(pair.key));
      if (key === '<<' && pair.key.type === 'PLAIN') report('yaml/merge-key', {}, rangeOf(pair.key));
    }
  });
}

/** The plain value, or undefined with a report when aliases make it too large. */
export function plainValue(root: unknown, targets: Targets, report: Report): unknown {
  let count = 0;
  const open = new Set<Content>();
  const convert = (node: unknown): unknown => {
    const content = contentOf(node, targets);
    if (content === undefined) return null;
    count++;
    if (isAlias(node) && (open.has(content) || count > limits.values)) {
      const limit = open.has(content) ? undefined : limits.values;
      report('yaml/alias-bomb', { alias: node.source, limit }, rangeOf(node));
      throw new Stop();
    }
    if (isScalar(content)) return content.value;
    open.add(content);
    const value = isMap(content)
      ? Object.fromEntries(content.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', convert(pair.value)]))
      : content.items.map(convert);
    open.delete(content);
    return value;
  };
  try {
    return convert(root);
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}

/** Leaves the recursion of `plainValue`. */
class Stop extends Error {}
