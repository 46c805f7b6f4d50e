// What an expression refers to, without evaluating it.
import type { Node } from 'libpg-query';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Calls back with each `{ Kind: {...} }` below a node of the parse tree, the node itself included. */
export function visit(node: unknown, meet: (kind: string, body: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, meet);
    return;
  }
  if (!isRecord(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (isRecord(value) && /^[A-Z]/.test(key)) meet(key, value);
    visit(value, meet);
  }
}

export function stringsIn(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

/** The columns that an expression names, sorted. */
export function columnsOf(expression: unknown): readonly string[] {
  const names = new Set<string>();
  visit(expression, (kind, body) => {
    if (kind !== 'ColumnRef' || !Array.isArray(body.fields)) return;
    const last = stringsIn(body.fields as readonly Node[]).at(-1);
    if (last !== undefined) names.add(last);
  });
  return [...names].sort();
}

/** Where an expression begins, in bytes, but for opening parentheses. */
export function startOf(expression: unknown): number | undefined {
  let first: number | undefined;
  visit(expression, (_, { location }) => {
    if (typeof location === 'number' && (first === undefined || location < first)) first = location;
  });
  return first;
}
