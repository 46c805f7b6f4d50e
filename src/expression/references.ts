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
import { parseExpression } from './parse.ts';

/** A value that an expression asks for: `steps.tests.outputs.cases` is the context `steps` and the path `tests, outputs, cases`. */
export interface Reference {
  readonly context: string;
  /** As far as it is known before the run; `*` for all. */
  readonly path: readonly string[];
}

/** All values that an expression asks for, in its order; none when it cannot be parsed. */
export function referencesOf(text: string): readonly Reference[] {
  const parsed = parseExpression(text);
  return parsed.ok ? collectReferences(parsed.value.tree) : [];
}

/** The same for a parsed expression. */
export function collectReferences(tree: Expr): readonly Reference[] {
  if (tree instanceof ContextAccess || tree instanceof IndexAccess) {
    const { reference, others } = chain(tree);
    return [...(reference === undefined ? [] : [{ context: reference.context, path: reference.path }]), ...others];
  }
  if (tree instanceof Unary) return collectReferences(tree.expr);
  if (tree instanceof Grouping) return collectReferences(tree.group);
  if (tree instanceof Binary) return [...collectReferences(tree.left), ...collectReferences(tree.right)];
  if (tree instanceof Logical || tree instanceof FunctionCall) return tree.args.flatMap(collectReferences);
  return [];
}

/** A context with what is asked of it, and what the indexes ask for themselves. */
function chain(tree: Expr): {
  readonly reference?: Reference & { readonly open: boolean };
  readonly others: readonly Reference[];
} {
  if (tree instanceof ContextAccess) {
    return { reference: { context: tree.name.lexeme.toLowerCase(), path: [], open: true }, others: [] };
  }
  if (tree instanceof Grouping) return chain(tree.group);
  if (!(tree instanceof IndexAccess)) return { others: collectReferences(tree) };
  const { reference, others } = chain(tree.expr);
  const step = staticIndex(tree.index);
  const inner =
    tree.index instanceof Star || tree.index instanceof Literal ? others : [...others, ...collectReferences(tree.index)];
  if (reference === undefined || !reference.open) return { ...(reference === undefined ? {} : { reference }), others: inner };
  if (step === undefined) return { reference: { ...reference, open: false }, others: inner };
  return { reference: { ...reference, path: [...reference.path, step] }, others: inner };
}

/** The name or number that stands in an index; undefined when it is computed. */
export function staticIndex(index: Expr): string | undefined {
  if (index instanceof Star) return '*';
  if (!(index instanceof Literal)) return undefined;
  const { literal } = index;
  return literal.kind === Kind.String || literal.kind === Kind.Number ? literal.coerceString() : undefined;
}
