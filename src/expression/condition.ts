import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';
import type { Expression } from '../model/plan.ts';
import { checkExpression } from './check.ts';
import { expressionProblem, toDiagnostic } from './problem.ts';
import { type Reference, referencesOf } from './references.ts';
import { splitTemplate } from './template.ts';
import type { ObjectType } from './type.ts';

export interface BoundCondition {
  readonly expression: Expression;
  readonly diagnostics: readonly Diagnostic[];
  readonly references: readonly Reference[];
}

/** An `if:`, whose braces may be left out, as in GitHub Actions. */
export function bindCondition(options: {
  readonly text: string;
  /** Where `length` characters from `offset` of the text stand. */
  readonly placeOf: (offset: number, length: number) => Place;
  readonly scope: ObjectType;
}): BoundCondition {
  const { text, placeOf, scope } = options;
  const pieces = splitTemplate(text).filter((piece) => piece.kind !== 'text' || piece.text.trim() !== '');
  const [only] = pieces;
  const begin = text.length - text.trimStart().length;
  const inner =
    pieces.length === 1 && only?.kind === 'expression'
      ? { text: only.text, offset: only.inner }
      : { text: text.trim(), offset: begin };
  const expression = { text: inner.text, place: placeOf(inner.offset, inner.text.length) };
  const open = pieces.find(({ kind }) => kind === 'unterminated');
  if (open !== undefined) {
    const problem = expressionProblem('expression/unterminated', {}, open);
    return { expression, diagnostics: [toDiagnostic(problem, placeOf(open.offset, 3))], references: [] };
  }
  if (pieces.length > 1 && pieces.some(({ kind }) => kind === 'expression')) {
    const whole = text.replace(/\$\{\{\s*|\s*\}\}/g, '').trim();
    const problem = expressionProblem('expression/condition', { whole }, { offset: 0, length: text.length });
    return { expression, diagnostics: [toDiagnostic(problem, placeOf(begin, text.trim().length))], references: [] };
  }
  const { problems } = checkExpression(inner.text, scope);
  return {
    expression,
    diagnostics: problems.map((problem) => toDiagnostic(problem, placeOf(inner.offset + problem.offset, problem.length))),
    references: referencesOf(inner.text),
  };
}
