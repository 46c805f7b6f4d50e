// Keys of the language and inputs of plugins, by their path.
import { type Form, grammar, nested, type Part } from '../playbook/grammar.ts';
import { stepKeyRules } from '../playbook/step-keys.ts';
import type { ObjectSchema, Schema } from '../plugin-api.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { typeWords } from '../registry/type-words.ts';
import { type Answer, facts } from './answer.ts';
import { enforcerOf } from './enforcers.ts';

const isPart = (name: string): name is Part => Object.hasOwn(grammar, name);
const parts = Object.keys(grammar) as readonly Part[];
const pathOf = (part: Part, key: string): string => (part === 'playbook' ? key : `${part}.${key}`);

/** Every key, as one may ask for it. */
export const languageKeys: readonly string[] = parts.flatMap((part) =>
  Object.keys(grammar[part].properties).map((key) => pathOf(part, key)),
);

/** What stands at a path: a key of a part, or an input of a plugin. */
export type Meaning =
  | { readonly kind: 'key'; readonly part: Part; readonly key: string; readonly schema: Schema }
  | { readonly kind: 'input'; readonly plugin: NamedPlugin; readonly path: readonly string[]; readonly schema: Schema };

/** How a step or service names its plugin, by its own name and the path to it. */
export type UsesOf = (path: readonly string[]) => string | undefined;

interface Walk {
  readonly plugins: readonly NamedPlugin[];
  readonly uses: UsesOf;
  /** The whole path. */
  readonly path: readonly string[];
}

/** A path from the top of a playbook, or from a part: `phases.verify.on-failure.attempts`, `step.needs`. */
export function meaningAt(path: readonly string[], plugins: readonly NamedPlugin[], uses?: UsesOf): Meaning | undefined {
  const walk: Walk = { plugins, path, uses: uses ?? ((at) => at.at(-1)) };
  const [first = '', ...rest] = path;
  return (
    keyAt('playbook', path, walk) ??
    (isPart(first) && rest.length > 0 ? keyAt(first, rest, walk) : undefined) ??
    inputOf(first, rest, walk)
  );
}

function keyAt(part: Part, path: readonly string[], walk: Walk): Meaning | undefined {
  const [key = '', ...rest] = path;
  const { properties } = grammar[part] as ObjectSchema;
  const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (schema === undefined) return undefined;
  const here: Meaning = { kind: 'key', part, key, schema };
  if (rest.length === 0) return here;
  if (key === 'with' && (part === 'step' || part === 'service' || part === 'auth')) {
    const uses = walk.uses(walk.path.slice(0, walk.path.length - path.length));
    return uses === undefined ? undefined : inputOf(uses, rest, walk);
  }
  if (part === 'playbook' && key === 'defaults') {
    const [plugin = '', ...input] = rest;
    if (plugin === 'timeout') return keyAt('step', rest, walk);
    return input.length === 0 ? here : inputOf(plugin, input, walk);
  }
  const form = nested[part]?.[key];
  if (form !== undefined)
    return formAt(form, rest, walk) ?? (form.any === undefined && form.map?.any === undefined ? undefined : here);
  return schema.type === 'array' && rest.length === 1 && /^\d+$/.test(rest[0] ?? '') ? here : undefined;
}

/** Names of a map and items of a list are the team's own. */
function formAt(form: Form, path: readonly string[], walk: Walk): Meaning | undefined {
  const [, ...rest] = path;
  return (
    (form.part === undefined ? undefined : keyAt(form.part, path, walk)) ??
    (form.map === undefined || rest.length === 0 ? undefined : formAt(form.map, rest, walk)) ??
    (form.list === undefined || rest.length === 0 ? undefined : formAt(form.list, rest, walk))
  );
}

function inputOf(uses: string, path: readonly string[], walk: Walk): Meaning | undefined {
  const plugin = walk.plugins.find((known) => known.uses === uses || known.manifest.name === uses);
  const inputs = path[0] === 'with' ? path.slice(1) : path;
  if (plugin === undefined || inputs.length === 0) return undefined;
  let schema: Schema | ObjectSchema | undefined = plugin.manifest.inputs;
  for (const step of inputs) schema = schema === undefined ? undefined : inside(schema, step);
  return schema === undefined || schema === plugin.manifest.inputs
    ? undefined
    : { kind: 'input', plugin, path: inputs, schema: schema as Schema };
}

/** An index may be left out. */
function inside(schema: Schema | ObjectSchema, step: string): Schema | ObjectSchema | undefined {
  switch (schema.type) {
    case 'object':
      return Object.hasOwn(schema.properties, step) ? schema.properties[step] : undefined;
    case 'array':
      return /^\d+$/.test(step) ? schema.items : inside(schema.items, step);
    case 'map':
      return schema.values;
    default:
      return undefined;
  }
}

export function explainMeaning(meaning: Meaning): Answer {
  const { schema } = meaning;
  const fallback = 'default' in schema && schema.default !== undefined ? JSON.stringify(schema.default) : undefined;
  if (meaning.kind === 'input') {
    const { plugin, path } = meaning;
    const top = path[0] ?? '';
    return {
      kind: 'input',
      subject: `${plugin.uses}.with.${path.join('.')}`,
      means: schema.description,
      facts: facts(
        ['takes', typeWords(schema)],
        ['default', fallback],
        ['required', path.length === 1 && plugin.manifest.inputs.required?.includes(top) === true ? 'yes' : undefined],
        ['belongs to', `the plugin \`${plugin.uses}\`: ${plugin.manifest.summary}`],
        ['enforced by', "the check before anything runs, against the plugin's manifest; and the plugin itself"],
      ),
    };
  }
  const { part, key } = meaning;
  const required = (grammar[part] as ObjectSchema).required?.includes(key) === true;
  return {
    kind: 'key',
    subject: pathOf(part, key),
    means: schema.description,
    facts: facts(
      ['takes', formWords(nested[part]?.[key]) ?? typeWords(schema)],
      ['default', fallback],
      ['required', required ? 'yes' : undefined],
      ['for', part === 'step' ? stepKeyRules[key]?.allowed : undefined],
      ['keys', insideWords(nested[part]?.[key])],
      ['enforced by', enforcerOf(part, key)],
    ),
  };
}

function formWords(form: Form | undefined): string | undefined {
  if (form === undefined) return undefined;
  const named = (inner: Form): string => (inner.part === undefined ? 'value' : `\`${inner.part}\``);
  const words = [
    ...(form.part === undefined ? [] : [`a map with the keys of \`${form.part}\``]),
    ...(form.list === undefined
      ? []
      : [`a list, each a ${named(form.list)}${form.list.text === undefined ? '' : ` or ${form.list.text}`}`]),
    ...(form.map === undefined ? [] : [`a map of names, each to a ${named(form.map)}`]),
    ...(form.text === undefined ? [] : [form.text]),
    ...(form.any === 'map' ? ['a map'] : form.any === 'value' ? ['any value'] : []),
  ];
  return words.join(', or ');
}

/** What one may ask for next. */
function insideWords(form: Form | undefined): string | undefined {
  const part = form?.part ?? form?.map?.part ?? form?.list?.part;
  return part === undefined
    ? undefined
    : Object.keys(grammar[part].properties)
        .map((key) => `\`${part}.${key}\``)
        .join(', ');
}

/** A word alone: each part that has such a key. */
export const keysNamed = (key: string): readonly Meaning[] =>
  parts.flatMap((part) => {
    const { properties } = grammar[part] as ObjectSchema;
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return schema === undefined ? [] : [{ kind: 'key', part, key, schema }];
  });

/** A plugin alone. */
export function explainPlugin(uses: string, plugins: readonly NamedPlugin[]): Answer | undefined {
  const plugin = plugins.find((known) => known.uses === uses || known.manifest.name === uses);
  if (plugin === undefined) return undefined;
  const { manifest } = plugin;
  return {
    kind: 'plugin',
    subject: plugin.uses,
    means: manifest.summary,
    facts: facts(
      ['kind', manifest.kind],
      ['with', Object.keys(manifest.inputs.properties).join(', ')],
      ['findings', manifest.kind === 'gate' ? Object.keys(manifest.findings).join(', ') : undefined],
      ['more', `\`bexpert plugins ${plugin.uses}\``],
    ),
  };
}
