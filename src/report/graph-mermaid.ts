// A plan as a flow chart in Mermaid, which GitHub and GitLab draw in a page or a pull request.
import type { PhasePlan, Plan, StepPlan } from '../model/plan.ts';
import { bodyWords, deliverWords, earlierOf, loopWords, stepName, stepNotes } from './graph-words.ts';

/** Text in quotes; what Mermaid or HTML would read as their own is written as its number. */
const quoted = (text: string): string =>
  `"${text.replace(/[#"<>&`\\[\]{}|]/g, (sign) => `#${sign.codePointAt(0) ?? 0};`).replace(/\s+/g, ' ')}"`;

export function graphMermaid(plan: Plan): string {
  const steps = new Map<string, string>();
  const services = new Map(Object.keys(plan.services).map((name, index) => [name, `service${index + 1}`]));
  for (const [at, phase] of plan.phases.entries()) {
    for (const [index, { id }] of phase.steps.entries()) steps.set(id, `step${at + 1}_${index + 1}`);
  }
  const phaseId = (index: number): string => `phase${index + 1}`;
  const lines = ['flowchart TD'];
  for (const [at, phase] of plan.phases.entries()) {
    lines.push(`  subgraph ${phaseId(at)}[${quoted(`${at + 1}. ${phaseTitle(phase)}`)}]`);
    for (const [index, step] of phase.steps.entries()) {
      lines.push(`    ${steps.get(step.id)}${shape(step)}`);
      const before = phase.steps[index - 1];
      if (inOrder(phase) && before !== undefined) lines.push(`    ${steps.get(before.id)} --> ${steps.get(step.id)}`);
    }
    lines.push('  end');
  }
  const last = plan.phases.length;
  lines.push(`  done([${quoted(deliverWords(plan))}])`);
  for (let at = 0; at < last; at++) lines.push(`  ${phaseId(at)} --> ${at + 1 < last ? phaseId(at + 1) : 'done'}`);
  for (const [at, phase] of plan.phases.entries()) {
    const to = plan.phases.findIndex(({ id }) => id === phase.onFailure?.retryFrom);
    if (to >= 0) lines.push(`  ${phaseId(at)} -. ${quoted(loopWords(phase))} .-> ${phaseId(to)}`);
  }
  for (const phase of plan.phases) {
    for (const step of phase.steps) {
      if (inOrder(phase)) continue;
      for (const id of earlierOf(step, phase)) {
        const how = step.requires.includes(id) ? '-->' : '-.->';
        const from = steps.get(id);
        if (from !== undefined) lines.push(`  ${from} ${how} ${steps.get(step.id)}`);
      }
    }
  }
  if (plan.finally !== undefined) {
    lines.push(`  subgraph finally[${quoted('finally')}]`);
    for (const [index, step] of plan.finally.entries()) lines.push(`    last${index + 1}${shape(step)}`);
    lines.push('  end', '  done --> finally');
  }
  if (services.size > 0) {
    lines.push(`  subgraph services[${quoted('services')}]`);
    for (const [name, service] of Object.entries(plan.services)) {
      const text = quoted(`${name}: ${bodyWords(service.body)}`);
      lines.push(
        `    ${services.get(name)}${service.migrate === undefined && service.seed === undefined ? `[${text}]` : `[(${text})]`}`,
      );
    }
    for (const [name, { dependencies }] of Object.entries(plan.services)) {
      for (const other of dependencies) lines.push(`    ${services.get(name)} --> ${services.get(other)}`);
    }
    lines.push('  end');
    for (const phase of plan.phases) {
      for (const step of phase.steps) {
        for (const name of direct(step, plan)) lines.push(`  ${steps.get(step.id)} -.- ${services.get(name)}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

const inOrder = (phase: PhasePlan): boolean => phase.kind === 'action' || phase.parallel === 1;
const phaseTitle = ({ id, kind, if: condition }: PhasePlan): string =>
  `${id}${kind === id ? '' : `, ${kind}`}${condition === undefined ? '' : `, if ${condition.text}`}`;

function shape(step: StepPlan): string {
  const text = quoted([stepName(step), ...stepNotes(step)].join(', '));
  return step.body.kind === 'approval' ? `{{${text}}}` : `[${text}]`;
}

/** A service that another one brings along is no line of its own. */
export function direct(step: StepPlan, plan: Plan): readonly string[] {
  const brought = new Set(step.services.flatMap((name) => plan.services[name]?.dependencies ?? []));
  return step.services.filter((name) => !brought.has(name) && plan.services[name] !== undefined);
}
