import path from 'node:path';
import type { BudgetPlan, ModelPlan, PhasePlan, Plan, SecretSource, ServicePlan, StepPlan } from '../model/plan.ts';
import type { Ink } from './ink.ts';
import { printableLine } from './printable.ts';
import { count, formatLength, formatValue } from './quantity.ts';

/** The shorter way to write a path, so that a file named in full and one found beside it look alike; addresses stay. */
function shortest(file: string, cwd: string): string {
  if (!path.isAbsolute(file) && !file.startsWith('..')) return file;
  const full = path.resolve(cwd, file);
  const relative = path.relative(cwd, full);
  return relative.length < full.length ? relative : full;
}

/** A plan for people: what would run, in order. `cwd`: where they stand. */
export function planLines(plan: Plan, { ink, cwd }: { readonly ink: Ink; readonly cwd: string }): string[] {
  const row = (name: string, value: string) => `  ${ink.dim(name.padEnd(10))} ${printableLine(value)}`;
  const lines = [`${ink.bold(plan.name)}${plan.description === undefined ? '' : `  ${printableLine(plan.description)}`}`];
  for (const [name, value] of Object.entries(plan.inputs)) lines.push(row('input', `${name} = ${JSON.stringify(value)}`));
  lines.push(row('made of', plan.sources.map(({ file }) => shortest(file, cwd)).join(', ')));
  if (plan.phases.some((phase) => phase.kind === 'action')) lines.push(row('who acts', modelWords(plan.model)));
  lines.push(row('sandbox', plan.sandbox));
  const budget = budgetWords(plan.budget);
  if (budget !== '') lines.push(row('budget', budget));
  const usual = usualTimeout(plan);
  if (usual !== undefined) lines.push(row('time-out', `${formatLength(usual)} for a step`));
  for (const setup of plan.setup)
    lines.push(
      row(
        'set-up',
        `${setup.run}, ${setup.cacheKey.length === 0 ? 'once for each tree' : `kept by ${setup.cacheKey.join(', ')}`}, makes ${setup.outputs.join(', ') || 'nothing'}`,
      ),
    );
  for (const [name, { source }] of Object.entries(plan.secrets ?? {}))
    lines.push(row('secret', `${name}, ${sourceWords(source)}`));
  for (const service of Object.values(plan.services)) lines.push(row('service', serviceWords(service)));
  lines.push(row('deliver', plan.deliver.to === 'branch' ? 'a branch bexpert/<run>' : 'nothing'));
  for (const [index, phase] of plan.phases.entries()) {
    lines.push('', `${index + 1}. ${ink.bold(phase.id)}${ink.dim(`  ${phaseWords(phase)}`)}`);
    const width = Math.max(...phase.steps.map((step) => step.id.length), 8);
    for (const step of phase.steps)
      lines.push(`   ${step.id.padEnd(width)}  ${printableLine(stepWords(step, plan, { usual, kind: phase.kind }))}`);
  }
  if (plan.finally !== undefined) {
    lines.push('', `${ink.bold('finally')}${ink.dim('  one after the other, whatever the verdict is')}`);
    const width = Math.max(...plan.finally.map((step) => step.id.length), 8);
    for (const step of plan.finally)
      lines.push(`   ${step.id.padEnd(width)}  ${printableLine(stepWords(step, plan, { usual, kind: 'context' }))}`);
  }
  return lines;
}

function sourceWords(source: SecretSource): string {
  switch (source.kind) {
    case 'env':
      return `from the variable ${source.variable}`;
    case 'file':
      return `from the file ${source.path}`;
    case 'command':
      return `from the command ${source.command}`;
  }
}

/** What most steps have, so that it is said once. */
function usualTimeout(plan: Plan): number | undefined {
  const times = new Map<number, number>();
  const steps = plan.phases.flatMap((phase) => (phase.kind === 'approve' ? [] : phase.steps));
  for (const { timeoutMs } of steps) times.set(timeoutMs, (times.get(timeoutMs) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function modelWords({ use, name, script }: ModelPlan): string {
  const model = name === undefined ? '' : ` (${name})`;
  if (use === 'script') return `the script ${script ?? '(not named)'}, no model`;
  if (use === 'auto')
    return `a model when its key or address is in the environment${model}${script === undefined ? '' : `, else the script ${script}`}`;
  return `${use}${model}`;
}

function budgetWords(budget: BudgetPlan): string {
  const parts = [
    budget.usd === undefined ? '' : formatValue(budget.usd, 'usd'),
    budget.tokens === undefined ? '' : formatValue(budget.tokens, 'tokens'),
    budget.timeMs === undefined ? '' : formatLength(budget.timeMs),
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  return `${parts.join(', ')}${budget.reserve > 0 ? `; ${Math.round(budget.reserve * 100)} % kept for the last verification` : ''}`;
}

function bodyWords(body: ServicePlan['body'] | StepPlan['body']): string {
  switch (body.kind) {
    case 'plugin':
      return body.plugin;
    case 'shell':
      return `run: ${body.command}`;
    case 'argv':
      return `argv: ${body.argv.join(' ')}`;
    case 'image':
      return `image: ${body.image}`;
    case 'approval':
      return 'a person approves or rejects';
  }
}

function serviceWords(service: ServicePlan): string {
  const parts = [`${service.name}: ${bodyWords(service.body)}`];
  if (service.dependencies.length > 0) parts.push(`uses ${service.dependencies.join(', ')}`);
  if (service.migrate !== undefined) parts.push(`migrate: ${service.migrate}`);
  if (service.seed !== undefined) parts.push(`seed: ${service.seed}`);
  return parts.join('; ');
}

function phaseWords(phase: PhasePlan): string {
  if (phase.kind === 'approve') {
    const back = phase.onFailure === undefined ? '' : `; a rejection goes back to ${phase.onFailure.retryFrom}`;
    return `${phase.kind === phase.id ? '' : 'approve, '}bound to the tree and what its gates say${back}${phase.if === undefined ? '' : `; if ${phase.if.text}`}`;
  }
  const order =
    phase.kind === 'action' || phase.parallel === 1
      ? 'one after the other'
      : phase.parallel === undefined
        ? 'side by side'
        : `at most ${phase.parallel} side by side`;
  const loop =
    phase.onFailure === undefined
      ? ''
      : `; a red gate goes back to ${phase.onFailure.retryFrom}, ${phase.onFailure.attempts} attempts in total`;
  return `${phase.kind === phase.id ? '' : `${phase.kind}, `}${order}${loop}${phase.if === undefined ? '' : `; if ${phase.if.text}`}`;
}

function stepWords(
  step: StepPlan,
  plan: Plan,
  { usual, kind }: { readonly usual: number | undefined; readonly kind: PhasePlan['kind'] },
): string {
  const manifest = step.body.kind === 'plugin' ? plan.plugins[step.body.plugin]?.manifest : undefined;
  const name = bodyWords(step.body);
  const parts = [name === step.id ? (manifest?.summary.replace(/\.$/, '') ?? name) : name];
  if (step.needs.length > 0) parts.push(`after ${step.needs.join(', ')}`);
  if (step.services.length > 0) parts.push(`services ${step.services.join(', ')}`);
  if (step.exclusive) parts.push('alone on the machine');
  if (step.if !== undefined) parts.push(`if ${step.if.text}`);
  if (step.whenChanged !== undefined) parts.push(`when ${step.whenChanged.join(', ')} changed`);
  if (step.level === 'warn') parts.push('only warns');
  if (step.heldOut === true) parts.push('held out: its findings are not told to whoever acts');
  if (step.model !== undefined) parts.push(`filled by ${modelWords(step.model)}`);
  if (step.sandbox !== undefined) parts.push('only in a sandbox');
  if (step.findings !== undefined) parts.push(`findings as ${step.findings.format} from ${step.findings.from}`);
  else if (manifest === undefined && step.evidence === undefined && kind === 'verify') parts.push('exit code only');
  if (step.network !== undefined) parts.push(`network ${step.network.join(', ')}`);
  const budget = step.budget === undefined ? '' : budgetWords(step.budget);
  if (budget !== '') parts.push(`budget ${budget}`);
  if (step.retry !== undefined) parts.push(`tried again ${count(step.retry, 'time')} when the environment fails it`);
  if (step.timeoutMs !== usual && step.body.kind !== 'approval') parts.push(`at most ${formatLength(step.timeoutMs)}`);
  return parts.join('; ');
}
