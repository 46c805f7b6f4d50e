import type { CodeTable } from './code-table.ts';

const tick = (name: string): string => `\`${name}\``;
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(tick).join(', '));
const near = (name: string | undefined): string => (name === undefined ? '' : `Did you mean ${tick(name)}? `);

/** What can be wrong with `secrets`, approvals, `finally` and the keys that say how a step is played. */
export const flowCodes = {
  'secret/source': {
    means: 'A secret says nothing of where it comes from, or says it twice.',
    message: (facts: { name: string; found: readonly string[] }) =>
      facts.found.length === 0
        ? `The secret ${tick(facts.name)} comes from nowhere.`
        : `The secret ${tick(facts.name)} has ${listed(facts.found)}; it comes from one of them.`,
    hint: () =>
      'Give it one: `env: NPM_TOKEN` (a variable of bexpert), `file: /run/secrets/token`, or `command: op read op://team/token`.',
  },
  'secret/unknown': {
    means: 'A set-up step names a secret that nobody declares.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) => `There is no secret ${tick(facts.name)}.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? '' : `Secrets: ${listed(facts.known)}. `}Declare it: \`secrets: { ${facts.name}: { env: ${facts.name} } }\`.`,
  },
  'secret/input': {
    means: 'A call gives the value of a secret as an input.',
    message: (facts: { name: string }) =>
      `${tick(facts.name)} is a secret and no input: the command line of a program can be read by everybody on the machine.`,
    hint: (facts: { name: string }) =>
      `Set what \`secrets.${facts.name}\` names, its variable or its file, before bexpert is called.`,
  },
  'secret/acting': {
    means: 'A step that acts may start a service that gets a secret, and so would run code of its own with it.',
    message: (facts: { step: string; service: string; secrets: readonly string[] }) =>
      `${tick(facts.step)} may start the service ${tick(facts.service)}, which gets ${listed(facts.secrets)}: the code that runs with it is what the step writes.`,
    hint: (facts: { step: string; service: string; secrets: readonly string[] }) =>
      `Leave ${tick(facts.service)} out of the step, or let it do without the secret. Gates may start it.`,
  },
  'step/held-out': {
    means: 'A step that acts, or that tells one what to do, uses what a held-out gate gives.',
    message: (facts: { step: string; other: string }) =>
      `${tick(facts.other)} is held out, and ${tick(facts.step)} would tell what it found to whoever acts.`,
    hint: () => 'Remove the reference, or `held-out` from the gate.',
  },
  'phase/unapproved': {
    means: 'An action comes after the last person who approves, so what it does would be delivered and nobody had seen it.',
    message: (facts: { phase: string; approve: string }) =>
      `What ${tick(facts.phase)} does comes after ${tick(facts.approve)}: nobody would have approved what is delivered.`,
    hint: (facts: { phase: string; approve: string }) =>
      `Move ${tick(facts.approve)} behind the last action and its gates, or have a person asked there once more, without another \`if\`.`,
  },
  'phase/approve-early': {
    means: 'A person is to approve where nothing was done yet, or where no gate has looked at what was done.',
    message: (facts: { phase: string; before: 'action' | 'verify'; action?: string }) =>
      facts.before === 'action'
        ? `No action phase comes before ${tick(facts.phase)}: there is nothing to approve.`
        : `No verify phase stands between ${tick(facts.action ?? '')} and ${tick(facts.phase)}: what is approved would not have been judged.`,
    hint: () =>
      'A person approves a tree together with what the gates said of it: `phases:` with `context`, `action`, `verify` and `approve`, in this order.',
  },
} as const satisfies CodeTable;
