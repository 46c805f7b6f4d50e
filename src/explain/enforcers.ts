// Who sees to it that a key holds. The first line that fits counts; `*` stands for all keys of a part.
import type { Part } from '../playbook/grammar.ts';

const plan = 'the check before anything runs; what it refuses never runs';
const judge = 'the engine, when it judges what the gate reports';
const tools =
  'the tools, which refuse such a call; the sandbox, which mounts it read-only; and the comparison of trees, which ends the run with exit code 5';
const sandbox = 'the sandbox, through which alone commands reach a network';
const people = 'nobody: it is for people, in plans and reports';
const starter = 'the engine, when a step starts the service';
const scheduler = 'the engine, before the step begins';
const commands = 'the engine, which starts the command so';
const money = 'the engine, before each request to a model and while an action works';

const enforcers: readonly (readonly [keys: string, who: string])[] = [
  ['playbook.protect', tools],
  ['playbook.budget', money],
  ['playbook.deliver', 'the engine, when the run is over'],
  ['playbook.env', commands],
  ['playbook.setup', 'the engine, when a tree is made ready'],
  ['playbook.services', starter],
  ['playbook.sandbox', 'the engine, when it chooses how commands are walled off'],
  ['playbook.secrets', 'the engine, which masks them in everything that is kept or shown'],
  ['playbook.finally', 'the engine, when the verdict is known'],
  ['*.name', people],
  ['*.description', people],
  ['setup.network', sandbox],
  ['setup.*', 'the engine, when a tree is made ready'],
  ['secret.*', 'the engine, when the run starts'],
  ['service.*', starter],
  ['ready.*', starter],
  ['preparation.*', starter],
  ['auth.*', 'the engine, when a request needs the token'],
  ['model.*', 'the engine, when it chooses who fills an action step'],
  ['budget.*', money],
  ['deliver.*', 'the engine, when the run is over'],
  ['access.no-read', 'the tools and the sandbox, which show such a file empty'],
  ['access.*', tools],
  ['opening.*', tools],
  ['waiver.*', judge],
  ['findings.*', judge],
  ['pattern.*', judge],
  ['retry.*', 'the engine, when a gate is red'],
  ['phase.on-failure', 'the engine, when a gate is red'],
  ['phase.parallel', 'the engine, when it chooses what runs next'],
  ['phase.if', 'the engine, before the phase begins'],
  ['step.if', scheduler],
  ['step.when-changed', scheduler],
  ['step.needs', scheduler],
  ['step.timeout', 'the engine, which ends the step and all that it started'],
  ['step.network', sandbox],
  ['step.model', 'the engine, when it chooses who fills an action step'],
  ['step.sandbox', 'the engine, which lets the step act behind walls or not at all'],
  ['step.access', tools],
  ['step.budget', money],
  ['step.retry', 'the engine, when the environment failed the step'],
  ['tries.*', 'the engine, when the environment failed the step'],
  ['step.with', "the check before anything runs, against the plugin's manifest; and the plugin itself"],
  ['step.services', starter],
  ['step.run', commands],
  ['step.argv', commands],
  ['step.env', commands],
  ['step.working-directory', commands],
  ['step.level', judge],
  ['step.inconclusive', judge],
  ['step.report', judge],
  ['step.allow-empty', judge],
  ['step.waive', judge],
  ['step.evidence', judge],
  ['step.held-out', judge],
  ['step.findings', judge],
  ['step.artifacts', 'the engine, which keeps the files with the run'],
  ['step.outputs', 'the engine, when the command has ended'],
];

export function enforcerOf(part: Part, key: string): string {
  const fits = [`${part}.${key}`, `${part}.*`, `*.${key}`];
  return enforcers.find(([keys]) => fits.includes(keys))?.[1] ?? plan;
}
