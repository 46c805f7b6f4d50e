// Which keys have an effect in which steps. A key without one is an error: a control that does nothing is worse than none.
import type { Complaints } from './complaints.ts';
import type { StepDraft } from './drafts.ts';
import { field } from './tree.ts';

interface Rule {
  readonly applies: (step: StepDraft) => boolean;
  readonly allowed: string;
}
const action: Rule = { applies: ({ phase }) => phase.kind === 'action', allowed: 'steps of action phases' };
const gate: Rule = { applies: ({ phase }) => phase.kind === 'verify', allowed: 'gates' };
const pluginGate: Rule = { applies: (step) => gate.applies(step) && step.body === 'uses', allowed: 'gates with `uses`' };
const command: Rule = { applies: ({ body }) => body !== 'uses', allowed: 'steps with `run` or `argv`' };
const commandGate: Rule = {
  applies: (step) => gate.applies(step) && command.applies(step),
  allowed: 'gates with `run` or `argv`',
};
const reporting = (step: StepDraft): boolean => commandGate.applies(step) && field(step.node, 'findings') !== undefined;
/** A gate that says what it examined and found. */
const examining: Rule = {
  applies: (step) => pluginGate.applies(step) || reporting(step),
  allowed: 'gates with `uses` or `findings`',
};
const baseline: Rule = {
  applies: (step) =>
    reporting(step) ||
    (pluginGate.applies(step) &&
      (step.plugin === undefined || (step.plugin.manifest.kind === 'gate' && step.plugin.manifest.runsOnBase))),
  allowed: 'gates that also run on base',
};

/** Where the model and its code are at work, and where what was decided is told to others. */
const reaching: Rule = {
  applies: (step) => action.applies(step) || step.phase.final === true,
  allowed: 'steps of action phases and of `finally`',
};
const modelled: Rule = {
  applies: (step) =>
    action.applies(step) &&
    (step.plugin === undefined || (step.plugin.manifest.kind === 'action' && step.plugin.manifest.model !== undefined)),
  allowed: 'steps of action phases whose plugin asks a model',
};
const inPhases: Rule = { applies: ({ phase }) => phase.final !== true, allowed: 'steps of phases' };

export const stepKeyRules: Readonly<Record<string, Rule>> = {
  with: { applies: ({ body }) => body === 'uses', allowed: 'steps with `uses`' },
  'working-directory': command,
  access: action,
  model: modelled,
  sandbox: action,
  network: reaching,
  needs: inPhases,
  'when-changed': inPhases,
  foreach: inPhases,
  budget: action,
  level: gate,
  inconclusive: examining,
  report: baseline,
  'allow-empty': examining,
  'held-out': gate,
  waive: gate,
  evidence: commandGate,
  findings: commandGate,
  artifacts: commandGate,
  outputs: command,
};

export function checkStepKeys(step: StepDraft, complaints: Complaints): void {
  if (step.body === undefined) return;
  for (const [key, rule] of Object.entries(stepKeyRules)) {
    const node = field(step.node, key);
    if (node === undefined || rule.applies(step)) continue;
    complaints.at('step/key-kind', { key, found: `The step \`${step.id}\``, allowed: rule.allowed }, node, 'key');
  }
}
