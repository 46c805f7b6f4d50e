// Keys under their old names: read as their successors, told of, and rewritten where they stand. Loaded only where there are some.
import type { Position } from '../model/location.ts';
import { type Form, nested, type Part } from './grammar.ts';
import { appended } from './merge.ts';
import type { Rename } from './renames.ts';
import type { Source } from './source.ts';
import { fieldsOf, type Node, nodeOf } from './tree.ts';

type Tell = (rename: Rename, item: Node) => void;

/** The tree with the new names in place of the old ones. One that stands beside its successor stays, and is an unknown key then. */
export const modernised = (root: Node, table: readonly Rename[], tell: Tell, part: Part = 'playbook'): Node =>
  new Walk(table, tell).walk(root, { part });

class Walk {
  constructor(
    readonly table: readonly Rename[],
    readonly tell: Tell,
  ) {}

  walk(node: Node, form: Form | undefined): Node {
    if (form === undefined || node.kind === 'scalar') return node;
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.walk(item, form.list)) };
    const { part } = form;
    if (part === undefined || appended(node) !== undefined) {
      // Names of the playbook, or `append` in front of a list.
      const below = form.map ?? form;
      return { ...node, fields: new Map([...node.fields].map(([key, item]) => [key, this.walk(item, below)])) };
    }
    const fields = new Map<string, Node>();
    for (const [key, item] of node.fields) {
      const rename = this.table.find((one) => one.part === part && one.key === key && !node.fields.has(one.to));
      if (rename !== undefined) this.tell(rename, item);
      const name = rename?.to ?? key;
      fields.set(name, this.walk(item, nested[part]?.[name]));
    }
    return { ...node, fields };
  }
}

export interface Migrated {
  readonly text: string;
  readonly renamed: readonly { readonly key: string; readonly to: string; readonly line: number }[];
}

/** The file with new names. Only the names change: comments, order and quotes stay as they are. */
export function migrated(source: Source, table: readonly Rename[]): Migrated {
  const root = nodeOf(source.value, { source, path: [] });
  const fields = fieldsOf(root);
  const found: { readonly key: string; readonly to: string; readonly start: Position; readonly end: Position }[] = [];
  const note: Tell = ({ key, to }, { origin }) => void found.push({ key, to, ...source.locate(origin.path, 'key') });
  modernised(root, table, note, fields.has('steps') && !fields.has('phases') ? 'included' : 'playbook');
  const lines = source.text.split('\n');
  found.sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
  for (const { to, start, end } of [...found].reverse()) {
    const line = lines[start.line - 1] ?? '';
    lines[start.line - 1] = `${line.slice(0, start.column - 1)}${to}${line.slice(end.column - 1)}`;
  }
  return { text: lines.join('\n'), renamed: found.map(({ key, to, start }) => ({ key, to, line: start.line })) };
}
