import type { Diagnostic } from '../model/diagnostic.ts';
import type { Path, Place } from '../model/location.ts';
import type { Template } from '../model/plan.ts';
import type { Json } from '../plugin-api.ts';
import { checkExpression } from './check.ts';
import { type ExpressionProblem, expressionProblem, toDiagnostic } from './problem.ts';
import { type Reference, referencesOf } from './references.ts';
import { type PlaceOf, splitTemplate, templateOf } from './template.ts';
import { describeType, type ExpressionType, type ObjectType, types } from './type.ts';

/** An expression in a value. */
export interface BoundExpression {
  /** From the value that was bound. */
  readonly path: Path;
  readonly text: string;
  /** It is the whole value and keeps its type; otherwise it becomes part of a text. */
  readonly whole: boolean;
  readonly type: ExpressionType;
  readonly place: Place;
}
export interface Bound {
  readonly template: Template;
  readonly diagnostics: readonly Diagnostic[];
  readonly references: readonly Reference[];
  readonly expressions: readonly BoundExpression[];
}

/** Finds, parses and checks all expressions in a value. */
export function bindTemplate(options: { readonly value: Json; readonly placeOf: PlaceOf; readonly scope: ObjectType }): Bound {
  const { value, placeOf, scope } = options;
  const diagnostics: Diagnostic[] = [];
  const references: Reference[] = [];
  const expressions: BoundExpression[] = [];
  for (const { path, text } of textsOf(value, [])) {
    const pieces = splitTemplate(text);
    for (const piece of pieces) {
      if (piece.kind === 'text') continue;
      if (piece.kind === 'unterminated') {
        const place = placeOf(path, piece.offset, 3);
        diagnostics.push(toDiagnostic(expressionProblem('expression/unterminated', {}, piece), place));
        expressions.push({ path, text: '', whole: false, type: types.any, place });
        continue;
      }
      const whole = pieces.length === 1;
      const { problems, type } = checkExpression(piece.text, scope);
      const all = [...problems, ...(whole || problems.length > 0 ? [] : notText(piece.text, type))];
      diagnostics.push(
        ...all.map((problem) =>
          piece.text === ''
            ? toDiagnostic(problem, placeOf(path, piece.offset, piece.length))
            : toDiagnostic(problem, placeOf(path, piece.inner + problem.offset, problem.length)),
        ),
      );
      references.push(...referencesOf(piece.text));
      expressions.push({ path, text: piece.text, whole, type, place: placeOf(path, piece.offset, piece.length) });
    }
  }
  return { template: templateOf(value, placeOf), diagnostics, references, expressions };
}

function notText(text: string, type: ExpressionType): readonly ExpressionProblem[] {
  const kinds = (type.kind === 'either' ? type.types : [type]).map(({ kind }) => kind);
  if (!kinds.every((kind) => kind === 'list' || kind === 'map' || kind === 'object')) return [];
  return [expressionProblem('expression/not-text', { text, type: describeType(type) }, { offset: 0, length: text.length })];
}

function textsOf(value: Json, path: Path): readonly { readonly path: Path; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => textsOf(inner, [...path, key]));
}
