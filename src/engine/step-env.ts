// The environment of a step's commands: the playbook's `env:`, the step's own, both with expressions.
import { evaluateTemplate } from '../expression/evaluate.ts';
import { expressionsOf } from '../expression/template.ts';
import type { Template } from '../model/plan.ts';
import type { Json, ServiceInstance } from '../plugin-api.ts';
import type { RunContext } from './context.ts';
import { contextsOf, secretContext } from './inputs.ts';
import { serviceContext, serviceVariables } from './services/instance.ts';

const reference = /\bservices\s*(?:\.\s*([\w-]+)|\[\s*'([^']+)'\s*\])/g;

/** Names of the services whose address a template asks for. */
function servicesNamed(template: Template): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { text } of expressionsOf(template)) {
    for (const [, dotted, quoted] of text.matchAll(reference)) names.add(dotted ?? quoted ?? '');
  }
  return names;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));

/**
 * The variables of a command that uses these instances. A variable that names a service which the command does not use is left
 * out: its address would mean nothing there.
 */
export function stepEnvironment(options: {
  readonly context: RunContext;
  readonly attempt: number;
  readonly env: Readonly<Record<string, Template>>;
  readonly instances: readonly ServiceInstance[];
  /** What a step of `finally` knows besides. */
  readonly run?: { readonly [key: string]: Json };
}): Record<string, string> {
  const { context, attempt, instances } = options;
  const known = new Set(instances.map(({ name }) => name));
  const shared = contextsOf(context, attempt);
  const run = { ...shared.run, ...options.run };
  const contexts = { ...shared, run, ...secretContext(context), services: serviceContext(instances) };
  const env: Record<string, string> = serviceVariables(instances);
  for (const [name, value] of Object.entries(contexts.env ?? {})) env[name] = asText(value as Json);
  for (const [name, template] of Object.entries(options.env)) {
    if ([...servicesNamed(template)].some((service) => !known.has(service))) continue;
    env[name] = asText(evaluateTemplate(template, contexts));
  }
  return env;
}
