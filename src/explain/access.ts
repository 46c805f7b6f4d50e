// Which rule decides about a file (LANGUAGE rule 10), for each step that acts.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Plan, StepPlan } from '../model/plan.ts';
import { type BaseFacts, createAccess } from '../workspace/access.ts';
import type { PathClass } from '../workspace/contract.ts';
import { type Answer, facts } from './answer.ts';

const words: Readonly<Record<PathClass, string>> = {
  free: 'may change it',
  review: 'may change it, and a person is asked to look',
  'append-only': 'may add to it, and must leave what is there',
  protected: 'must not change it',
  denied: 'must not change it',
};

/** `file` relative to the scope. What lies in the checkout stands for base. */
export function explainAccess(file: string, plan: Plan, scope: string): readonly Answer[] {
  const actions = plan.phases.flatMap(({ kind, steps }) => (kind === 'action' ? steps : []));
  return actions.length === 0 ? [decided(file, undefined, plan, scope)] : actions.map((step) => decided(file, step, plan, scope));
}

function decided(file: string, step: StepPlan | undefined, plan: Plan, scope: string): Answer {
  const access = createAccess({ rules: step?.access, protect: plan.protect, base: onDisk(scope) });
  const { class: kind, rule } = access.decide(file);
  const who = step === undefined ? 'An action' : `The step \`${step.id}\``;
  return {
    kind: 'access',
    subject: file,
    means: `${who} ${words[kind]}.`,
    facts: facts(
      ['rule', rule],
      ['reading', access.mayRead(file) ? undefined : 'refused by access.no-read of the step'],
      ['enforced by', 'the tools, the sandbox, and the comparison of trees after the step'],
    ),
  };
}

const onDisk = (scope: string): BaseFacts => ({
  has: (file) => statSync(path.join(scope, file), { throwIfNoEntry: false })?.isFile() === true,
  holds: (folder) => {
    try {
      return readdirSync(path.join(scope, folder)).length > 0;
    } catch {
      return false;
    }
  },
  content: () => undefined,
  submodule: () => undefined,
});
