// What a validator finds, as codes with facts, each at its place in the value.
import type { Facts } from '../diagnostics/code-table.ts';
import { type PlaybookCodes, playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Path, Place } from '../model/location.ts';
import type { Json, ObjectSchema, Schema } from '../plugin-api.ts';
import { isFields } from './conform.ts';
import { quantityForms } from './quantity.ts';
import { typeWords, valueWords } from './type-words.ts';
import type { ValidatorError } from './validator.ts';

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

/** The value that a path leads to. */
function valueAt(value: Json, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isFields(at) && Object.hasOwn(at, step)) at = at[step];
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

function pathOf(pointer: string, value: Json): Path {
  const path: (string | number)[] = [];
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(value, path)) ? Number(step) : step);
  }
  return path;
}

/** One problem for each mistake. `where` says what the value is: "`with` of coverage". */
export function valueProblems(options: {
  readonly schema: Schema | ObjectSchema;
  readonly value: Json;
  readonly errors: readonly ValidatorError[];
  readonly where: string;
}): readonly ValueProblem[] {
  const { schema, value, where } = options;
  const problems: ValueProblem[] = [];
  const wrong = new Set<string>();
  for (const error of options.errors) {
    const path = pathOf(error.instancePath, value);
    const of = schemaAt(schema, path);
    if (of === undefined) continue;
    const container = path.length === 0 ? where : `\`${pathWords(path)}\` of ${where}`;
    if (error.keyword === 'additionalProperties') {
      const key = String(error.params.additionalProperty);
      problems.push(unknownKey({ key, path, container, known: of.type === 'object' ? Object.keys(of.properties) : [] }));
    } else if (error.keyword === 'required') {
      const key = String(error.params.missingProperty);
      const missing = schemaAt(of, [key]);
      const takes = missing === undefined ? 'a value' : typeWords(missing);
      const description = missing?.description;
      const facts = { key, where: container, takes, ...(description === undefined ? {} : { description }) };
      problems.push({ code: 'playbook/missing-key', facts, path, at: 'key' });
    } else if (!wrong.has(error.instancePath)) {
      // A value of the wrong type is often no member of an enumeration either: the first says it all.
      wrong.add(error.instancePath);
      problems.push(
        wrongValue({ error, of, path, found: valueAt(value, path), key: pathWords(path) || where.replaceAll('`', '') }),
      );
    }
  }
  return problems;
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

function wrongValue(options: {
  readonly error: ValidatorError;
  readonly of: Schema | ObjectSchema;
  readonly path: Path;
  readonly key: string;
  readonly found: Json | undefined;
}): ValueProblem {
  const { error, of, path, key } = options;
  const found = valueWords(options.found);
  const at = 'value';
  switch (error.keyword) {
    case 'enum': {
      const known = of.type === 'string' ? (of.enum ?? []) : [];
      if (typeof options.found !== 'string')
        return { code: 'playbook/type', facts: { key, expected: typeWords(of), found }, path, at };
      const near = nearest(options.found, known);
      const facts = { key, value: options.found, options: known, ...(near === undefined ? {} : { near }) };
      return { code: 'playbook/choice', facts, path, at };
    }
    case 'pattern':
      return { code: 'playbook/form', facts: { key, expected: of.description ?? 'another form', found }, path, at };
    case 'minimum':
      return { code: 'playbook/limit', facts: { key, expected: `at least ${error.params.limit}`, found }, path, at };
    case 'maximum':
      return { code: 'playbook/limit', facts: { key, expected: `at most ${error.params.limit}`, found }, path, at };
    case 'minItems':
      return { code: 'playbook/limit', facts: { key, expected: `a list of at least ${error.params.limit}`, found }, path, at };
    default: {
      const amount =
        (of.type === 'number' || of.type === 'integer') && of.format !== undefined && typeof options.found === 'string';
      if (amount) return { code: 'playbook/form', facts: { key, expected: quantityForms[of.format], found }, path, at };
      return { code: 'playbook/type', facts: { key, expected: typeWords(of), found }, path, at };
    }
  }
}
