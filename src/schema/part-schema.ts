// The parts of the grammar as JSON Schema.
import { type Form, grammar, nested, type Part } from '../playbook/grammar.ts';
import type { Schema } from '../plugin-api.ts';
import { type JsonSchema, type NameKind, oneOf, reference } from './definitions.ts';
import { listForm, nameOf, quantity, valueSchema, variants, type Writing } from './value-schema.ts';

/** Parts of which a file that is included may hold expressions of its inputs anywhere. */
const ofSteps: ReadonlySet<Part> = below('step');

function below(part: Part, found: Set<Part> = new Set()): Set<Part> {
  if (found.has(part)) return found;
  found.add(part);
  const visit = (form: Form): void => {
    if (form.part !== undefined) below(form.part, found);
    if (form.list !== undefined) visit(form.list);
    if (form.map !== undefined) visit(form.map);
  };
  for (const form of Object.values(nested[part] ?? {})) visit(form);
  return found;
}

/** Parts that stand in lists only, but for steps, which merge by their ids. */
const whole: ReadonlySet<Part> = new Set(['setup', 'waiver', 'opening', 'included']);

export function partSchema(part: Part, writing: Pick<Writing, 'definitions'>): JsonSchema {
  const { required = [] } = grammar[part] as { readonly required?: readonly string[] };
  const how: Writing = { ...writing, expressions: ofSteps.has(part), whole: whole.has(part) };
  const kept = how.whole ? required : part === 'playbook' ? ['bexpert'] : [];
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(grammar[part].properties).map(([key, schema]) => [key, keySchema(part, key, schema, how)]),
    ),
    ...(kept.length === 0 ? {} : { required: kept }),
    additionalProperties: false,
  };
}

/** What only the reader of a key knows of its values, so that an editor can offer them. */
const offered: Readonly<Record<string, readonly string[]>> = {
  'step.outputs': ['string', 'number', 'boolean'],
  'playbook.model': ['auto', 'live', 'script'],
  'step.model': ['auto', 'live', 'script'],
};

/** Lists of names that stand elsewhere in the playbook, or below it. */
const listing: Readonly<Record<string, NameKind>> = {
  'step.services': 'service',
  'service.dependencies': 'service',
  'setup.secrets': 'secret',
};
/** Maps that give things their names: what a file below names may be changed here. */
const naming: Readonly<Record<string, NameKind>> = {
  'playbook.services': 'service',
  'playbook.auth': 'auth',
  'playbook.secrets': 'secret',
};

function keySchema(part: Part, key: string, schema: Schema, writing: Writing): JsonSchema {
  const form = nested[part]?.[key];
  const listed = listing[`${part}.${key}`];
  if (listed !== undefined && writing.definitions.names[listed].length > 0)
    return {
      description: schema.description,
      ...listForm({ type: 'array', items: nameOf(listed, writing.definitions) }, key, writing),
    };
  if (form === undefined) return valueSchema(schema, key, writing);
  if (form.text !== undefined && form.number === true && key === 'tokens')
    return { description: schema.description, ...quantity('count', writing) };
  const choices = offered[`${part}.${key}`];
  if (choices !== undefined && form.map !== undefined)
    return {
      description: schema.description,
      ...oneOf([mapOf(choices, writing), ...variants({ ...writing, expressions: false })]),
    };
  const named = naming[`${part}.${key}`];
  if (named !== undefined && form.map !== undefined)
    return { description: schema.description, ...mapOfNames(form.map, key, { named, writing }) };
  const written = formSchema(form, key, writing);
  return { description: schema.description, ...(choices === undefined ? written : withChoices(choices, written)) };
}

const mapOf = (choices: readonly string[], writing: Writing): JsonSchema => ({
  type: 'object',
  additionalProperties: oneOf([{ enum: choices }, ...variants(writing)]),
});
/** They are offered; any other text is allowed as well. */
const withChoices = (choices: readonly string[], schema: JsonSchema): JsonSchema => ({
  anyOf: [{ enum: choices }, ...(Array.isArray(schema.anyOf) ? (schema.anyOf as readonly JsonSchema[]) : [schema])],
});

function mapOfNames(form: Form, key: string, of: { readonly named: NameKind; readonly writing: Writing }): JsonSchema {
  const { named, writing } = of;
  const each = formSchema(form, key, writing);
  const known = writing.definitions.names[named];
  const offered = known.length === 0 ? {} : { properties: Object.fromEntries(known.map((name) => [name, each])) };
  return oneOf([{ type: 'object', ...offered, additionalProperties: each }, ...variants({ ...writing, expressions: false })]);
}

function formSchema(form: Form, key: string, writing: Writing): JsonSchema {
  if (form.any === 'value') return {};
  const forms = [
    ...(form.part === undefined ? [] : [reference(form.part)]),
    ...(form.map === undefined ? [] : [{ type: 'object', additionalProperties: formSchema(form.map, key, writing) }]),
    ...(form.any === 'map' ? [{ type: 'object' }] : []),
    ...(form.text === undefined ? [] : [{ type: 'string' }]),
    ...(form.number === true ? [{ type: 'number' }] : []),
  ];
  if (form.list === undefined) return oneOf([...forms, ...variants({ ...writing, expressions: false })]);
  const list = { type: 'array', items: oneOf(formsOf(form.list)) };
  const { anyOf } = listForm(list, key, { ...writing, expressions: false });
  return oneOf([...forms, ...(anyOf as readonly JsonSchema[])]);
}

/** An item of a list. */
const formsOf = (form: Form): readonly JsonSchema[] => [
  ...(form.part === undefined ? [] : [reference(form.part)]),
  ...(form.text === undefined ? [] : [{ type: 'string' }]),
  ...(form.any === undefined ? [] : [{}]),
];
