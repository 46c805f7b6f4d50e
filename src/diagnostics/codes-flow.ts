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
  'auth/key-kind': {
    means: 'A key of a token that tokens of its form do not have.',
    message: (facts: { key: string; name: string; allowed: string }) =>
      `The token ${tick(facts.name)} cannot have ${tick(facts.key)}.`,
    hint: (facts: { key: string; name: string; allowed: string }) =>
      `${tick(facts.key)} is for tokens with ${tick(facts.allowed)}.${facts.key === 'env' ? ' Hand values over to the plugin in `with`.' : ''}`,
  },
  'auth/no-entry': {
    means: 'A request of a step names a token that nobody makes.',
    message: (facts: { name: string; by: string; near?: string; known: readonly string[] }) =>
      `${facts.by} names the token ${tick(facts.name)}, and \`auth:\` does not have it.`,
    hint: (facts: { name: string; by: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}${facts.known.length === 0 ? '' : `Tokens: ${listed(facts.known)}. `}${facts.near === undefined ? 'Add' : 'Or add'} it to bexpert.yml: \`auth: { ${facts.name}: { run: node scripts/token.mjs } }\`.`,
  },
  'auth/no-token': {
    means: 'A plugin that is to make a token declares no output `token`.',
    message: (facts: { name: string; plugin: string; outputs: readonly string[]; found?: string }) =>
      facts.found === undefined
        ? `${tick(facts.plugin)} makes no token for ${tick(facts.name)}: its outputs are ${listed(facts.outputs)}.`
        : `${tick(facts.plugin)} makes no token for ${tick(facts.name)}: its output \`token\` is of the type ${facts.found}.`,
    hint: () =>
      'A plugin that makes tokens is of kind context, and its manifest declares the output `token` with the type string. A command that prints one does as well: `run: node scripts/token.mjs`.',
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
