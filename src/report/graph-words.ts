// What a drawing says of a plan, whatever it is drawn with.
import type { PhasePlan, Plan, ServicePlan, StepPlan } from '../model/plan.ts';
import { printableLine } from './printable.ts';

const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

export function bodyWords(body: StepPlan['body'] | ServicePlan['body']): string {
  switch (body.kind) {
    case 'plugin':
      return body.plugin;
    case 'shell':
      return cut(printableLine(body.command));
    case 'argv':
      return cut(printableLine(body.argv.join(' ')));
    case 'image':
      return cut(body.image);
    case 'approval':
      return 'a person';
  }
}

/** `load`, or `unit: tests` where the id is another word. */
export const stepName = ({ id, body }: StepPlan): string => {
  const what = bodyWords(body);
  return what === id || what.split('/').at(-1) === id ? id : `${id}: ${what}`;
};

/** When it may be left out, and what it does not decide. */
export function stepNotes(step: StepPlan): readonly string[] {
  return [
    ...(step.if === undefined ? [] : [`if ${cut(printableLine(step.if.text))}`]),
    ...(step.whenChanged === undefined ? [] : [`when ${cut(step.whenChanged.join(', '))} changed`]),
    ...(step.level === 'warn' ? ['only warns'] : []),
    ...(step.exclusive ? ['alone'] : []),
  ];
}

/** Steps of other phases that come before it anyway are no arrow of their own, but where their outcome decides. */
export const earlierOf = (step: StepPlan, phase: PhasePlan | undefined): readonly string[] => {
  const beside = new Set(phase?.steps.map(({ id }) => id));
  return step.needs.filter((id) => beside.has(id) || step.requires.includes(id));
};

export const loopWords = ({ onFailure, kind }: PhasePlan): string =>
  onFailure === undefined ? '' : `${kind === 'approve' ? 'rejected' : 'red'}: ${onFailure.attempts} attempts in all`;

export const deliverWords = (plan: Plan): string =>
  plan.deliver.to === 'branch' ? 'deliver: a branch bexpert/<run>' : 'deliver: nothing';
