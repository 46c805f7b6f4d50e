// The keys of a test of a playbook, as data.
import type { ObjectSchema, Schema } from '../plugin-api.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const texts = (description: string) =>
  ({ type: 'array', items: { type: 'string', description: 'One of them.' }, description }) as const;
const open = (description: string) => ({ type: 'json', description }) as const;
const flag = (description: string) => ({ type: 'boolean', description }) as const;
const whole = (description: string, minimum: number) => ({ type: 'integer', minimum, description }) as const;
const choice = <const Options extends readonly string[]>(options: Options, description: string) =>
  ({ type: 'string', enum: options, description }) as const;
const duration = (description: string) => ({ type: 'number', format: 'duration', minimum: 0, description }) as const;
const part = <const Properties extends Readonly<Record<string, Schema>>>(
  properties: Properties,
  required: readonly string[] = [],
) => ({ type: 'object', properties, required, additionalProperties: false }) as const;

const takes = duration('How long it lasts, for `budget: time`.');
const outputs = open('Its outputs, as its manifest declares them.');
const changed = {
  changes: open('Files that are edited: a list, or a map of files to what then stands in them.'),
  adds: texts('Files that are new.'),
  removes: texts('Files that are removed.'),
} as const;

/** Each part is a map with these keys. */
export const playtestGrammar = {
  file: part(
    {
      'bexpert-test': { type: 'number', description: 'The version of this form: 1.' },
      playbook: text('The playbook: a path relative to this file, or one that comes with bexpert, `bexpert:migration`.'),
      repo: text('The folder whose bexpert.yml fills the roles, relative to this file; default: that of `--repo`.'),
      cases: open('What is played.'),
    },
    ['bexpert-test', 'playbook', 'cases'],
  ),
  case: part(
    {
      name: text('What it shows, in one sentence.'),
      mode: choice(['run', 'verify'], 'As which command it is played; default: run.'),
      inputs: open('Inputs of the playbook.'),
      today: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as `2026-12-31`' },
      ci: flag('Does it run in CI? That is `run.ci`; default: false.'),
      branch: text('That is `run.branch`; default: main.'),
      candidate: open('With `mode: verify`: what the working copy changes.'),
      steps: open('What steps answer, by their id. Gates without an answer pass, actions change a file of their own.'),
      expect: open('The path that the playbook must take.'),
    },
    ['name', 'expect'],
  ),
  tree: part(changed),
  context: part({ outputs, fails: text('It fails, with this message.'), takes }),
  action: part({
    ...changed,
    outputs,
    outcome: choice(
      ['ok', 'blocked', 'refused', 'truncated', 'budget', 'looping', 'infrastructure'],
      'How it ends; default: ok.',
    ),
    says: text('Its summary.'),
    takes,
  }),
  gate: part({
    finds: open('What it finds: a list of codes, or of maps with `code`, `message`, `subject`, `file`, `severity`, `magnitude`.'),
    'on-base': open('What it finds on base; written as `finds`.'),
    outputs,
    examined: whole('How much it examines; default: 1. With 0 it examined nothing.', 0),
    inconclusive: text('It cannot decide, for this reason.'),
    invalid: text('Its means are broken, on base too, for this reason.'),
    takes,
  }),
  approval: part({ rejected: text('Why the person rejects.') }, ['rejected']),
  finding: part(
    {
      code: text('A code of the gate.'),
      message: text('What is wrong.'),
      subject: text('What tells it from another of the same code.'),
      file: text('Where it is.'),
      severity: choice(['error', 'warning'], 'Default: error.'),
      magnitude: { type: 'number', description: 'For codes that may not grow.' },
    },
    ['code'],
  ),
  expect: part({
    verdict: choice(['proven', 'not-proven', 'inconclusive', 'unverified'], 'What was proven.'),
    status: choice(
      ['completed', 'partial', 'waiting', 'blocked', 'budget', 'integrity', 'environment', 'interrupted'],
      'How the run ended.',
    ),
    'exit-code': whole('With which code.', 0),
    reason: text('A text that the reason of the end holds.'),
    attempts: whole('How many attempts there were.', 1),
    ran: texts('Exactly the steps that ran.'),
    skipped: texts('Exactly the steps that were skipped and never ran.'),
    results: open('How steps ended, by their id: one word, or one for each time.'),
    told: open('Codes of the findings that the next attempt of an action was told, by the id of the action.'),
    delivers: open('The attempt that is delivered, or false.'),
  }),
} as const satisfies Readonly<Record<string, ObjectSchema>>;
export type PlaytestPart = keyof typeof playtestGrammar;

export const gateWords = ['PASS', 'FAIL', 'INCONCLUSIVE', 'INVALID'] as const;
