// Any YAML, with all that is wrong with it, read by the library. What people usually write is read by source-quick.ts.
import { type CST, isAlias, isMap, isScalar, isSeq, type Node as LibraryNode, type Scalar } from 'yaml';
import { compose } from './source-compose.ts';
import type { AliasNode, BlockText, MapNode, Node, PairNode, Report, ScalarNode, SeqNode } from './source-nodes.ts';
import { structureProblems } from './source-problems.ts';
import { tokenProblems } from './source-tokens.ts';

export interface LibraryFile {
  readonly root: Node | undefined;
  /** As it was composed: what could be seen past is blotted out; every character is where it was. */
  readonly text: string;
  /** The offset from which on the structure is a guess. */
  readonly guess: number;
}

/** Reports what is wrong with the file as YAML; undefined when nothing can be said about its structure. */
export function readWithLibrary(given: string, lineOf: (offset: number) => number, report: Report): LibraryFile | undefined {
  const tokens = tokenProblems(given, report);
  if (tokens === undefined) return undefined;
  const { text, document } = compose({ tokens, text: given, report });
  const root = nodeOf(document.contents, undefined);
  const found = [...document.errors, ...document.warnings];
  return { root, text, guess: structureProblems({ text, found, root, lineOf, report }) };
}

/** The library's nodes as ours, deepest last: a node of a broken file may stand nowhere. */
function nodeOf(node: unknown, parent: number | undefined): Node | undefined {
  if (!isAlias(node) && !isScalar(node) && !isMap(node) && !isSeq(node)) return undefined;
  const { start, end, anchor } = spotOf(node, parent);
  const spot = { start, end, ...(anchor === undefined ? {} : { anchor }) };
  if (isAlias(node)) return { kind: 'alias', source: node.source, ...spot } satisfies AliasNode;
  if (isScalar(node)) return scalarOf(node, spot);
  const flow = node.flow === true;
  const closed = <T extends MapNode | SeqNode>(collection: T, last: Node | undefined): T =>
    flow ? collection : { ...collection, end: last?.end ?? collection.start };
  if (isSeq(node)) {
    const items = node.items.map((item) => nodeOf(item, start) ?? empty(start));
    return closed({ kind: 'seq', flow, items, ...spot } satisfies SeqNode, items.at(-1));
  }
  const items = node.items.map(
    ({ key, value }): PairNode => ({ key: nodeOf(key, start) ?? empty(start), value: nodeOf(value, start) }),
  );
  const last = items.at(-1);
  return closed({ kind: 'map', flow, items, ...spot } satisfies MapNode, last?.value ?? last?.key);
}

const empty = (at: number): ScalarNode => ({ kind: 'scalar', style: 'plain', value: null, start: at, end: at });

function spotOf(
  node: LibraryNode,
  parent = 0,
): { readonly start: number; readonly end: number; readonly anchor?: string | undefined } {
  const [start, end] = node.range ?? [parent, parent];
  return { start, end, anchor: 'anchor' in node ? node.anchor : undefined };
}

const styles = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
} as const;

function scalarOf(node: Scalar, spot: Pick<ScalarNode, 'start' | 'end' | 'anchor'>): ScalarNode {
  const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
  const token = node.srcToken;
  const block = token?.type === 'block-scalar' ? blockOf(token) : undefined;
  return { kind: 'scalar', style, value: node.value, ...spot, ...(block === undefined ? {} : { block }) };
}

function blockOf({ props, offset, indent, source }: CST.BlockScalar): BlockText | undefined {
  const header = props.find((part): part is CST.SourceToken => part.type === 'block-scalar-header');
  const start = offset + props.reduce((sum, part) => sum + ('source' in part ? (part.source?.length ?? 0) : 0), 0);
  return header === undefined ? undefined : { header: header.source, indent, start, source };
}
