// `{ }` and `[ ]` of the quick reader.

import type { MapNode, Node, PairNode, ScalarNode, SeqNode } from './source-nodes.ts';
import { type Cursor, codes, unusual } from './source-quick-cursor.ts';
import { coreValue, plain, quoted } from './source-quick-scalar.ts';

/** The flow collection at the cursor. Each further line must be indented more than the `column` of the block around it. */
export function flow(cursor: Cursor, column: number, depth: number): MapNode | SeqNode {
  if (depth < 1) throw unusual;
  const start = cursor.at;
  const isMap = cursor.code === codes.openMap;
  const close = isMap ? codes.closeMap : codes.closeList;
  const pairs: PairNode[] = [];
  const items: Node[] = [];
  cursor.at++;
  skip(cursor, column);
  while (cursor.code !== close) {
    if (isMap) pairs.push(pair(cursor, column, depth));
    else items.push(value(cursor, column, depth));
    skip(cursor, column);
    if (cursor.code === codes.comma) {
      cursor.at++;
      skip(cursor, column);
    } else if (cursor.code !== close) throw unusual;
  }
  cursor.at++;
  const spot = { flow: true, start, end: cursor.at } as const;
  return isMap ? { kind: 'map', items: pairs, ...spot } : { kind: 'seq', items, ...spot };
}

function pair(cursor: Cursor, column: number, depth: number): PairNode {
  const key = isQuote(cursor.code) ? quoted(cursor) : word(cursor, false);
  if (!cursor.text.startsWith(': ', cursor.at) || key.end - key.start > 1000) throw unusual;
  cursor.at += 2;
  cursor.skipSpaces();
  return { key, value: value(cursor, column, depth) };
}

function value(cursor: Cursor, column: number, depth: number): Node {
  const { code } = cursor;
  if (isQuote(code)) return quoted(cursor);
  if (code === codes.openList || code === codes.openMap) return flow(cursor, column, depth - 1);
  return word(cursor, true);
}

const isQuote = (code: number): boolean => code === codes.doubleQuote || code === codes.singleQuote;

/** Text without quotes on one line. */
const words = /(?:[^ \n\-?:,[\]{}#&*!|>'"%@`]|-(?=[^ \n,[\]{}]))(?:[^ \n:,[\]{}]|:(?=[^ \n,[\]{}])| +(?=[^ \n#:,[\]{}]))*/y;

function word(cursor: Cursor, resolved: boolean): ScalarNode {
  const start = cursor.at;
  words.lastIndex = start;
  if (!words.test(cursor.text)) throw unusual;
  const end = words.lastIndex;
  cursor.at = end;
  const source = cursor.text.slice(start, end);
  return plain(resolved ? coreValue(source) : source, start, end);
}

/** Past spaces, line ends and comments inside the collection. */
function skip(cursor: Cursor, column: number): void {
  cursor.skipSpaces();
  if (!cursor.atEnd()) return;
  cursor.endLine();
  cursor.content();
  if (cursor.column <= column) throw unusual;
}
