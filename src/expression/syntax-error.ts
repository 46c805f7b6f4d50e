// What a person tried who wrote an expression as another language writes it, and how it is written here.
import { TokenType } from '@actions/expressions/lexer';
import type { PlacedToken } from './parse.ts';
import { type ExpressionProblem, expressionProblem, type Span } from './problem.ts';

const syntax = (what: string, instead: string, span: Span): ExpressionProblem =>
  expressionProblem('expression/syntax', { what, instead }, span);

const arithmetic = 'Let a plugin or a `run:` step compute it, and use its output.';
const operators = 'The operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `&&`, `||` and `!`.';

/** A character sequence that is no token. */
export function lexicalError({
  text,
  symbol,
  offset,
}: {
  readonly text: string;
  readonly symbol: string;
  readonly offset: number;
}): ExpressionProblem {
  const span = { offset, length: Math.max(1, symbol.length) };
  const found = `\`${symbol}\``;
  if (symbol.startsWith("'")) {
    return syntax(
      'The text that begins here has no closing quote',
      "Add a ' at its end; inside, a quote is written twice: 'it''s'.",
      span,
    );
  }
  if (symbol.startsWith('"')) {
    const whole = /^"[^"]*"/.exec(text.slice(offset))?.[0];
    const inner = (whole?.slice(1, -1) ?? symbol.slice(1)).replaceAll("'", "''");
    const range = { offset, length: whole?.length ?? span.length };
    return syntax('Text stands in single quotes in an expression, not in double ones', `Write '${inner}'.`, range);
  }
  if (/[{}$]/.test(symbol)) {
    return syntax(
      `${found} cannot stand inside an expression`,
      'Leave inner `${{` and `}}` out; a name is written as it is: `inputs.goal`.',
      span,
    );
  }
  if (symbol.startsWith('=')) return syntax(`${found} is no operator`, 'Two values are compared with `==`.', span);
  if (symbol.startsWith('&')) return syntax(`${found} is no operator`, 'Both conditions are asked for with `&&`.', span);
  if (symbol.startsWith('|')) return syntax(`${found} is no operator`, 'One of two conditions is asked for with `||`.', span);
  if (/^[?:]/.test(symbol)) return syntax(`${found} is no operator`, "Write `case(condition, 'yes', 'no')`.", span);
  const name = /^(\d[\w-]*)(?:\.|$)/.exec(symbol)?.[1];
  if (text.charAt(offset - 1) === '.' && name !== undefined) {
    const range = { offset, length: name.length };
    return syntax(
      `\`${name}\` cannot follow a dot, because it begins with a digit`,
      `Write \`['${name}']\` in place of \`.${name}\`.`,
      range,
    );
  }
  if (/^[\w.-]*[+*/%^-][\w.-]*$/.test(symbol)) return syntax('An expression cannot compute', arithmetic, span);
  return syntax(
    `${found} is no name and no value`,
    "Names have letters, digits, `_` and `-`. Any other key stands in brackets: `inputs['a key']`. Text stands in single quotes.",
    span,
  );
}

/** A token that the grammar does not allow where it stands; `ended`: there is no token where one must be. */
export function syntaxError(options: {
  readonly text: string;
  readonly tokens: readonly PlacedToken[];
  readonly index: number;
  readonly ended: boolean;
}): ExpressionProblem {
  const { text, tokens, index, ended } = options;
  const at = tokens[index] ?? tokens.at(-1);
  if (at === undefined || ended || at.token.type === TokenType.EOF) {
    const open = unclosed(tokens);
    const end = { offset: text.trimEnd().length, length: 0 };
    if (open !== undefined) {
      const close = open.token.type === TokenType.LEFT_PAREN ? ')' : ']';
      return syntax(`The \`${open.token.lexeme}\` that opens here has no \`${close}\``, `Add the \`${close}\`.`, open);
    }
    return syntax('The expression ends where a value is missing', 'Add the value, or remove the operator at the end.', end);
  }
  const { lexeme, type } = at.token;
  const before = tokens[index - 1]?.token.type;
  if (/^(and|or|not)$/i.test(lexeme)) {
    const instead = { and: '&&', or: '||', not: '!' }[lexeme.toLowerCase()] ?? '';
    return syntax(`\`${lexeme}\` is no operator`, `Write \`${instead}\`.`, at);
  }
  if (/^not$/i.test(tokens[index - 1]?.token.lexeme ?? '')) {
    return syntax('`not` is no operator', 'Write `!`.', tokens[index - 1] ?? at);
  }
  if (type === TokenType.STAR) return syntax('An expression cannot compute', arithmetic, at);
  if (type === TokenType.NUMBER && before === TokenType.DOT) {
    return syntax('A number cannot follow a dot', `Write \`[${lexeme}]\` in place of \`.${lexeme}\`.`, at);
  }
  if (type === TokenType.NUMBER && /^[+-]/.test(lexeme)) return syntax('An expression cannot compute', arithmetic, at);
  if (type === TokenType.RIGHT_PAREN || type === TokenType.RIGHT_BRACKET) {
    const open = type === TokenType.RIGHT_PAREN ? '(' : '[';
    const opened = unclosed(tokens.slice(0, index))?.token.lexeme === open;
    if (!opened) return syntax(`This \`${lexeme}\` closes nothing`, `Remove it, or add the \`${open}\`.`, at);
    return syntax(`A value is missing before \`${lexeme}\``, 'Add it, or remove the comma or the operator before it.', at);
  }
  return syntax(`\`${lexeme}\` cannot stand here`, `Is an operator missing before it, or a quote? ${operators}`, at);
}

/** The innermost parenthesis or bracket that is open at the end. */
function unclosed(tokens: readonly PlacedToken[]): PlacedToken | undefined {
  const open: PlacedToken[] = [];
  for (const placed of tokens) {
    if (placed.token.type === TokenType.LEFT_PAREN || placed.token.type === TokenType.LEFT_BRACKET) open.push(placed);
    if (placed.token.type === TokenType.RIGHT_PAREN || placed.token.type === TokenType.RIGHT_BRACKET) open.pop();
  }
  return open.at(-1);
}
