// Who fills an action step: the model that its plugin calls, or the script that stands in for it.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ModelPlan, Plan, StepPlan } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { StepFailure } from '../model/step-result.ts';
import type { ActionManifest, Json, Manifest } from '../plugin-api.ts';

export interface Filler {
  /** Plugin that fills the step, as after `uses:`. */
  readonly name: string;
  /** Inputs in place of the step's own `with:`. */
  readonly given?: Json;
  /** For the screen: who acts. */
  readonly words: string;
}

/** Chooses by the playbook's `model:` and by what the environment has. `readScript` reads from base; undefined: no such file. */
async function chooseFiller(options: {
  readonly step: StepPlan;
  readonly manifest: ActionManifest;
  readonly model: ModelPlan;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readScript: (path: string) => Promise<string | undefined>;
}): Promise<Result<Filler, StepFailure>> {
  const { step, manifest, model, env } = options;
  const name = step.body.kind === 'plugin' ? step.body.plugin : manifest.name;
  if (manifest.model === undefined) return succeed({ name, words: `the plugin ${manifest.name}, no model` });
  const variable = manifest.model.env.find((name) => (env[name] ?? '') !== '');
  const wanted = manifest.model.env.join(' or ');
  if (model.use !== 'script' && variable !== undefined) {
    return succeed({
      name,
      words: `${model.name ?? 'the default model'} through ${manifest.name} (${variable} is set)`,
    });
  }
  if (model.use === 'live') {
    return fail({
      code: 'model/no-key',
      message: `Step ${step.id} needs a model, and none of ${wanted} is set.`,
      hint: `Set ${wanted}.`,
    });
  }
  if (model.script === undefined) {
    return fail({
      code: 'model/none',
      message: `Nobody can fill step ${step.id}: no key for a model is set, and no script stands in for it.`,
      hint: `Set ${wanted}, or name a script in bexpert.yml: \`model: { script: bexpert.script.yml }\`. \`bexpert verify\` needs neither.`,
    });
  }
  const text = await options.readScript(model.script);
  if (text === undefined) {
    return fail({
      code: 'model/no-script',
      message: `The script ${model.script} is not in base.`,
      hint: 'Commit it, or mend `model.script` in bexpert.yml.',
    });
  }
  return succeed({
    name: manifest.model.standIn,
    given: { script: model.script, 'script-text': text },
    words: `the script ${model.script}, no model`,
  });
}

/** Who fills each action step of a plan, or every reason why one cannot be filled. Steps that run a command need nobody. */
export async function fillersOf(options: {
  readonly plan: Plan;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readScript: (path: string) => Promise<string | undefined>;
}): Promise<Result<ReadonlyMap<string, Filler>, readonly Diagnostic[]>> {
  const { plan, env, readScript } = options;
  const fillers = new Map<string, Filler>();
  const problems: Diagnostic[] = [];
  for (const step of plan.phases.flatMap((phase) => (phase.kind === 'action' ? phase.steps : []))) {
    if (step.body.kind !== 'plugin') continue;
    const manifest = plan.plugins[step.body.plugin]?.manifest;
    if (manifest?.kind !== 'action') throw new Error(`the plan pins no action plugin ${step.body.plugin}`);
    const filler = await chooseFiller({ step, manifest, model: step.model ?? plan.model, env, readScript });
    if (filler.ok) fillers.set(step.id, filler.value);
    else problems.push({ severity: 'error', place: step.place, ...filler.error });
  }
  return problems.length > 0 ? fail(problems) : succeed(fillers);
}

/** A model that the playbook names reaches the plugin as its input `model`, unless the step names another. */
export function withModelName(inputs: Json, manifest: Manifest, model: ModelPlan): Json {
  if (manifest.kind !== 'action' || manifest.model === undefined || model.name === undefined) return inputs;
  if (manifest.inputs.properties.model === undefined) return inputs;
  return typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs) ? { model: model.name, ...inputs } : inputs;
}
