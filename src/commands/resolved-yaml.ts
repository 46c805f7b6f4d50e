// A merged playbook as YAML that says of each value where it comes from, and that can be read again.
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { grammar } from '../playbook/grammar.ts';
import { stepId } from '../playbook/merge.ts';
import type { Merged } from '../playbook/prepare.ts';
import { field, fieldsOf, type MapNode, type Node, placeOf, plain, textOf } from '../playbook/tree.ts';
import type { Json } from '../plugin-api.ts';

/** Where a value was written. */
export interface ValueOrigin {
  /** `phases.verify.steps.coverage.with.lines`. */
  readonly path: string;
  readonly value: Json;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** All files as one, without what brings them together; inputs of other playbooks of the repository are left out. */
export function resolvedRoot({ root, inputs }: Merged, name: string): MapNode {
  const order = Object.keys(grammar.playbook.properties);
  const fields = new Map<string, Node>([...fieldsOf(root)].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
  fields.delete('extends');
  const declared = field(root, 'inputs');
  if (declared?.kind === 'map') {
    const own = new Map([...declared.fields].filter(([input]) => inputs.all.has(input)));
    if (own.size === 0) fields.delete('inputs');
    else fields.set('inputs', { ...declared, fields: own });
  }
  const bexpert = fields.get('bexpert');
  fields.delete('bexpert');
  const title = field(root, 'name');
  fields.delete('name');
  const named: Node =
    textOf(title) === undefined || title === undefined ? { kind: 'scalar', value: name, origin: root.origin } : title;
  return {
    ...root,
    fields: new Map([...(bexpert === undefined ? [] : [['bexpert', bexpert] as const]), ['name', named], ...fields]),
  };
}

export function resolvedYaml(root: MapNode): string {
  const document = new Document();
  document.contents = inBlock(root) as never;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Every value that is no map and no list with something in it. */
export function originsOf(root: Node, path: readonly string[] = []): readonly ValueOrigin[] {
  const inside: readonly (readonly [string, Node])[] =
    root.kind === 'map'
      ? [...root.fields]
      : root.kind === 'list'
        ? root.items.map((item, index) => [(path.at(-1) === 'steps' ? stepId(item) : undefined) ?? String(index), item] as const)
        : [];
  if (inside.length > 0) return inside.flatMap(([key, node]) => originsOf(node, [...path, key]));
  const { file, range } = placeOf(root, 'value');
  return [{ path: path.join('.'), value: plain(root), file, line: range.start.line, column: range.start.column }];
}

const lineOf = (node: Node): string => {
  const { file, range } = placeOf(node, 'value');
  return `${file}:${range.start.line}`;
};

/** The one line on which all of a value stands. */
function oneLine(node: Node): string | undefined {
  const lines = new Set(originsOf(node).map(({ file, line }) => `${file}:${line}`));
  const [only] = lines;
  return lines.size === 1 ? only : undefined;
}

/** Short enough for one line, and without texts of several lines. */
function isShort(node: Node): boolean {
  const text = JSON.stringify(plain(node));
  return text.length <= 90 && !text.includes('\\n');
}
const commented = <T extends { comment?: string | null | undefined }>(node: T, line: string): T =>
  Object.assign(node, { comment: ` ${line}` });

function inBlock(node: Node): Scalar | YAMLMap | YAMLSeq {
  if (node.kind === 'scalar') return commented(scalar(node.value, 'block'), lineOf(node));
  const line = node.kind === 'map' || node.kind === 'list' ? oneLine(node) : undefined;
  // What somebody wrote on one line stays on one.
  if (line !== undefined && isShort(node)) return commented(inFlow(node), line);
  if (node.kind === 'list') {
    const list = new YAMLSeq();
    list.items.push(...node.items.map(inBlock));
    return list;
  }
  const map = new YAMLMap();
  for (const [key, item] of node.fields) map.items.push(new Pair(scalar(key, 'flow'), inBlock(item)));
  return map;
}

function inFlow(node: Node): Scalar | YAMLMap | YAMLSeq {
  if (node.kind === 'scalar') return scalar(node.value, 'flow');
  const collection = node.kind === 'list' ? new YAMLSeq() : new YAMLMap();
  if (node.kind === 'list') collection.items.push(...(node.items.map(inFlow) as never[]));
  else for (const [key, item] of node.fields) collection.items.push(new Pair(scalar(key, 'flow'), inFlow(item)) as never);
  collection.flow = true;
  return collection;
}

/** Quoted wherever somebody, or another reader of YAML, could take it for something else than a text. */
function scalar(value: Json, style: 'block' | 'flow'): Scalar {
  const node = new Scalar(value);
  if (typeof value !== 'string') return node;
  const isWord = /^[A-Za-z_][\w-]*(?:[ ./][\w-]+)*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  const isText = value.includes('\n') && /^(?:[^\p{C}\p{Zl}\p{Zp}]|\n)*$/u.test(value) && !/ \n|^\s|\n\n$/.test(value);
  node.type = style === 'block' && isText ? 'BLOCK_LITERAL' : isWord && !value.includes('\n') ? 'PLAIN' : 'QUOTE_DOUBLE';
  return node;
}
