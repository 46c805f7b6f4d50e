// Block and flow collections of the quick reader.

import type { MapNode, Node, PairNode, ScalarNode, SeqNode } from './source-nodes.ts';
import { Cursor, codes, unusual } from './source-quick-cursor.ts';
import { flow } from './source-quick-flow.ts';
import { blockText, checkFirst, plain, plainLines, quoted } from './source-quick-scalar.ts';

/** Sizes below which no limit of the library's reader can be reached. */
export const most = { characters: 140_000, depth: 20, key: 1000 } as const;

/** Tabs, carriage returns and all that a person cannot see: the library's reader finds what is wrong with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/;

/**
 * Reads YAML as people write it: maps and lists in both styles, text without quotes, in quotes and in blocks, comments. Undefined for
 * all else (anchors, tags, documents, other bases, what is wrong), which the library reads. It is here for speed alone: code that runs
 * once is slow, and the library has eight times as much of it. What it reads is what the library reads; a test compares them.
 */
export function quickRead(text: string): Node | undefined {
  if (text.length > most.characters || unseen.test(text)) return undefined;
  const cursor = new Cursor(text);
  try {
    if (cursor.content() !== 0) return undefined;
    const root = new Blocks(cursor).node(0);
    return cursor.at === text.length ? root : undefined;
  } catch (thrown) {
    if (thrown === unusual) return undefined;
    throw thrown;
  }
}

class Blocks {
  readonly #cursor: Cursor;
  #depth = 0;
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** The collection whose first line begins at the cursor, in `column`. */
  node(column: number): Node {
    if (this.#cursor.atItem()) return this.#list(column);
    return this.#map(column, this.#key());
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > most.depth) throw unusual;
    const value = read();
    this.#depth--;
    return value;
  }

  #map(column: number, firstKey: ScalarNode): MapNode {
    return this.#deeper(() => {
      const cursor = this.#cursor;
      const items: PairNode[] = [];
      let key = firstKey;
      for (;;) {
        cursor.at++;
        items.push({ key, value: this.#value(column) });
        if (cursor.column !== column) break;
        key = this.#key();
      }
      if (cursor.column > column) throw unusual;
      return { kind: 'map', flow: false, items, start: firstKey.start, end: items.at(-1)?.value?.end ?? firstKey.end };
    });
  }

  #list(column: number): SeqNode {
    return this.#deeper(() => {
      const cursor = this.#cursor;
      const start = cursor.at;
      const items: Node[] = [];
      do {
        cursor.at++;
        items.push(this.#item(column));
      } while (cursor.column === column && cursor.atItem());
      if (cursor.column > column) throw unusual;
      return { kind: 'seq', flow: false, items, start, end: items.at(-1)?.end ?? start };
    });
  }

  /** What stands behind the colon of a key in `column`. */
  #value(column: number): Node {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    if (!cursor.atEnd()) return this.#inline(column);
    const at = cursor.at;
    cursor.endLine();
    cursor.content();
    if (cursor.column > column) return this.node(cursor.column);
    // The items of a list may stand below its key without being indented.
    return cursor.column === column && cursor.atItem() ? this.#list(column) : plain(null, at, at);
  }

  /** What stands behind the dash of an item in `column`. */
  #item(column: number): Node {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    if (cursor.atEnd()) {
      const at = cursor.at;
      cursor.endLine();
      cursor.content();
      return cursor.column > column ? this.node(cursor.column) : plain(null, at, at);
    }
    const own = cursor.at - cursor.lineStart;
    if (cursor.atItem()) return this.#list(own);
    const { code } = cursor;
    if (code === codes.doubleQuote || code === codes.singleQuote) {
      const scalar = quoted(cursor);
      return cursor.code === codes.colon ? this.#map(own, this.#checked(scalar)) : this.#ended(scalar);
    }
    const collection = code === codes.openList || code === codes.openMap || code === codes.bar || code === codes.greater;
    return !collection && this.#colon() !== -1 ? this.#map(own, this.#key()) : this.#inline(column);
  }

  #inline(column: number): Node {
    const cursor = this.#cursor;
    switch (cursor.code) {
      case codes.doubleQuote:
      case codes.singleQuote:
        return this.#ended(quoted(cursor));
      case codes.openList:
      case codes.openMap:
        return this.#ended(flow(cursor, column, most.depth - this.#depth));
      case codes.bar:
      case codes.greater:
        return blockText(cursor, column);
      default:
        return plainLines(cursor, column);
    }
  }

  #ended<T>(node: T): T {
    this.#cursor.endLine();
    this.#cursor.content();
    return node;
  }

  /** The colon behind the key that begins at the cursor; -1 where none is on this line. */
  #colon(): number {
    const cursor = this.#cursor;
    const end = cursor.lineEnd();
    const found = cursor.colon();
    const colon = found < end ? found : cursor.text.charCodeAt(end - 1) === codes.colon ? end - 1 : -1;
    return cursor.comment() < colon ? -1 : colon;
  }

  /** The key that begins at the cursor, which then is at its colon. */
  #key(): ScalarNode {
    const cursor = this.#cursor;
    const { text, at: start } = cursor;
    if (cursor.code === codes.doubleQuote || cursor.code === codes.singleQuote) return this.#checked(quoted(cursor));
    checkFirst(cursor);
    if (cursor.code === codes.dash) throw unusual;
    const end = this.#colon();
    if (end === -1 || text.charCodeAt(end - 1) === codes.space) throw unusual;
    cursor.at = end;
    return this.#checked(plain(text.slice(start, end), start, end));
  }

  #checked(key: ScalarNode): ScalarNode {
    const cursor = this.#cursor;
    const next = cursor.text.charCodeAt(cursor.at + 1);
    const ends = next === codes.space || next === codes.lineFeed || cursor.at + 1 >= cursor.text.length;
    if (cursor.code !== codes.colon || !ends || key.end - key.start > most.key) throw unusual;
    return key;
  }
}
