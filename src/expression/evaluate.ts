import type { ExpressionData } from '@actions/expressions/data/expressiondata';
import { Evaluator } from '@actions/expressions/evaluator';
import { falsy } from '@actions/expressions/result';
import type { Expression, Template } from '../model/plan.ts';
import { type Json, pluginError } from '../plugin-api.ts';
import { ObjectData, toData, toJson } from './data.ts';
import { unknownCall } from './functions.ts';
import { type Parsed, parseExpression } from './parse.ts';
import { collectReferences } from './references.ts';

/** What expressions may name while a run goes on. A context that is left out does not exist where the expression stands. */
export interface Contexts {
  readonly inputs: Readonly<Record<string, Json>>;
  readonly steps: Readonly<Record<string, Json>>;
  readonly run: { readonly [key: string]: Json };
  readonly env?: Readonly<Record<string, Json>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly services?: Readonly<Record<string, Json>>;
  readonly service?: Json;
  readonly item?: Json;
}

/** The value of a template. Throws a PluginError `expression/failed` when an expression has none. */
export function evaluateTemplate(template: Template, contexts: Contexts): Json {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return guarded(template.expression, () => toJson(resultOf(template.expression, contexts)));
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? part : guarded(part, () => resultOf(part, contexts).coerceString())))
        .join('');
    case 'list':
      return template.items.map((item) => evaluateTemplate(item, contexts));
    case 'map':
      return Object.fromEntries(Object.entries(template.entries).map(([key, inner]) => [key, evaluateTemplate(inner, contexts)]));
  }
}

/** GitHub's truth: null, false, 0, NaN and the empty text are false, all else is true. */
export function evaluateCondition(expression: Expression, contexts: Contexts): boolean {
  return guarded(expression, () => !falsy(resultOf(expression, contexts)));
}

function resultOf(expression: Expression, contexts: Contexts): ExpressionData {
  const parsed = parseExpression(expression.text);
  if (!parsed.ok) throw new Error('it cannot be parsed');
  const unknown = unknownCall(parsed.value.tree);
  if (unknown !== undefined) throw new Error(unknown);
  return new Evaluator(parsed.value.tree, scopeOf(parsed.value, contexts)).evaluate();
}

/** Only what the expression names: outputs can be large. */
function scopeOf({ tree }: Parsed, contexts: Contexts): ObjectData {
  const names = new Set(collectReferences(tree).map(({ context }) => context));
  const known: Readonly<Record<string, unknown>> = { ...contexts };
  return new ObjectData(
    [...names].map((name) => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      if (value === undefined) throw new Error(`\`${name}\` does not exist here`);
      return [name, toData(value as Json)] as const;
    }),
  );
}

function guarded<T>({ text, place }: Expression, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    const { line, column } = place.range.start;
    throw pluginError({
      code: 'expression/failed',
      message: `The expression \`${text}\` in ${place.file}:${line}:${column} has no value: ${reason(error)}.`,
      hint: "Look at the values that it names; `toJSON(...)` in a step's `env:` shows one.",
      cause: error,
    });
  }
}

/** The library's reasons, in our words. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('case predicate')) return 'a condition of `case` is neither true nor false';
  if (message.includes('references more arguments')) return 'the text of `format` asks for more values than it is given';
  if (message.startsWith('The following format string is invalid')) return 'the text of `format` has a brace that is not doubled';
  if (message === 'empty input') return '`fromJSON` was given an empty text';
  if (message.startsWith('Error parsing JSON')) return '`fromJSON` was given a text that is no JSON';
  const nested = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return message.startsWith('could not evaluate index') && nested !== undefined ? reason(nested) : message;
}
