// Steps: which plugins fit a phase, which keys have an effect there, and what `with` of each plugin takes.
import { Source } from '../playbook/source.ts';
import { stepKeyRules } from '../playbook/step-keys.ts';
import { nodeOf } from '../playbook/tree.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { type Definitions, type JsonSchema, oneOf, reference } from './definitions.ts';
import { listForm, objectSchema, variants } from './value-schema.ts';

/** A plugin of the repository or of a package. */
export const teamPlugin = '^(\\./|npm:)';
export const phaseKinds = ['context', 'action', 'verify'] as const;
/** `final`: of the top-level `finally`. */
export const stepKinds = [...phaseKinds, 'final'] as const;
export type PhaseKind = (typeof phaseKinds)[number];
export type StepKind = (typeof stepKinds)[number];
const manifestKind = { context: 'context', action: 'action', verify: 'gate', final: 'context' } as const;

export const pluginsOf = (plugins: readonly NamedPlugin[], kind: StepKind | undefined): readonly NamedPlugin[] =>
  plugins.filter(({ manifest }) => (kind === undefined ? manifest.kind !== 'service' : manifest.kind === manifestKind[kind]));

/** Plugins as an editor offers them, each with what it does; and those of a repository or a package, which it does not know. */
function pluginNames(plugins: readonly NamedPlugin[], definitions: Definitions): readonly JsonSchema[] {
  return [
    ...plugins.map(({ uses, manifest }) => ({ const: uses, description: manifest.summary })),
    definitions.share('plugin', {
      type: 'string',
      pattern: teamPlugin,
      description: 'A plugin of the repository by its folder, ./plugins/my-gate, or of an installed package, npm:@acme/my-gate.',
    }),
  ];
}

/** What `with` takes, and so `defaults` of the plugin. */
export const withSchema = ({ uses, manifest }: NamedPlugin, definitions: Definitions): JsonSchema =>
  definitions.share(`with-${uses.replaceAll(/[^A-Za-z0-9-]+/g, '-').replace(/^-+/, '')}`, {
    ...objectSchema(manifest.inputs, { definitions, expressions: true, whole: false }),
    description: manifest.summary,
  });

/** `part`, with what is known about the plugin that `uses` names. */
export function withPlugins(part: JsonSchema, plugins: readonly NamedPlugin[], definitions: Definitions): JsonSchema {
  const properties = part.properties as Readonly<Record<string, JsonSchema>>;
  const uses = { description: properties.uses?.description, ...oneOf(pluginNames(plugins, definitions)) };
  return {
    ...part,
    properties: { ...properties, uses },
    // Without any the list would be no valid schema.
    ...(plugins.length === 0 ? {} : { allOf: plugins.map((plugin) => ofPlugin(plugin, definitions)) }),
  };
}

const ofPlugin = (plugin: NamedPlugin, definitions: Definitions): JsonSchema => ({
  if: { properties: { uses: { const: plugin.uses } }, required: ['uses'] },
  // biome-ignore lint/suspicious/noThenProperty: `then` is the keyword of JSON Schema.
  then: {
    properties: {
      with: oneOf([withSchema(plugin, definitions), ...variants({ definitions, expressions: false, whole: false })]),
    },
  },
});

/** A step of a phase of this kind: only what has an effect there. */
export function stepSchema(
  kind: StepKind,
  plugins: readonly NamedPlugin[],
  definitions: Definitions,
  step: JsonSchema,
): JsonSchema {
  const keys = Object.keys(step.properties as object).filter((key) => hasEffect(key, kind));
  const properties = Object.fromEntries(keys.map((key) => [key, { $ref: `#/definitions/step/properties/${key}` }]));
  return withPlugins(
    {
      type: 'object',
      properties: { ...properties, uses: (step.properties as Record<string, JsonSchema>).uses ?? {} },
      additionalProperties: false,
    },
    plugins,
    definitions,
  );
}

const bodies = ['uses', 'run', 'argv'] as const;
function hasEffect(key: string, kind: StepKind): boolean {
  if (kind === 'action' && (key === 'run' || key === 'argv')) return false;
  const rule = stepKeyRules[key];
  if (rule === undefined) return true;
  const source = new Source('', '');
  // A gate that reports findings: what depends on them may stand there too.
  const node = nodeOf({ findings: {} }, { source, path: [] });
  const phase = { id: kind, index: 0, ...(kind === 'final' ? { kind: 'context' as const, final: true as const } : { kind }) };
  return bodies.some((body) => rule.applies({ id: '', node, phase, index: 0, body }));
}

/** A list of steps: names of plugins, and maps of keys. */
export function stepList(options: {
  readonly definition: string;
  readonly plugins: readonly NamedPlugin[];
  readonly definitions: Definitions;
}): JsonSchema {
  const { definition, plugins, definitions } = options;
  const item = oneOf([...pluginNames(plugins, definitions), reference(definition)]);
  return definitions.set(
    `${definition}s`,
    listForm({ type: 'array', items: item }, `list-of-${definition}s`, { definitions, expressions: false, whole: true }),
  );
}
