// Scalars of the quick reader.

import type { BlockText, ScalarNode } from './source-nodes.ts';
import { type Cursor, codes, unusual } from './source-quick-cursor.ts';
import { block } from './source-scalar-block.ts';

export const plain = (value: unknown, start: number, end: number): ScalarNode => ({
  kind: 'scalar',
  style: 'plain',
  value,
  start,
  end,
});

const double = /"[^"\\\n]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\n]*)*"/y;
const single = /'[^'\n]*(?:''[^'\n]*)*'/y;

/** A quoted text on one line, whose escapes are those of JSON. */
export function quoted(cursor: Cursor): ScalarNode {
  const { text, at: start } = cursor;
  const isDouble = cursor.code === codes.doubleQuote;
  const pattern = isDouble ? double : single;
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw unusual;
  const end = pattern.lastIndex;
  cursor.at = end;
  const inside = text.slice(start + 1, end - 1);
  if (isDouble) {
    const value = inside.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inside;
    return { kind: 'scalar', style: 'double', value, start, end };
  }
  return { kind: 'scalar', style: 'single', value: inside.includes("'") ? inside.replaceAll("''", "'") : inside, start, end };
}

/** Characters that text without quotes may not begin with; some of them may before others, which the library knows. */
const indicators = new Set([...'?:,[]{}#&*!|>\'"%@`']);

export function checkFirst(cursor: Cursor): void {
  if (indicators.has(cursor.text.charAt(cursor.at)) || cursor.atItem()) throw unusual;
}

/** Text without quotes in a block collection at `column`; over several lines when they are indented more. */
export function plainLines(cursor: Cursor, column: number): ScalarNode {
  checkFirst(cursor);
  const { text, at: start } = cursor;
  let end = plainEnd(cursor);
  let folded: string | undefined;
  for (;;) {
    const commented = cursor.comment() < cursor.lineEnd();
    cursor.at = end;
    cursor.endLine();
    const line = cursor.at;
    cursor.content();
    if (cursor.column <= column) break;
    // What stands between is no part of the text, but may end it.
    const between = text.slice(line, cursor.at);
    if (commented || between.includes('#')) throw unusual;
    const breaks = between.split('\n').length - 1;
    folded ??= text.slice(start, end);
    const from = cursor.at;
    end = plainEnd(cursor);
    folded += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + text.slice(from, end);
  }
  return plain(folded ?? coreValue(text.slice(start, end)), start, end);
}

/** Where the text without quotes on this line ends. */
function plainEnd(cursor: Cursor): number {
  const { text, at } = cursor;
  let end = Math.min(cursor.lineEnd(), cursor.comment());
  while (end > at && text.charCodeAt(end - 1) === codes.space) end--;
  // A key in the middle of a line.
  if (cursor.colon() < end || text.charCodeAt(end - 1) === codes.colon) throw unusual;
  return end;
}

const integer = /^[-+]?[0-9]+$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/;
/** Infinity, what is no number, other bases, exponents. */
const otherNumber = /^(?:[-+]?\.(?:inf|nan)|0[xo][0-9a-f]+|[-+]?[0-9.]+e[-+]?[0-9]+)$/i;

/** What the core schema of YAML 1.2 makes of text without quotes. */
export function coreValue(source: string): unknown {
  const first = source.charCodeAt(0);
  if ((first >= codes.zero && first <= codes.nine) || first === codes.dash || first === codes.plus || first === codes.dot) {
    if (integer.test(source)) {
      if (source.length > 15) throw unusual;
      return Number.parseInt(source, 10);
    }
    if (decimal.test(source)) return Number.parseFloat(source);
    if (otherNumber.test(source)) throw unusual;
    return source;
  }
  switch (source) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case 'null':
    case 'Null':
    case 'NULL':
    case '~':
      return null;
    default:
      return source;
  }
}

const header = /[|>][-+]?/y;

/** A literal or folded block in a block collection at `column`, whose indentation is that of its first line. */
export function blockText(cursor: Cursor, column: number): ScalarNode {
  const { text, at: start } = cursor;
  header.lastIndex = start;
  header.test(text);
  cursor.at = header.lastIndex;
  const written = text.slice(start, cursor.at);
  if (!cursor.text.startsWith(' ', cursor.at) && cursor.code !== codes.lineFeed) throw unusual;
  cursor.endLine();
  const body = cursor.at;
  let indent = -1;
  const lines: string[] = [];
  while (cursor.at < text.length) {
    cursor.skipSpaces();
    const blanks = cursor.at - cursor.lineStart;
    const end = cursor.lineEnd();
    // Without a line feed at its end the last line has rules of its own.
    if (end >= text.length) throw unusual;
    if (cursor.at === end) {
      if (blanks > Math.max(0, indent)) throw unusual;
      lines.push('');
    } else {
      if (indent === -1) {
        if (blanks <= column) throw unusual;
        indent = blanks;
      }
      if (blanks <= column) {
        cursor.at = cursor.lineStart;
        break;
      }
      if (blanks < indent) throw unusual;
      lines.push(text.slice(cursor.lineStart + indent, end));
    }
    cursor.at = cursor.lineStart = end + 1;
  }
  if (indent === -1) throw unusual;
  const end = cursor.at;
  const own: BlockText = { header: written, indent: column, start: body, source: text.slice(body, end) };
  cursor.content();
  // Folding and what `+` keeps have rules that the trace of a block knows.
  const value = written === '|' || written === '|-' ? literal(lines, written) : block(own).value;
  return { kind: 'scalar', style: 'block', value, block: own, start, end };
}

function literal(lines: string[], written: string): string {
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n') + (written === '|' ? '\n' : '');
}
