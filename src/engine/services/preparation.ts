import { type Contexts, evaluateTemplate } from '../../expression/evaluate.ts';
import { shellArgv } from '../../host/shell.ts';
import type { PreparationPlan, ServicePlan } from '../../model/plan.ts';
import { type Commands, type Json, pluginError, type Tree } from '../../plugin-api.ts';

const commandMs = 10 * 60_000;

const asText = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));

/** Runs one command of `prepare:` where the service itself runs, with its variables. */
export async function runPreparation(o: {
  readonly preparation: PreparationPlan;
  readonly service: ServicePlan;
  readonly commands: Commands;
  readonly at: { readonly tree: Tree; readonly env: Readonly<Record<string, string>>; readonly cwd?: string };
  readonly contexts: Contexts;
}): Promise<void> {
  const { preparation, at } = o;
  const own = Object.entries(preparation.env).map(([name, template]) => [name, asText(evaluateTemplate(template, o.contexts))]);
  const [file, ...args] = shellArgv(preparation.run);
  const result = await o.commands.run(file, args, {
    ...at,
    ...(preparation.workingDirectory === undefined ? {} : { cwd: preparation.workingDirectory }),
    env: { ...at.env, ...Object.fromEntries(own) },
    timeoutMs: commandMs,
  });
  if (result.status === 'exited' && result.exitCode === 0) return;
  throw pluginError({
    code: 'service/prepare-failed',
    message: `\`prepare: ${preparation.run}\` of the service ${o.service.name} ended with ${result.exitCode ?? result.status}: ${`${result.stdout}\n${result.stderr}`.trim().slice(-2000)}`,
    hint: 'It runs in the tree with the variables of the service.',
  });
}
