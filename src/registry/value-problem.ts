// What does not fit a schema, as codes with facts, each at its place in the value.
import type { Facts } from '../diagnostics/code-table.ts';
import { type PlaybookCodes, playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Path, Place } from '../model/location.ts';
import type { Json, ObjectSchema, Schema } from '../plugin-api.ts';
import { type Misfit, misfits } from './misfit.ts';
import { quantityForms } from './quantity.ts';
import { typeWords, valueWords } from './type-words.ts';

/** A code of the table with its facts, at the key or the value of a path. */
export type ValueProblem = {
  readonly [Code in keyof PlaybookCodes]: {
    readonly code: Code;
    readonly facts: Facts<PlaybookCodes, Code>;
    readonly path: Path;
    readonly at: 'key' | 'value';
  };
}[keyof PlaybookCodes];

export function toDiagnostic(problem: ValueProblem, place?: Place): Diagnostic {
  return diagnose(playbookCodes, problem.code, problem.facts as never, place === undefined ? {} : { place });
}

/** The part of a schema that a path leads to. */
export function schemaAt(schema: Schema | ObjectSchema, path: Path): Schema | ObjectSchema | undefined {
  let at: Schema | ObjectSchema | undefined = schema;
  for (const step of path) {
    if (at?.type === 'array') at = at.items;
    else if (at?.type === 'map') at = at.values;
    else if (at?.type === 'object' && Object.hasOwn(at.properties, step)) at = at.properties[step];
    else return undefined;
  }
  return at;
}

/** `critical[0].lines`. */
export const pathWords = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

/** One problem for each mistake. `where` says what the value is: "`with` of coverage". */
export function valueProblems(options: {
  readonly schema: Schema | ObjectSchema;
  readonly value: Json;
  readonly where: string;
}): readonly ValueProblem[] {
  return misfits(options.schema, options.value).map((misfit) => problemOf(misfit, options.where));
}

function problemOf(misfit: Misfit, where: string): ValueProblem {
  const { path } = misfit;
  const container = path.length === 0 ? where : `\`${pathWords(path)}\` of ${where}`;
  const key = pathWords(path) || where.replaceAll('`', '');
  switch (misfit.kind) {
    case 'unknown-key':
      return unknownKey({ key: misfit.key, path, container, known: Object.keys(misfit.of.properties) });
    case 'missing-key': {
      const missing = schemaAt(misfit.of, [misfit.key]);
      const takes = missing === undefined ? 'a value' : typeWords(missing);
      const description = missing?.description;
      const facts = { key: misfit.key, where: container, takes, ...(description === undefined ? {} : { description }) };
      return { code: 'playbook/missing-key', facts, path, at: 'key' };
    }
    case 'choice': {
      const near = nearest(misfit.value, misfit.options);
      const facts = { key, value: misfit.value, options: misfit.options, ...(near === undefined ? {} : { near }) };
      return { code: 'playbook/choice', facts, path, at: 'value' };
    }
    default:
      return wrongValue(misfit, key);
  }
}

function unknownKey(facts: {
  readonly key: string;
  readonly path: Path;
  readonly container: string;
  readonly known: readonly string[];
}): ValueProblem {
  const near = nearest(facts.key, facts.known);
  return {
    code: 'playbook/unknown-key',
    facts: { key: facts.key, where: facts.container, known: facts.known, ...(near === undefined ? {} : { near }) },
    path: [...facts.path, facts.key],
    at: 'key',
  };
}

function wrongValue(misfit: Extract<Misfit, { readonly value: Json; readonly of: unknown }>, key: string): ValueProblem {
  const { of, path, value } = misfit;
  const found = valueWords(value);
  const at = 'value';
  switch (misfit.kind) {
    case 'pattern':
      return { code: 'playbook/form', facts: { key, expected: of.description ?? 'another form', found }, path, at };
    case 'minimum':
      return { code: 'playbook/limit', facts: { key, expected: `at least ${misfit.limit}`, found }, path, at };
    case 'maximum':
      return { code: 'playbook/limit', facts: { key, expected: `at most ${misfit.limit}`, found }, path, at };
    case 'min-items':
      return { code: 'playbook/limit', facts: { key, expected: `a list of at least ${misfit.limit}`, found }, path, at };
    case 'type': {
      const amount = (of.type === 'number' || of.type === 'integer') && of.format !== undefined && typeof value === 'string';
      if (amount) return { code: 'playbook/form', facts: { key, expected: quantityForms[of.format], found }, path, at };
      return { code: 'playbook/type', facts: { key, expected: typeWords(of), found }, path, at };
    }
  }
}
