// The secrets that a run needs, read when it starts and when it goes on. They live in memory only.
import { secretNames, templatesOfTokens } from '../expression/secret-names.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan, SecretSource } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { playedPhases } from './played.ts';

export type Secrets = Readonly<Record<string, string>>;

/** Shorter ones turn up in ordinary words: masking them would blot out half of every text. */
const shortest = 6;

export async function readSecrets(options: {
  readonly plan: Plan;
  readonly mode: 'run' | 'verify';
  /** The value, or why there is none, in words. */
  readonly read: (source: SecretSource, name: string) => Promise<Result<string, string>>;
}): Promise<Result<Secrets, readonly Diagnostic[]>> {
  const { plan } = options;
  const wanted = neededNames(plan, options.mode);
  const values: Record<string, string> = {};
  const problems: Diagnostic[] = [];
  for (const [name, { place, source }] of Object.entries(plan.secrets ?? {})) {
    if (!wanted.has(name.toLowerCase())) continue;
    const read = await options.read(source, name);
    if (!read.ok) problems.push(missing({ name, why: read.error, source, place }));
    else if (read.value.length < shortest) problems.push(tooShort({ name, place }));
    else values[name] = read.value;
  }
  return problems.length > 0 ? fail(problems) : succeed(values);
}

/** In lower case. A verification leaves out what only actions start. */
function neededNames(plan: Plan, mode: 'run' | 'verify'): ReadonlySet<string> {
  const all = Object.keys(plan.secrets ?? {});
  if (all.length === 0) return new Set();
  const played = playedPhases(plan, mode);
  const steps = plan.phases
    .filter(({ id }) => played.has(id))
    .flatMap((phase) => phase.steps)
    .concat(plan.finally ?? []);
  const services = new Set<string>();
  const start = (name: string): void => {
    if (services.has(name)) return;
    services.add(name);
    for (const dependency of plan.services[name]?.dependencies ?? []) start(dependency);
  };
  for (const name of steps.flatMap((step) => step.services)) start(name);
  const started = Object.values(plan.services).filter(({ name }) => services.has(name));
  const commands = [...plan.setup, ...started, ...started.flatMap(({ prepare = [] }) => prepare), ...steps];
  return secretNames([...commands.flatMap(({ env }) => Object.values(env)), ...templatesOfTokens(plan.auth)], all);
}

const ways: { readonly [Kind in SecretSource['kind']]: (source: Extract<SecretSource, { readonly kind: Kind }>) => string } = {
  env: ({ variable }) =>
    `Set ${variable} where bexpert is called; in a GitHub workflow: \`env: { ${variable}: "\${{ secrets.${variable} }}" }\` of the step.`,
  file: ({ path }) =>
    `Write it to ${path}, which only you can read. A path that is not absolute is relative to the folder of bexpert.yml.`,
  command: ({ command }) => `Run \`${command}\` by hand in the folder of bexpert.yml; you may have to sign in first.`,
};

function missing(o: {
  readonly name: string;
  readonly why: string;
  readonly source: SecretSource;
  readonly place: Diagnostic['place'];
}): Diagnostic {
  const way = ways[o.source.kind] as (source: SecretSource) => string;
  return {
    code: 'secret/missing',
    severity: 'error',
    message: `The secret ${o.name} has no value: ${o.why}.`,
    hint: way(o.source),
    ...(o.place === undefined ? {} : { place: o.place }),
  };
}

const tooShort = (o: { readonly name: string; readonly place: Diagnostic['place'] }): Diagnostic => ({
  code: 'secret/short',
  severity: 'error',
  message: `The secret ${o.name} has fewer than ${shortest} characters.`,
  hint: 'It cannot be told from ordinary words, and so not be masked. What need not be masked is an input or stands in `env`.',
  ...(o.place === undefined ? {} : { place: o.place }),
});
