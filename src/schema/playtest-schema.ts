// schema/playtest.schema.json: what editors complete and underline in tests of playbooks. The run-time check is stricter and says more.
import type { PhaseKind } from '../model/plan.ts';
import { answerForms, type PlaytestPart, playtestGrammar, type TestForm, testForms } from '../playtest/grammar.ts';
import { Definitions, type JsonSchema, oneOf, reference } from './definitions.ts';
import { valueSchema, type Writing } from './value-schema.ts';

const parts = Object.keys(playtestGrammar) as readonly PlaytestPart[];
/** The top level, and what is part of `answer`. */
const written: ReadonlySet<PlaytestPart> = new Set(['file', ...Object.values(answerForms).map(({ part }) => part)]);

/** The schema of tests of playbooks, draft 7. */
export function playtestSchema(): JsonSchema {
  const definitions = new Definitions({ layered: false });
  for (const part of parts) if (!written.has(part)) definitions.set(part, partSchema(part, definitions));
  definitions.set('answer', answerSchema(definitions));
  const file = partSchema('file', definitions);
  const version = { const: 1, description: playtestGrammar.file.properties['bexpert-test'].description };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    description: 'A test of a playbook, which `bexpert test` plays. Made by `bexpert schema --tests`.',
    ...file,
    properties: { ...(file.properties as object), 'bexpert-test': version },
    definitions: definitions.all(),
  };
}

function partSchema(part: PlaytestPart, definitions: Definitions): JsonSchema {
  const { properties, required = [] } = playtestGrammar[part] as (typeof playtestGrammar)[PlaytestPart] & {
    readonly required?: readonly string[];
  };
  const writing: Writing = { definitions, expressions: false, whole: true };
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, schema]) => {
        if (part === 'case' && key === 'steps') return [key, { description: schema.description, ...stepsSchema }];
        const form = testForms[part]?.[key];
        if (form === undefined) return [key, valueSchema(schema, key, writing)];
        return [key, { description: schema.description, ...formSchema(form) }];
      }),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

const stepsSchema: JsonSchema = {
  type: 'object',
  additionalProperties: oneOf([reference('answer'), { type: 'array', items: reference('answer') }]),
};
const kinds: Readonly<Record<PhaseKind, string>> = {
  context: 'A context step',
  action: 'An action',
  verify: 'A gate',
  approve: 'A phase in which a person decides',
};

/** Which step is of which kind only the playbook knows: the words and the keys of all of them, so that an editor offers each. */
function answerSchema(definitions: Definitions): JsonSchema {
  const forms = Object.entries(answerForms) as readonly (readonly [PhaseKind, TestForm])[];
  const properties = forms.flatMap(([, { part }]) =>
    part === undefined ? [] : Object.entries(partSchema(part, definitions).properties as Readonly<Record<string, JsonSchema>>),
  );
  return {
    description: `What the step answers. ${forms.map(([kind, { is }]) => `${kinds[kind]}: ${is}.`).join(' ')}`,
    ...oneOf([
      { type: 'string', enum: forms.flatMap(([, { words = [] }]) => words) },
      { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false },
    ]),
  };
}

const formSchema = (form: TestForm): JsonSchema => oneOf(formsOf(form));
function formsOf(form: TestForm): readonly JsonSchema[] {
  if (form.any === true) return [{}];
  return [
    ...(form.words === undefined ? [] : [{ type: 'string', enum: form.words }]),
    ...(form.text === undefined ? [] : [{ type: 'string' }]),
    ...(form.integer === undefined ? [] : [{ type: 'integer', ...form.integer }]),
    ...(form.never === undefined ? [] : [{ const: false }]),
    ...(form.part === undefined ? [] : [reference(form.part)]),
    ...(form.list === undefined ? [] : [{ type: 'array', items: formSchema(form.list) }]),
    ...(form.map === undefined ? [] : [{ type: 'object', additionalProperties: formSchema(form.map) }]),
  ];
}
