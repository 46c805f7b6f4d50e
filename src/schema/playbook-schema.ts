// schema/playbook.schema.json: what editors complete and underline. The run-time check is stricter and says more.
import { grammar, type Part } from '../playbook/grammar.ts';
import { makesToken } from '../registry/manifest-check.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { Definitions, type JsonSchema, type Names, oneOf, reference } from './definitions.ts';
import { partSchema } from './part-schema.ts';
import {
  type PhaseKind,
  phaseKinds,
  pluginsOf,
  stepKinds,
  stepList,
  stepSchema,
  teamPlugin,
  withPlugins,
  withSchema,
} from './step-schema.ts';
import { quantity, variants } from './value-schema.ts';

export type { JsonSchema, Names } from './definitions.ts';

/** The playbook schema, draft 7, with these plugins, and with these names where playbooks mention what they define. */
export function playbookSchema(plugins: readonly NamedPlugin[], names?: Names): JsonSchema {
  const definitions = new Definitions(names === undefined ? {} : { names });
  const parts = new Map((Object.keys(grammar) as Part[]).map((part) => [part, partSchema(part, { definitions })]));
  const of = (part: Part): JsonSchema => parts.get(part) ?? {};
  for (const [part, schema] of parts) if (part !== 'playbook' && part !== 'included') definitions.set(part, schema);

  const services = plugins.filter(({ manifest }) => manifest.kind === 'service');
  definitions.set('service', withPlugins(of('service'), services, definitions));
  const makers = plugins.filter(({ manifest }) => makesToken(manifest));
  definitions.set('auth', withPlugins(of('auth'), makers, definitions));
  for (const kind of stepKinds) {
    const fitting = pluginsOf(plugins, kind);
    definitions.set(`${kind}-step`, stepSchema(kind, fitting, definitions, of('step')));
    stepList({ definition: `${kind}-step`, plugins: fitting, definitions });
  }
  const fitting = pluginsOf(plugins, undefined);
  definitions.set('step', withPlugins(of('step'), fitting, definitions));
  stepList({ definition: 'step', plugins: fitting, definitions });
  definitions.set('phase', phaseSchema(of('phase'), undefined));
  for (const kind of phaseKinds) definitions.set(`${kind}-phase`, phaseSchema(of('phase'), kind));

  const top = of('playbook');
  const keys = top.properties as Readonly<Record<string, JsonSchema>>;
  const playbook = {
    ...keys,
    bexpert: version,
    finally: { description: keys.finally?.description, ...reference('final-steps') },
    defaults: {
      description: keys.defaults?.description,
      type: 'object',
      properties: {
        timeout: { description: 'How long a step may take.', ...quantity('duration', { definitions, expressions: false }) },
        ...Object.fromEntries(plugins.map((plugin) => [plugin.uses, withSchema(plugin, definitions)])),
      },
      patternProperties: { [teamPlugin]: { type: 'object' } },
      additionalProperties: false,
    },
    phases: {
      description: keys.phases?.description,
      type: 'object',
      properties: Object.fromEntries(
        (Object.keys(phaseWords) as (keyof typeof phaseWords)[]).map((kind) => [
          kind,
          { description: phaseWords[kind], ...phaseForms(kind === 'approve' ? undefined : kind, definitions) },
        ]),
      ),
      additionalProperties: phaseForms(undefined, definitions),
    },
  };
  const included = of('included');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    description:
      'A playbook, the bexpert.yml of a repository, or a file of steps that a playbook includes. Made by `bexpert schema`.',
    type: 'object',
    // Only a file of steps has `steps` at the top.
    if: { required: ['steps'] },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the keyword of JSON Schema.
    then: { ...included, properties: { ...(included.properties as object), bexpert: version, steps: reference('steps') } },
    else: { ...top, properties: playbook },
    definitions: definitions.all(),
  };
}

const version = { const: 1, description: grammar.playbook.properties.bexpert.description };
const phaseWords: Readonly<Record<PhaseKind | 'approve', string>> = {
  context: 'Finds out what the action must know. Changes nothing.',
  action: 'Changes the tree, one step after the other.',
  verify: 'Gates that judge what was changed.',
  approve: 'A person looks at what was changed and judged, and decides.',
};
const stepsOf = (kind: PhaseKind | undefined): JsonSchema => reference(kind === undefined ? 'steps' : `${kind}-steps`);

/** Steps by the kind that the phase says, or else by its name. */
function phaseSchema(phase: JsonSchema, named: PhaseKind | undefined): JsonSchema {
  const properties = phase.properties as Readonly<Record<string, JsonSchema>>;
  const steps = (kind: PhaseKind | undefined) => ({
    properties: { steps: { description: properties.steps?.description, ...stepsOf(kind) } },
  });
  const byKind = phaseKinds.reduceRight<JsonSchema>(
    (otherwise, kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the keyword of JSON Schema.
      then: steps(kind),
      else: otherwise,
    }),
    steps(named),
  );
  const keys = Object.fromEntries(Object.keys(properties).map((key) => [key, { $ref: `#/definitions/phase/properties/${key}` }]));
  const own = named === undefined ? properties : keys;
  return { ...phase, properties: { ...own, steps: {} }, ...byKind };
}

/** A phase is a list of steps, or a map of keys. */
const phaseForms = (kind: PhaseKind | undefined, definitions: Definitions): JsonSchema =>
  oneOf([
    stepsOf(kind),
    reference(kind === undefined ? 'phase' : `${kind}-phase`),
    ...variants({ definitions, expressions: false, whole: false }),
  ]);

/** One line for each definition, so that a change of one is seen as that. */
export function schemaText(schema: JsonSchema): string {
  const lines = (value: unknown, depth: number): string => {
    if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{\n${entries.map(([key, item]) => `${JSON.stringify(key)}: ${lines(item, key === 'definitions' ? 1 : depth - 1)}`).join(',\n')}\n}`;
  };
  return `${lines(schema, 1)}\n`;
}
