import type { Facts } from '../diagnostics/code-table.ts';
import { expressionCodes } from '../diagnostics/codes-expression.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/location.ts';

type Codes = typeof expressionCodes;
type Code = keyof Codes;

/** Something wrong with an expression, `length` characters from `offset` of its text. */
export type ExpressionProblem = {
  [Each in Code]: { readonly code: Each; readonly facts: Facts<Codes, Each>; readonly offset: number; readonly length: number };
}[Code];

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export function expressionProblem<Each extends Code>(
  code: Each,
  facts: Facts<Codes, Each>,
  { offset, length }: Span,
): ExpressionProblem {
  return { code, facts, offset, length } as ExpressionProblem;
}

/** In words, at its place in a file. */
export function toDiagnostic({ code, facts }: ExpressionProblem, place: Place): Diagnostic {
  return diagnose(expressionCodes, code, facts as never, { place });
}
