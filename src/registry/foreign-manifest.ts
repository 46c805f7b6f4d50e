// plugin.json: the manifest of a plugin in another language, with the command that is the plugin.
import { fail, type Result, succeed } from '../model/result.ts';
import type { ActionManifest, ContextManifest, GateManifest, Json, ObjectSchema } from '../plugin-api.ts';
import { isFields } from './conform.ts';
import type { TreeName } from './foreign-protocol.ts';
import { isManifest, manifestFault } from './manifest-check.ts';
import { toDiagnostic, type ValueProblem, valueProblems } from './value-problem.ts';

export interface ForeignDefinition {
  readonly manifest: ContextManifest | ActionManifest | GateManifest;
  readonly command: readonly string[];
  readonly prove: { readonly command: readonly string[]; readonly controls: readonly Control[] };
  /** Trees whose services are started for it. */
  readonly servicesOf: readonly TreeName[];
}
interface Control {
  readonly name: string;
  readonly expects: string;
}

const argv = (description: string) =>
  ({
    type: 'array',
    minItems: 1,
    items: { type: 'string', description: 'A word of the command line.' },
    description,
  }) as const;
const texts = (description: string) =>
  ({ type: 'array', items: { type: 'string', description: 'One of them.' }, description }) as const;

/** The keys of plugin.json. Schemas of inputs and outputs have a check of their own. */
export const pluginJson = {
  type: 'object',
  description: 'A plugin in any language: its manifest, and the command that is the plugin.',
  properties: {
    $schema: { type: 'string', description: 'For editors.' },
    kind: { type: 'string', enum: ['gate', 'context', 'action'], description: 'What it is. A service is written in TypeScript.' },
    name: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'In kebab case, as the folder is called.' },
    api: { type: 'integer', minimum: 1, maximum: 1, description: 'Version of the contract: 1.' },
    summary: { type: 'string', description: 'One line for people.' },
    command: argv('What is started, in the folder of the plugin: ["python3", "gate.py"].'),
    inputs: { type: 'json', description: 'Schema of `with:`.' },
    outputs: { type: 'json', description: 'Schema of what later steps may read.' },
    env: texts('Environment variables of the user that it may read.'),
    exclusive: { type: 'boolean', description: 'Alone on the machine, for measurements.' },
    cost: { type: 'string', enum: ['cheap', 'costly'], description: 'How long it takes.' },
    servicesOf: {
      type: 'array',
      items: { type: 'string', enum: ['candidate', 'base'], description: 'A tree.' },
      description: 'Gates: the trees whose services are started for it. Default: both.',
    },
    runsOnBase: { type: 'boolean', description: 'Gates: may it run on base, to tell what was there before?' },
    runsTests: { type: 'boolean', description: "Gates: runs the project's own tests." },
    findings: {
      type: 'map',
      values: {
        type: 'object',
        description: 'A code, `<name of the plugin>/<what>`.',
        properties: {
          means: { type: 'string', description: 'What it says, in one sentence.' },
          baseline: {
            type: 'string',
            enum: ['subtract', 'absolute', 'ratchet'],
            description: 'What happens to a finding that base has too.',
          },
        },
        required: ['means', 'baseline'],
        additionalProperties: false,
      },
      description: 'Gates: every code that it may report.',
    },
    prove: {
      type: 'object',
      description: 'Gates: negative controls, changes on which it must turn red.',
      properties: {
        command: argv('Applies the control that the request names to the candidate.'),
        controls: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            description: 'A control.',
            properties: {
              name: { type: 'string', description: 'What it changes, in a few words.' },
              expects: { type: 'string', description: 'The code that must be found then.' },
            },
            required: ['name', 'expects'],
            additionalProperties: false,
          },
          description: 'At least one: a gate that was never seen red proves nothing.',
        },
      },
      required: ['command', 'controls'],
      additionalProperties: false,
    },
  },
  required: ['kind', 'name', 'api', 'summary', 'command'],
  additionalProperties: false,
} as const satisfies ObjectSchema;

const gateOnly = ['runsOnBase', 'runsTests', 'findings', 'prove', 'servicesOf'] as const;

function read(text: string): Result<{ readonly [key: string]: Json }, string> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return fail(`plugin.json is no JSON${placeOf(text, error)}`);
  }
  if (!isFields(value)) return fail('plugin.json holds no object');
  if (value.kind === 'service') return fail('a service cannot be written in another language: write it in TypeScript');
  const problems = [...valueProblems({ schema: pluginJson, value, where: 'plugin.json' })];
  if (problems.length === 0) return succeed(value);
  // What is missing is, as a rule, what an unknown key was to be.
  const unknownFirst = problems.sort((a, b) => Number(b.code === unknown) - Number(a.code === unknown));
  return fail(unknownFirst.slice(0, 5).map(words).join('; '));
}

const unknown = 'playbook/unknown-key';
function words(problem: ValueProblem): string {
  const { message } = toDiagnostic(problem);
  const near = problem.code === unknown ? problem.facts.near : undefined;
  return `${message.replace(/\.$/, '')}${near === undefined ? '' : ` (did you mean \`${near}\`?)`}`;
}

function placeOf(text: string, error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined) return ': it ends in the middle';
  const before = text.slice(0, Number(position)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** `nameOf` says how a manifest must be named: as what the playbook writes, as a rule. */
export function readPluginJson(text: string, nameOf: (manifest: unknown) => string): Result<ForeignDefinition, string> {
  const fields = read(text);
  if (!fields.ok) return fields;
  const { $schema: _, command, prove, servicesOf, ...rest } = fields.value;
  const { kind } = rest;
  if (kind === 'gate') {
    if (rest.findings === undefined) return fail('a gate declares its codes in `findings` of plugin.json');
    if (rest.runsOnBase === undefined) return fail('a gate says in plugin.json whether it `runsOnBase`: true or false');
    if (prove === undefined) return fail('a gate has at least one negative control under `prove` of plugin.json');
  } else {
    const key = gateOnly.find((one) => fields.value[one] !== undefined);
    if (key !== undefined) return fail(`\`${key}\` in plugin.json is for gates, and this is a plugin of kind ${String(kind)}`);
  }
  const empty = { type: 'object', properties: {} };
  const manifest = {
    ...rest,
    inputs: closed(rest.inputs ?? empty),
    outputs: closed(rest.outputs ?? empty),
    powers: kind === 'action' ? ['exec', 'write'] : ['exec'],
  };
  const name = nameOf(manifest);
  const fault = manifestFault(manifest, name);
  if (fault !== undefined || !isManifest(manifest, name)) return fail(fault ?? 'its manifest is wrong');
  if (manifest.kind === 'service') return fail('a service cannot be written in another language');
  const controls = (isFields(prove) ? prove.controls : []) as unknown as readonly Control[];
  if (manifest.kind === 'gate') {
    const foreign = Object.keys(manifest.findings).find((code) => !new RegExp(`^${manifest.name}/[a-z0-9-]+$`).test(code));
    if (foreign !== undefined)
      return fail(`the code \`${foreign}\` in plugin.json must have the form \`${manifest.name}/<what>\``);
    const lost = controls.find(({ expects }) => !Object.hasOwn(manifest.findings, expects));
    if (lost !== undefined) {
      return fail(`the control "${lost.name}" in plugin.json expects \`${lost.expects}\`, which \`findings\` does not have`);
    }
  }
  return succeed({
    manifest,
    command: command as readonly string[],
    prove: { command: (isFields(prove) ? prove.command : []) as readonly string[], controls },
    servicesOf: (servicesOf ?? ['candidate', 'base']) as readonly TreeName[],
  });
}

/** Objects take no other keys than those that they name: what is the only way need not be written. */
function closed(schema: Json): Json {
  if (!isFields(schema)) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, part]) => {
      if (key === 'items' || key === 'values') return [key, closed(part)];
      if (key !== 'properties' || !isFields(part)) return [key, part];
      return [key, Object.fromEntries(Object.entries(part).map(([name, of]) => [name, closed(of)]))];
    }),
  );
  return schema.type === 'object' ? { ...inner, additionalProperties: false } : inner;
}
