import { type Contexts, evaluateTemplate } from '../expression/evaluate.ts';
import { type Json, type Manifest, pluginError } from '../plugin-api.ts';
import { withModelName } from './actor.ts';
import type { RunContext } from './context.ts';
import type { Setting } from './step-body.ts';

/** What the expressions of a step may name; `services` come only where instances exist. */
export function contextsOf(context: RunContext, attempt: number): Contexts {
  const steps: Record<string, Json> = {};
  // Later attempts overwrite earlier ones: the map is in the order in which steps ended.
  for (const [key, result] of context.progress.results) {
    const [of, , id] = key.split('/');
    // After a resume the journal knows later attempts too.
    if (Number(of) > attempt) continue;
    if (id !== undefined && 'outputs' in result) steps[id] = { outputs: result.outputs };
  }
  const known: Contexts = { inputs: context.plan.inputs, steps, run: { ...context.facts, attempt, ...finalFacts(context) } };
  const env: Record<string, Json> = {};
  for (const [name, template] of Object.entries(context.plan.env)) env[name] = evaluateTemplate(template, known);
  return { ...known, env };
}

const finalFacts = ({ final }: RunContext): { readonly [key: string]: Json } =>
  final === undefined ? {} : { verdict: final.verdict, 'exit-code': final.exitCode };

/** For the `env` of commands only; nothing else is given it. */
export const secretContext = ({ secrets = {} }: RunContext): Pick<Contexts, 'secrets'> => ({ secrets });

/** The `with:` of a plugin step, its expressions evaluated and its values checked against the manifest. */
export async function inputsOf(setting: Setting, manifest: Manifest, given?: Json): Promise<Json> {
  const { context, step, ref } = setting;
  const raw = given ?? (step.body.kind === 'plugin' ? evaluateTemplate(step.body.with, contextsOf(context, ref.attempt)) : {});
  const result = await context.registry.validateInputs(
    manifest.name,
    withModelName(raw, manifest, step.model ?? context.plan.model),
  );
  if (result.ok) return result.value;
  throw pluginError({
    code: 'step/inputs',
    message: `The inputs of step ${step.id} do not fit ${manifest.name}: ${result.error.map(({ message }) => message).join('; ')}`,
    hint: 'An expression gave a value of another type than the plugin takes.',
  });
}
