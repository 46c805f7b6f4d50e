import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { Kind } from '@actions/expressions/data/index';
import { TokenType } from '@actions/expressions/lexer';
import { nearest } from '../diagnostics/nearest.ts';
import { whyNeverEqual } from './comparison.ts';
import { checkCall } from './functions.ts';
import { githubContexts } from './github-contexts.ts';
import { type Parsed, parseExpression } from './parse.ts';
import { type ExpressionProblem, expressionProblem } from './problem.ts';
import { type Index, keyOf, propertyOf } from './property.ts';
import { staticIndex } from './references.ts';
import { Spans } from './span.ts';
import { type ExpressionType, eitherOf, type ObjectType, types } from './type.ts';

/** All that is wrong with an expression, and the type of its value as far as it is known. */
export interface Checked {
  readonly problems: readonly ExpressionProblem[];
  readonly type: ExpressionType;
}

/** Resolves every name, property, function and comparison of an expression (without braces) against what exists where it stands. */
export function checkExpression(text: string, scope: ObjectType): Checked {
  const parsed = parseExpression(text);
  return parsed.ok ? new Check(parsed.value, scope).result() : { problems: [parsed.error], type: types.any };
}

class Check {
  readonly #problems: ExpressionProblem[] = [];
  readonly #spans: Spans;
  readonly #tree: Expr;
  readonly #scope: ObjectType;
  constructor(parsed: Parsed, scope: ObjectType) {
    this.#spans = new Spans(parsed);
    this.#tree = parsed.tree;
    this.#scope = scope;
  }

  result(): Checked {
    const type = this.#typeOf(this.#tree);
    return { problems: this.#problems.sort((a, b) => a.offset - b.offset), type };
  }

  #typeOf(tree: Expr): ExpressionType {
    if (tree instanceof Literal) return literalType(tree);
    if (tree instanceof Grouping) return this.#typeOf(tree.group);
    if (tree instanceof ContextAccess) return this.#context(tree);
    if (tree instanceof IndexAccess) return this.#property(tree);
    if (tree instanceof Binary) return this.#comparison(tree);
    if (tree instanceof Unary) {
      this.#typeOf(tree.expr);
      return types.boolean;
    }
    if (tree instanceof Logical) return eitherOf(tree.args.map((part) => this.#typeOf(part)));
    if (tree instanceof FunctionCall) {
      const given = tree.args.map((argument) => ({ tree: argument, type: this.#typeOf(argument), text: textOf(argument) }));
      return checkCall({ call: tree, given, spans: this.#spans, report: (problem) => this.#problems.push(problem) });
    }
    return types.any;
  }

  #context({ name }: ContextAccess): ExpressionType {
    const { properties, elsewhere = {} } = this.#scope;
    const key = keyOf(properties, name.lexeme);
    const found = key === undefined ? undefined : properties[key];
    if (found !== undefined) return found;
    const known = Object.keys(properties);
    const near = nearest(name.lexeme, known);
    const why = new Map(Object.entries({ ...githubContexts, ...elsewhere })).get(name.lexeme.toLowerCase());
    this.#problems.push(
      expressionProblem(
        'expression/unknown-name',
        {
          name: name.lexeme,
          known,
          ...(near === undefined ? {} : { near }),
          ...(why === undefined ? {} : { elsewhere: why }),
        },
        this.#spans.ofToken(name),
      ),
    );
    return types.any;
  }

  #property(tree: IndexAccess): ExpressionType {
    const type = this.#typeOf(tree.expr);
    const name = staticIndex(tree.index);
    if (name === undefined) this.#typeOf(tree.index);
    const index: Index =
      tree.index instanceof Star ? { kind: 'all' } : name === undefined ? { kind: 'computed' } : { kind: 'name', name };
    const looked = propertyOf(type, { of: this.#spans.text(tree.expr), index, span: this.#spans.ofIndex(tree) });
    if (looked.problem !== undefined) this.#problems.push(looked.problem);
    return looked.type;
  }

  #comparison(tree: Binary): ExpressionType {
    const sides = [tree.left, tree.right].map((side) => ({
      type: this.#typeOf(side),
      written: this.#spans.text(side),
      text: textOf(side),
    }));
    const [left, right] = sides;
    const equality = tree.operator.type === TokenType.EQUAL_EQUAL || tree.operator.type === TokenType.BANG_EQUAL;
    const never = equality && left !== undefined && right !== undefined ? whyNeverEqual(left, right) : undefined;
    if (left !== undefined && right !== undefined && never !== undefined) {
      const facts = { left: left.written, right: right.written, ...never };
      this.#problems.push(expressionProblem('expression/never-true', facts, this.#spans.of(tree)));
    }
    return types.boolean;
  }
}

function literalType({ literal }: Literal): ExpressionType {
  switch (literal.kind) {
    case Kind.String:
      return { kind: 'string', options: [literal.coerceString()] };
    case Kind.Number:
      return types.number;
    case Kind.Boolean:
      return types.boolean;
    default:
      return types.null;
  }
}

function textOf(tree: Expr): string | undefined {
  if (tree instanceof Grouping) return textOf(tree.group);
  return tree instanceof Literal && tree.literal.kind === Kind.String ? tree.literal.coerceString() : undefined;
}
