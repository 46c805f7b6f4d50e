// From YAML nodes to plain values, with aliases resolved, within limits, and without names that JavaScript gives a meaning.
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

interface Spot {
  /** Offset of its first character. */
  readonly start: number;
  /** Behind its last character; of a block collection, behind its last value. */
  readonly end: number;
  readonly anchor?: string;
}
export interface ScalarNode extends Spot {
  readonly kind: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'block';
  readonly value: unknown;
  /** Of a block scalar. */
  readonly block?: BlockText;
}
/** What stands in the file of a literal or folded block scalar. */
export interface BlockText {
  /** Such as `|-`. */
  readonly header: string;
  /** Of the node that it stands in, which an indentation in the header counts from. */
  readonly indent: number;
  /** Offset of the first line behind the header. */
  readonly start: number;
  readonly source: string;
}
export interface PairNode {
  readonly key: Node;
  readonly value: Node | undefined;
}
export interface MapNode extends Spot {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly items: readonly PairNode[];
}
export interface SeqNode extends Spot {
  readonly kind: 'seq';
  readonly flow: boolean;
  readonly items: readonly Node[];
}
export interface AliasNode extends Spot {
  readonly kind: 'alias';
  /** The name of the anchor. */
  readonly source: string;
}
export type Content = ScalarNode | MapNode | SeqNode;
export type Node = Content | AliasNode;

export const rangeOf = ({ start, end }: Node): readonly [number, number] => [start, end];

/** What each alias repeats. */
export type Targets = ReadonlyMap<AliasNode, Content>;

/** A node without its aliases; undefined for an alias that repeats nothing. */
export const contentOf = (node: Node | undefined, targets: Targets): Content | undefined =>
  node?.kind === 'alias' ? targets.get(node) : node;

type Role = 'key' | 'value' | 'item' | 'root';

/** Calls `visit` for every node in the order of the file, without following aliases. */
export function eachNode(node: Node | undefined, visit: (node: Node, role: Role) => void, role: Role = 'root'): void {
  if (node === undefined) return;
  visit(node, role);
  if (node.kind === 'map') {
    for (const { key, value } of node.items) {
      eachNode(key, visit, 'key');
      eachNode(value, visit, 'value');
    }
  } else if (node.kind === 'seq') for (const item of node.items) eachNode(item, visit, 'item');
}

/** Resolves aliases to the last anchor of that name before them, as YAML 1.2 does (chapter 7.1). */
export function resolveAliases(root: Node | undefined, report: Report): Targets {
  const anchors = new Map<string, Content>();
  const targets = new Map<AliasNode, Content>();
  eachNode(root, (node) => {
    if (node.kind === 'alias') {
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
export function checkKeys(root: Node | undefined, report: Report): void {
  eachNode(root, (node) => {
    if (node.kind !== 'map') return;
    const seen = new Map<string, Node>();
    for (const pair of node.items) {
      if (pair.key.kind !== 'scalar') continue;
      const key = String(pair.key.value);
      const before = seen.get(key);
      if (before !== undefined) {
        const range = rangeOf(before);
        report('yaml/duplicate-key', { key }, rangeOf(pair.key), [{ range, message: 'It stands here already.' }]);
      }
      seen.set(key, pair.key);
      if (forbidden.has(key)) report('yaml/forbidden-key', { key }, rangeOf(pair.key));
      if (key === '<<' && pair.key.style === 'plain') report('yaml/merge-key', {}, rangeOf(pair.key));
    }
  });
}

/** The plain value, or undefined with a report when aliases make it too large. For files whose keys are no problem. */
export function plainValue(root: Node | undefined, targets: Targets, report: Report): unknown {
  let count = 0;
  const open = new Set<Content>();
  const convert = (node: Node | undefined): unknown => {
    const content = contentOf(node, targets);
    if (content === undefined) return null;
    count++;
    if (node?.kind === 'alias' && (open.has(content) || count > limits.values)) {
      const limit = open.has(content) ? undefined : limits.values;
      report('yaml/alias-bomb', { alias: node.source, limit }, rangeOf(node));
      throw new Stop();
    }
    if (content.kind === 'scalar') return content.value;
    // Only an alias leads back into what holds it.
    if (targets.size > 0) open.add(content);
    const value = content.kind === 'map' ? object(content, convert) : content.items.map(convert);
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

function object({ items }: MapNode, convert: (node: Node | undefined) => unknown): Readonly<Record<string, unknown>> {
  const value: Record<string, unknown> = {};
  for (const pair of items) value[pair.key.kind === 'scalar' ? String(pair.key.value) : ''] = convert(pair.value);
  return value;
}

/** Leaves the recursion of `plainValue`. */
class Stop extends Error {}
