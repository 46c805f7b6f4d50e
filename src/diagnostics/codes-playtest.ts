import type { CodeTable } from './code-table.ts';

const tick = (name: string): string => `\`${name}\``;
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map(tick).join(', '));
const near = (name: string | undefined): string => (name === undefined ? '' : `Did you mean ${tick(name)}? `);
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** What can be wrong with a test of a playbook, and what a case did otherwise than it expects. */
export const playtestCodes = {
  'playtest/version': {
    means: '`bexpert-test` names a version of the form of tests that this bexpert does not know.',
    message: (facts: { found: string }) => `The test is written in version ${facts.found} of the form.`,
    hint: () => 'This bexpert knows version 1: `bexpert-test: 1`.',
  },
  'playtest/not-a-test': {
    means: '`bexpert test` was given a file that is no test of a playbook.',
    message: (facts: { file: string; why: string }) => `${facts.file} is no test of a playbook: ${facts.why}.`,
    hint: () =>
      'A test is a file such as playbooks/migration.test.yml with `bexpert-test: 1`, `playbook: ./migration.yml` and `cases:`.',
  },
  'playtest/no-cases': {
    means: 'A test of a playbook has no cases, so it would show nothing.',
    message: () => 'The test has no cases, and shows nothing.',
    hint: () => 'Add one: `- { name: all green, expect: { verdict: proven } }`.',
  },
  'playtest/expects-nothing': {
    means: 'A case of a test expects nothing, so it cannot fail.',
    message: () => 'The case expects nothing, and so cannot fail.',
    hint: () => 'Say what must come of it: `expect: { verdict: proven, exit-code: 0, attempts: 1 }`.',
  },
  'playtest/unknown-step': {
    means: 'A test of a playbook names a step that the playbook does not have.',
    message: (facts: { id: string; playbook: string; near?: string; known: readonly string[] }) =>
      `${facts.playbook} has no step ${tick(facts.id)}.`,
    hint: (facts: { id: string; playbook: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Its steps are ${listed(facts.known)}.`,
  },
  'playtest/unknown-secret': {
    means: 'A case of a test says that a secret is missing, and its playbook declares no such secret.',
    message: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `The playbook has no secret ${tick(facts.name)}.`,
    hint: (facts: { name: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Its secrets are ${listed(facts.known)}.`,
  },
  'playtest/unknown-finding': {
    means: 'A test lets a gate find something that its manifest does not declare.',
    message: (facts: { code: string; gate: string; near?: string; known: readonly string[] }) =>
      `The gate ${tick(facts.gate)} has no finding ${tick(facts.code)}.`,
    hint: (facts: { code: string; gate: string; near?: string; known: readonly string[] }) =>
      `${near(facts.near)}Its findings are ${listed(facts.known)}.`,
  },
  'playtest/answer': {
    means: 'What a test lets a step answer does not fit the kind of the step.',
    message: (facts: { id: string; kind: string; expected: string; found: string }) =>
      `${tick(facts.id)} is ${facts.kind} and answers ${facts.expected}; this is ${facts.found}.`,
    hint: () => '',
  },
  'playtest/too-few-answers': {
    means: 'A step was asked more often than the test has answers for it.',
    message: (facts: { id: string; given: number; asked: number }) =>
      `${tick(facts.id)} was asked ${times(facts.asked)}, and the case has ${facts.given === 1 ? 'one answer' : `${facts.given} answers`}.`,
    hint: () =>
      'Add an answer for each attempt; a gate that is inconclusive is asked twice. An answer that is no list holds for every time.',
  },
  'playtest/unused-answer': {
    means: 'A test has an answer for a step that was not asked so often, or not at all.',
    message: (facts: { id: string; given: number; asked: number }) =>
      facts.asked === 0
        ? `${tick(facts.id)} was never asked, so this answer has no effect.`
        : `${tick(facts.id)} was asked ${times(facts.asked)}, and the case has ${facts.given} answers.`,
    hint: () => 'Remove what has no effect, or mend the answers before it, so that the path comes here.',
  },
  'playtest/otherwise': {
    means: 'A case of a test took another path than it expects.',
    message: (facts: { what: string; expected: string; found: string }) =>
      `${facts.what}: expected ${facts.expected}, and it was ${facts.found}.`,
    hint: (facts: { path: string }) => (facts.path === '' ? '' : `The path was ${facts.path}.`),
  },
  'playtest/coverage': {
    means: 'The tests go through fewer branches of the playbooks than `--min-coverage` asks for.',
    message: (facts: { covered: number; total: number; percent: number; minimum: number }) =>
      `${facts.covered} of ${facts.total} branches are covered, ${facts.percent} %; at least ${facts.minimum} % are needed.`,
    hint: () => 'The branches that no case goes through are listed above, with their lines.',
  },
} as const satisfies CodeTable;
