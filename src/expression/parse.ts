import type { Expr } from '@actions/expressions/ast';
import { MAX_EXPRESSION_LENGTH, MAX_PARSER_DEPTH } from '@actions/expressions/errors';
import type { FunctionInfo } from '@actions/expressions/funcs/info';
import { Lexer, type Token, TokenType } from '@actions/expressions/lexer';
import { Parser } from '@actions/expressions/parser';
import { fail, type Result, succeed } from '../model/result.ts';
import { type ExpressionProblem, expressionProblem, type Span } from './problem.ts';
import { lexicalError, syntaxError } from './syntax-error.ts';

/** A token with its offset in the text, which the library does not keep. */
export interface PlacedToken extends Span {
  readonly token: Token;
}
export interface Parsed {
  readonly text: string;
  readonly tree: Expr;
  /** Without the one that ends the text. */
  readonly tokens: readonly PlacedToken[];
}

/** Playbooks say the same in many places, and each place is looked at several times. */
const known = new Map<string, Result<Parsed, ExpressionProblem>>();
const mostKnown = 1000;

/** Parses an expression without its braces. Names, functions and arguments are not looked at: `checkExpression` does that. */
export function parseExpression(text: string): Result<Parsed, ExpressionProblem> {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = parse(text);
  if (known.size >= mostKnown) known.clear();
  known.set(text, parsed);
  return parsed;
}

function parse(text: string): Result<Parsed, ExpressionProblem> {
  if (text.trim() === '') return fail(expressionProblem('expression/empty', {}, { offset: 0, length: text.length }));
  if (text.length > MAX_EXPRESSION_LENGTH) {
    const facts = { what: 'long', limit: MAX_EXPRESSION_LENGTH } as const;
    return fail(expressionProblem('expression/too-large', facts, { offset: 0, length: text.length }));
  }
  const lexed = lex(text);
  if (!lexed.ok) return lexed;
  const tokens = lexed.value;
  const calls = tokens.filter(
    ({ token }, index) => token.type === TokenType.IDENTIFIER && tokens[index + 1]?.token.type === TokenType.LEFT_PAREN,
  );
  const names = calls.map(({ token }) => token.lexeme);
  const identifiers = tokens.filter(({ token }) => token.type === TokenType.IDENTIFIER).map(({ token }) => token.lexeme);
  try {
    // The parser stops at the first name that it does not know. Under these names it knows all of them.
    for (const { token } of calls) token.lexeme = called(token.lexeme);
    const tree = new Parser(
      tokens.map(({ token }) => token),
      identifiers,
      names.map(anyFunction),
    ).parse();
    return succeed({ text, tree, tokens: tokens.slice(0, -1) });
  } catch (error) {
    return fail(parseError(error, text, tokens));
  } finally {
    calls.forEach(({ token }, index) => {
      token.lexeme = names[index] ?? token.lexeme;
    });
  }
}

const called = (name: string): string => `()${name}`;

function anyFunction(name: string): FunctionInfo {
  return { name: called(name), minArgs: 0, maxArgs: Number.POSITIVE_INFINITY };
}

function lex(text: string): Result<readonly PlacedToken[], ExpressionProblem> {
  try {
    const placed: PlacedToken[] = [];
    let end = 0;
    for (const token of new Lexer(text).lex().tokens) {
      // Only white space stands between two tokens.
      const offset = token.type === TokenType.EOF ? text.length : end + (/^[ \r\t\n]*/.exec(text.slice(end))?.[0].length ?? 0);
      end = offset + token.lexeme.length;
      // The library replaces only the first pair of quotes, GitHub's runner every one.
      if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
      placed.push({ token, offset, length: token.lexeme.length });
    }
    return succeed(placed);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    // "Unexpected symbol: '...'. Located at position 7 within expression: ...", counted from 1.
    const head = message.slice(0, Math.max(0, message.length - ` within expression: ${text}`.length));
    const offset = Number(/Located at position (\d+)$/.exec(head)?.[1] ?? 1) - 1;
    const symbol = /^Unexpected symbol: '([\s\S]*)'\. Located at position \d+$/.exec(head)?.[1] ?? text.charAt(offset);
    return fail(lexicalError({ text, symbol, offset }));
  }
}

function parseError(error: unknown, text: string, tokens: readonly PlacedToken[]): ExpressionProblem {
  const position = error instanceof Error && 'pos' in error ? error.pos : undefined;
  const index = tokens.findIndex(({ token }) => token.range.start === position);
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('Exceeded max expression depth')) {
    const facts = { what: 'deep', limit: MAX_PARSER_DEPTH } as const;
    return expressionProblem('expression/too-large', facts, tokens[index] ?? { offset: 0, length: text.length });
  }
  return syntaxError({ text, tokens, index, ended: message.startsWith('Unexpected end') });
}
