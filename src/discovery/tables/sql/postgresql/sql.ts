// SQL text to statements, with PostgreSQL's own parser. What it refuses is told apart statement by statement.
import { hasSqlDetails, loadModule, type Node, parseSync, type ScanToken, scanSync } from 'libpg-query';
import type { Unclear } from '../../model.ts';

export interface Statement {
  readonly node: Node;
  readonly sql: Sql;
  readonly line: number;
  /** The first line of it, for people. */
  readonly excerpt: string;
}
export interface ParsedSql {
  readonly statements: readonly Statement[];
  readonly notUnderstood: readonly Unclear[];
}

/** A text in which the parser's positions, which count bytes, can be looked up. */
export class Sql {
  readonly #bytes: Uint8Array;
  readonly tokens: readonly ScanToken[];

  constructor(text: string, tokens: readonly ScanToken[]) {
    this.#bytes = new TextEncoder().encode(text);
    this.tokens = tokens.filter(({ tokenName }) => tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT');
  }
  slice(start: number, end?: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(start, end));
  }
  indexAt(position: number): number {
    const found = this.tokens.findIndex(({ start }) => start >= position);
    return found === -1 ? this.tokens.length : found;
  }
  /** From one token up to where its clause ends: a comma or parenthesis of the level outside, a semicolon, or `before`. */
  clause(from: number, before = Number.POSITIVE_INFINITY): string {
    let depth = 0;
    let to = from;
    for (; to < this.tokens.length; to++) {
      const token = this.tokens[to];
      if (token === undefined || token.start >= before) break;
      if (depth === 0 && (token.text === ',' || token.text === ')' || token.text === ';')) break;
      if (token.text === '(' || token.text === '[') depth++;
      if (token.text === ')' || token.text === ']') depth--;
    }
    const [first, last] = [this.tokens[from], this.tokens[to - 1]];
    return first === undefined || last === undefined ? '' : oneLine(this.slice(first.start, last.end));
  }
  /** What stands in the parentheses that open at or after a token, split at its commas. */
  parts(from: number): readonly string[] {
    let at = from;
    while (at < this.tokens.length && this.tokens[at]?.text !== '(') at++;
    const parts: string[] = [];
    do {
      const part = this.clause(at + 1);
      parts.push(part);
      at = this.#after(at + 1);
    } while (this.tokens[at]?.text === ',');
    return parts;
  }
  #after(from: number): number {
    let depth = 0;
    let at = from;
    for (; at < this.tokens.length; at++) {
      const text = this.tokens[at]?.text;
      if (depth === 0 && (text === ',' || text === ')' || text === ';')) break;
      if (text === '(' || text === '[') depth++;
      if (text === ')' || text === ']') depth--;
    }
    return at;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const excerptOf = (text: string): string => {
  const line = oneLine(text);
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};
const lineAt = (text: string, byte: number): number =>
  new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, byte)).split('\n').length;

/** Before the first text is parsed: the parser is WebAssembly. */
export const openParser = (): Promise<void> => loadModule();

/** `firstLine`: where the text begins in its file. */
export function parseSql(text: string, o: { readonly file: string; readonly firstLine: number }): ParsedSql {
  if (text.trim() === '') return { statements: [], notUnderstood: [] };
  let tokens: readonly ScanToken[];
  try {
    tokens = scanSync(text).tokens;
  } catch (error) {
    return { statements: [], notUnderstood: [refused(error, { ...o, text })] };
  }
  try {
    const sql = new Sql(text, tokens);
    const statements = (parseSync(text).stmts ?? []).flatMap(({ stmt, stmt_location = 0, stmt_len }): Statement[] => {
      if (stmt === undefined) return [];
      const first = sql.tokens[sql.indexAt(stmt_location)]?.start ?? stmt_location;
      const end = stmt_len === undefined ? undefined : stmt_location + stmt_len;
      return [{ node: stmt, sql, line: o.firstLine - 1 + lineAt(text, first), excerpt: excerptOf(sql.slice(first, end)) }];
    });
    return { statements, notUnderstood: [] };
  } catch (error) {
    const pieces = piecesOf(text, tokens);
    if (pieces.length < 2) return { statements: [], notUnderstood: [refused(error, { ...o, text })] };
    const parsed: ParsedSql[] = [];
    for (const piece of pieces) {
      parsed.push(parseSql(piece.text, { file: o.file, firstLine: o.firstLine + piece.line - 1 }));
    }
    return {
      statements: parsed.flatMap(({ statements }) => statements),
      notUnderstood: parsed.flatMap(({ notUnderstood }) => notUnderstood),
    };
  }
}

/** The text cut after each semicolon that the scanner knows as one, so never inside a string or a body in dollar quotes. */
function piecesOf(text: string, tokens: readonly ScanToken[]): readonly { readonly text: string; readonly line: number }[] {
  const bytes = new TextEncoder().encode(text);
  const ends = [...tokens.filter((token) => token.text === ';').map(({ end }) => end), bytes.length];
  let start = 0;
  return ends.flatMap((end) => {
    const first = tokens.find((token) => token.start >= start && !token.tokenName.endsWith('COMMENT'))?.start ?? end;
    start = end;
    if (first >= end) return [];
    return [{ text: new TextDecoder().decode(bytes.subarray(first, end)), line: lineAt(text, first) }];
  });
}

function refused(error: unknown, o: { readonly file: string; readonly firstLine: number; readonly text: string }): Unclear {
  const lead = o.text.length - o.text.trimStart().length;
  return {
    file: o.file,
    line: o.firstLine - 1 + o.text.slice(0, lead).split('\n').length,
    what: excerptOf(o.text),
    why: `PostgreSQL's parser refuses it: ${hasSqlDetails(error) ? (error.sqlDetails?.message ?? error.message) : String(error)}`,
  };
}
