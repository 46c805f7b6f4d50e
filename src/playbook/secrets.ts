// `secrets:`: where values come from that no plan, journal or log ever holds.
import { nearest } from '../diagnostics/nearest.ts';
import { secretNames, templatesOfTokens } from '../expression/secret-names.ts';
import type { Plan, SecretPlan, SecretSource, Template } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import { field, fieldsOf, itemsOf, type Node, placeOf, textOf } from './tree.ts';

const forms = ['env', 'file', 'command'] as const;

export function readSecrets(node: Node | undefined, complaints: Complaints): Readonly<Record<string, SecretPlan>> {
  const plans: Record<string, SecretPlan> = {};
  for (const [name, item] of fieldsOf(node)) {
    if (!/^[A-Za-z_][\w-]*$/.test(name)) {
      const expected = 'names of letters, digits, `-` and `_` that do not begin with a digit';
      complaints.at('playbook/form', { key: 'secrets', expected, found: `the name \`${name}\`` }, item, 'key');
    }
    if (item.kind !== 'map') continue;
    const found = forms.filter((form) => field(item, form) !== undefined);
    const source = found.length === 1 ? sourceOf(item) : undefined;
    if (found.length !== 1) complaints.at('secret/source', { name, found }, item, 'key');
    else if (source !== undefined) plans[name] = { place: placeOf(item, 'key'), source };
  }
  return plans;
}

function sourceOf(node: Node): SecretSource | undefined {
  const [variable, path, command] = forms.map((form) => textOf(field(node, form)));
  if (variable !== undefined) return { kind: 'env', variable };
  if (path !== undefined) return { kind: 'file', path };
  return command === undefined ? undefined : { kind: 'command', command };
}

/** `secrets: [NPM_TOKEN]` of a set-up step is short for `env: { NPM_TOKEN: ${{ secrets.NPM_TOKEN }} }`. */
export function readSetupSecrets(
  node: Node | undefined,
  known: readonly string[],
  complaints: Complaints,
): Readonly<Record<string, Template>> {
  const env: Record<string, Template> = {};
  for (const item of itemsOf(node)) {
    const name = textOf(item);
    if (name === undefined) continue;
    const near = nearest(name, known);
    if (!known.includes(name)) {
      complaints.at('secret/unknown', { name, known, ...(near === undefined ? {} : { near }) }, item, 'value');
    } else if (!/^[A-Za-z_]\w*$/.test(name)) {
      complaints.at('playbook/env-value', { name, found: 'named so' }, item, 'value');
    } else env[name] = { kind: 'expression', expression: { text: `secrets.${name}`, place: placeOf(item, 'value') } };
  }
  return env;
}

/** A secret of the playbook that no command gets. */
export function complainUnusedSecrets(options: {
  readonly node: Node | undefined;
  readonly own: (name: string) => boolean;
  readonly plan: Plan;
  readonly complaints: Complaints;
}): void {
  const { plan } = options;
  const commands = [
    ...plan.setup,
    ...Object.values(plan.services),
    ...Object.values(plan.services).flatMap(({ prepare = [] }) => prepare),
    ...plan.phases.flatMap(({ steps }) => steps),
    ...(plan.finally ?? []),
  ];
  const used = secretNames(
    [...commands.flatMap(({ env }) => Object.values(env)), ...templatesOfTokens(plan.auth)],
    Object.keys(plan.secrets ?? {}),
  );
  for (const [name, item] of fieldsOf(options.node)) {
    if (!options.own(name) || used.has(name.toLowerCase())) continue;
    options.complaints.at('playbook/unused', { what: `The secret \`${name}\``, by: 'no command gets it' }, item, 'key');
  }
}

/** Services of an action step run what the step writes; a plugin's service is prepared by base's own commands. */
export function complainActing(options: {
  readonly steps: readonly { readonly id: string; readonly phase: { readonly kind: string }; readonly node: Node }[];
  readonly plan: Plan;
  readonly complaints: Complaints;
}): void {
  const { steps, plan, complaints } = options;
  const all = Object.keys(plan.secrets ?? {});
  const asked = (name: string): readonly string[] => {
    const service = plan.services[name];
    if (service === undefined || service.body.kind === 'plugin' || service.body.kind === 'image') return [];
    const envs = [service, ...(service.prepare ?? [])].flatMap(({ env }) => Object.values(env));
    const names = secretNames(envs, all);
    return all.filter((secret) => names.has(secret.toLowerCase()));
  };
  const plans = new Map(plan.phases.flatMap((phase) => phase.steps.map((step) => [step.id, step] as const)));
  for (const { id, phase, node } of steps) {
    if (phase.kind !== 'action') continue;
    const started = new Set(plans.get(id)?.services);
    for (const name of started) {
      for (const dependency of plan.services[name]?.dependencies ?? []) started.add(dependency);
      const secrets = asked(name);
      const at = field(node, 'services') ?? node;
      if (secrets.length > 0)
        complaints.at('secret/acting', { step: id, service: name, secrets }, at, at === node ? 'head' : 'key');
    }
  }
}
