import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import { type Token, TokenType } from '@actions/expressions/lexer';
import type { Parsed } from './parse.ts';
import type { Span } from './problem.ts';

/** Where the parts of an expression stand in its text. */
export class Spans {
  readonly #parsed: Parsed;
  readonly #indexes: ReadonlyMap<Token, number>;
  constructor(parsed: Parsed) {
    this.#parsed = parsed;
    this.#indexes = new Map(parsed.tokens.map(({ token }, index) => [token, index]));
  }

  of(expression: Expr): Span {
    return this.#between(this.#first(expression), this.#last(expression));
  }

  /** What stands between the brackets of an index, or behind its dot. */
  ofIndex(access: IndexAccess): Span {
    const dot = this.#last(access.expr) + 1;
    if (this.#type(dot) === TokenType.DOT) return this.#between(dot + 1, dot + 1);
    return this.#between(dot + 1, this.#last(access) - 1);
  }

  ofToken(token: Token): Span {
    const index = this.#indexes.get(token) ?? 0;
    return this.#between(index, index);
  }

  text(expression: Expr): string {
    const { offset, length } = this.of(expression);
    return this.#parsed.text.slice(offset, offset + length);
  }

  #between(first: number, last: number): Span {
    const { tokens } = this.#parsed;
    const offset = tokens[first]?.offset ?? 0;
    const end = tokens[Math.max(first, last)];
    return { offset, length: end === undefined ? 0 : end.offset + end.length - offset };
  }

  #type(index: number): TokenType | undefined {
    return this.#parsed.tokens[index]?.token.type;
  }

  #first(expression: Expr): number {
    if (expression instanceof Literal) return this.#indexes.get(expression.token) ?? 0;
    if (expression instanceof ContextAccess) return this.#indexes.get(expression.name) ?? 0;
    if (expression instanceof FunctionCall) return this.#indexes.get(expression.functionName) ?? 0;
    if (expression instanceof Unary) return this.#indexes.get(expression.operator) ?? 0;
    if (expression instanceof Binary) return this.#first(expression.left);
    if (expression instanceof IndexAccess) return this.#first(expression.expr);
    if (expression instanceof Grouping) return this.#first(expression.group) - 1;
    const [first] = expression instanceof Logical ? expression.args : [];
    return first === undefined ? 0 : this.#first(first);
  }

  #last(expression: Expr): number {
    if (expression instanceof Literal || expression instanceof ContextAccess) return this.#first(expression);
    if (expression instanceof FunctionCall) return this.#closing(this.#first(expression) + 1);
    if (expression instanceof Unary) return this.#last(expression.expr);
    if (expression instanceof Binary) return this.#last(expression.right);
    if (expression instanceof Grouping) return this.#last(expression.group) + 1;
    if (expression instanceof IndexAccess) {
      const next = this.#last(expression.expr) + 1;
      return this.#type(next) === TokenType.DOT ? next + 1 : this.#closing(next);
    }
    const last = expression instanceof Logical ? expression.args.at(-1) : undefined;
    return last === undefined ? this.#parsed.tokens.length - 1 : this.#last(last);
  }

  /** Index of what closes the parenthesis or bracket at `open`. */
  #closing(open: number): number {
    let depth = 0;
    for (let index = open; index < this.#parsed.tokens.length; index++) {
      const type = this.#type(index);
      if (type === TokenType.LEFT_PAREN || type === TokenType.LEFT_BRACKET) depth++;
      if (type === TokenType.RIGHT_PAREN || type === TokenType.RIGHT_BRACKET) depth--;
      if (depth === 0) return index;
    }
    return this.#parsed.tokens.length - 1;
  }
}
