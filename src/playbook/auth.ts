// `auth:`: who makes the bearer tokens of requests, a command or a plugin of kind context.
import { nearest } from '../diagnostics/nearest.ts';
import type { AuthPlan, PinnedPlugin } from '../model/plan.ts';
import { makesToken } from '../registry/manifest-check.ts';
import type { Registry } from '../registry/registry.ts';
import type { Complaints } from './complaints.ts';
import type { Expressions } from './expressions.ts';
import { bindInputs, withDefaults } from './plugin-inputs.ts';
import type { Plugins } from './plugins.ts';
import type { Scopes } from './scopes.ts';
import { field, fieldsOf, type Node, placeOf, textOf } from './tree.ts';

interface Tools {
  readonly scopes: Scopes;
  readonly expressions: Expressions;
  readonly registry: Registry;
  readonly complaints: Complaints;
  readonly plugins: Plugins;
  readonly defaults: Node | undefined;
  readonly services: readonly string[];
}

const forms = ['uses', 'run'] as const;
const allowedWith = { with: 'uses', env: 'run' } as const;

export async function readAuth(root: Node, tools: Tools): Promise<Readonly<Record<string, AuthPlan>>> {
  const { complaints } = tools;
  const plans: Record<string, AuthPlan> = {};
  for (const [name, node] of fieldsOf(field(root, 'auth'))) {
    if (node.kind !== 'map') continue;
    const found = forms.filter((form) => field(node, form) !== undefined);
    const facts = { what: `The token \`${name}\``, found, forms };
    if (found.length === 0) complaints.at('step/body', facts, node, 'key');
    if (found.length > 1) complaints.at('step/body', facts, field(node, 'run') ?? node, 'key');
    if (found.length === 1) checkKeys(name, node, tools);
    plans[name] = field(node, 'uses') === undefined ? await ofCommand(node, tools) : await ofPlugin(name, node, tools);
  }
  return plans;
}

/** A key that would change nothing is an error. */
function checkKeys(name: string, node: Node, { complaints }: Tools): void {
  for (const key of ['with', 'env'] as const) {
    const item = field(node, key);
    const allowed = allowedWith[key];
    if (item !== undefined && field(node, allowed) === undefined)
      complaints.at('auth/key-kind', { key, name, allowed }, item, 'key');
  }
}

async function ofCommand(node: Node, { expressions, scopes }: Tools): Promise<AuthPlan> {
  const run = expressions.line(field(node, 'run'), 'run') ?? '';
  return { kind: 'command', place: placeOf(node, 'key'), run, env: await expressions.env(field(node, 'env'), scopes.token()) };
}

async function ofPlugin(name: string, node: Node, tools: Tools): Promise<AuthPlan> {
  const { plugins, complaints, scopes } = tools;
  const written = field(node, 'uses') ?? node;
  const uses = textOf(written) ?? '';
  const found = await plugins.resolve(written, { kind: 'context', place: '`auth`', fits: makesToken });
  const given = withDefaults(field(tools.defaults, uses), field(node, 'with'));
  const place = placeOf(node, 'key');
  if (found === undefined) {
    // What its expressions name is checked and counts as used all the same.
    if (given !== undefined) await tools.expressions.value(given, scopes.token());
    return { kind: 'plugin', place, plugin: uses, with: { kind: 'literal', value: {} } };
  }
  checkOutput({ name, uses, found, node: written }, complaints);
  const { manifest } = found;
  const bound = await bindInputs({ ...tools, name: uses, manifest, given, node, scope: scopes.token() });
  for (const { name: service, input, at, written: isWritten } of bound.services) {
    const known = tools.services;
    if (known.includes(service)) continue;
    const near = nearest(service, known);
    const facts = { name: service, by: `\`${input}\` of the token \`${name}\``, known, ...(near === undefined ? {} : { near }) };
    complaints.at('service/unknown', facts, at, isWritten ? 'value' : 'head');
  }
  return { kind: 'plugin', place, plugin: uses, with: bound.template };
}

function checkOutput(
  options: { readonly name: string; readonly uses: string; readonly found: PinnedPlugin; readonly node: Node },
  complaints: Complaints,
): void {
  const { manifest } = options.found;
  if (makesToken(manifest)) return;
  const { properties } = manifest.outputs;
  const token = Object.hasOwn(properties, 'token') ? properties.token : undefined;
  const { name, uses: plugin } = options;
  const found = token === undefined ? {} : { found: token.type };
  complaints.at('auth/no-token', { name, plugin, outputs: Object.keys(properties), ...found }, options.node, 'value');
}
