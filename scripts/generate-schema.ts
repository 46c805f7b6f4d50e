// schema/playbook.schema.json: what editors complete and underline. The run-time check is stricter and says more.
import { type Form, grammar, nested, type Part } from '../src/playbook/grammar.ts';
import type { Manifest } from '../src/plugin-api.ts';
import { type JsonSchema, toJsonSchema } from '../src/registry/json-schema.ts';
import { quantityPatterns } from '../src/registry/quantity.ts';

type Fields = { readonly [key: string]: unknown };

const isFields = (schema: JsonSchema): schema is Fields => typeof schema === 'object';
const reference = (part: Part): Fields => ({ $ref: `#/definitions/${part}` });

/** `append: [...]` adds to the list of a file below, `null` removes. */
const layered = (forms: readonly Fields[]): Fields => {
  const lists = forms.filter((form) => form.type === 'array');
  const appending = lists.map((list) => ({
    type: 'object',
    properties: { append: list },
    required: ['append'],
    additionalProperties: false,
  }));
  return { anyOf: [...forms, ...appending, { type: 'null' }] };
};

function formSchema(form: Form): Fields[] {
  return [
    ...(form.part === undefined ? [] : [reference(form.part)]),
    ...(form.list === undefined ? [] : [{ type: 'array', items: oneOf(formSchema(form.list)) }]),
    ...(form.map === undefined ? [] : [{ type: 'object', additionalProperties: layered(formSchema(form.map)) }]),
    ...(form.text === undefined ? [] : [{ type: 'string', description: form.text }]),
    ...(form.number === undefined ? [] : [{ type: 'number' }]),
    ...(form.any === 'map' ? [{ type: 'object' }] : form.any === 'value' ? [{}] : []),
  ];
}
const oneOf = (forms: readonly Fields[]): Fields => (forms.length === 1 ? (forms[0] ?? {}) : { anyOf: forms });

/** A list that is empty, and a duration written as a number, are for the run-time check. */
function partSchema(part: Part): Fields {
  const properties: Record<string, Fields> = {};
  for (const [key, schema] of Object.entries(grammar[part].properties)) {
    const form = nested[part]?.[key];
    const written = form === undefined ? toJsonSchema(schema) : oneOf(formSchema(form));
    const forms = isFields(written) ? [written] : [];
    properties[key] = { description: schema.description, ...layered(forms) };
  }
  const required = part === 'playbook' ? grammar.playbook.required : [];
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

/** `with:` by the plugin that `uses:` names. What a manifest requires may come from `defaults`, so nothing is required here. */
function withSchema(manifest: Manifest): Fields {
  const schema = toJsonSchema({ ...manifest.inputs, required: [] });
  return isFields(schema) ? (Array.isArray(schema.anyOf) ? (schema.anyOf[0] as Fields) : schema) : {};
}

function uses(manifests: readonly Manifest[], base: Fields, part: 'step' | 'service'): Fields {
  const fitting = manifests.filter(({ kind }) => (kind === 'service') === (part === 'service'));
  const known = {
    anyOf: [
      { enum: fitting.map(({ name }) => name) },
      { type: 'string', pattern: '^\\./', description: 'A plugin of the repository: a folder.' },
      { type: 'string', pattern: '^npm:', description: 'A plugin of an installed package.' },
    ],
  };
  const properties = base.properties as Readonly<Record<string, Fields>>;
  return {
    ...base,
    properties: { ...properties, uses: { description: properties.uses?.description, ...known } },
    allOf: fitting.map((manifest) => ({
      if: { properties: { uses: { const: manifest.name } }, required: ['uses'] },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the keyword of JSON Schema.
      then: { properties: { with: { description: manifest.summary, ...withSchema(manifest) } } },
    })),
  };
}

export function playbookSchema(manifests: readonly Manifest[]): string {
  const definitions: Record<string, Fields> = {};
  for (const part of Object.keys(grammar) as Part[]) definitions[part] = partSchema(part);
  definitions.step = uses(manifests, definitions.step ?? {}, 'step');
  definitions.service = uses(manifests, definitions.service ?? {}, 'service');
  const top = definitions.playbook ?? {};
  delete definitions.playbook;
  const properties = top.properties as Readonly<Record<string, Fields>>;
  const defaults = {
    description: properties.defaults?.description,
    type: 'object',
    properties: {
      timeout: { type: 'string', pattern: quantityPatterns.duration },
      ...Object.fromEntries(
        manifests.map((manifest) => [manifest.name, { description: manifest.summary, ...withSchema(manifest) }]),
      ),
    },
    additionalProperties: { type: 'object' },
  };
  const stepNames = manifests.filter(({ kind }) => kind !== 'service').map(({ name }) => name);
  const step = {
    anyOf: [
      reference('step'),
      { enum: stepNames, description: 'A plugin.' },
      { type: 'string', pattern: '^\\./', description: 'A plugin of the repository.' },
    ],
  };
  const list = { type: 'array', items: step };
  const appendable = layered([list]);
  const phase = definitions.phase as Fields;
  definitions.phase = {
    ...phase,
    properties: { ...(phase.properties as Fields), steps: { description: 'Its steps.', ...appendable } },
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'bexpert playbook',
    description: 'A playbook, or the bexpert.yml of a repository. Made by scripts/generate.ts.',
    ...top,
    properties: {
      ...properties,
      bexpert: { const: 1, description: 'The version of the language.' },
      defaults,
      phases: {
        description: properties.phases?.description,
        type: 'object',
        additionalProperties: { anyOf: [reference('phase'), ...(appendable.anyOf as Fields[])] },
      },
    },
    definitions,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
