// The keys of a test of a playbook, as data.
import type { PhaseKind } from '../model/plan.ts';
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
const failsFirst = {
  'fails-first': whole(
    'So many tries end because the environment fails them, before this answer comes; `retry` says how many there are.',
    1,
  ),
} as const;
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
      'missing-secrets': texts('Secrets that have no value where it is played; by default all have one.'),
      steps: open('What steps answer, by their id. Gates without an answer pass, actions change a file of their own.'),
      expect: open('The path that the playbook must take.'),
    },
    ['name', 'expect'],
  ),
  tree: part(changed),
  context: part({ outputs, fails: text('It fails, with this message.'), ...failsFirst, takes }),
  action: part({
    ...changed,
    outputs,
    outcome: choice(
      ['ok', 'blocked', 'refused', 'truncated', 'budget', 'looping', 'infrastructure'],
      'How it ends; default: ok.',
    ),
    says: text('Its summary.'),
    ...failsFirst,
    takes,
  }),
  gate: part({
    finds: open('What it finds: a list of codes, or of maps with `code`, `message`, `subject`, `file`, `severity`, `magnitude`.'),
    'on-base': open('What it finds on base; written as `finds`.'),
    outputs,
    examined: whole('How much it examines; default: 1. With 0 it examined nothing.', 0),
    inconclusive: text('It cannot decide, for this reason.'),
    invalid: text('Its means are broken, on base too, for this reason.'),
    ...failsFirst,
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
    retried: open('How often steps were tried again because the environment failed them, by their id: in all attempts together.'),
    delivers: open('The attempt that is delivered, or false.'),
  }),
} as const satisfies Readonly<Record<string, ObjectSchema>>;
export type PlaytestPart = keyof typeof playtestGrammar;

/** What a gate may answer in one word. */
export const gateWords = ['PASS', 'FAIL', 'INCONCLUSIVE', 'INVALID'] as const;
/** What a case calls the end of a step; an action may also end with one of its outcomes. */
const endWords = ['PASS', 'FAIL', 'WAIVED', 'INCONCLUSIVE', 'INVALID', 'SKIPPED', 'ok', 'failed'] as const;

/** What may stand in a key of type `json`: a value of one of these kinds. */
export interface TestForm {
  /** In words, for whoever wrote something else. */
  readonly is: string;
  readonly part?: PlaytestPart;
  readonly list?: TestForm;
  readonly map?: TestForm;
  /** Texts that are offered; with `text` any other is taken as well. */
  readonly words?: readonly string[];
  readonly text?: true;
  readonly integer?: { readonly minimum: number };
  /** `false` alone. */
  readonly never?: true;
  readonly any?: true;
}

const anything: TestForm = { is: 'a value', any: true };
const keys: TestForm = { is: 'a map of keys', map: anything };
const word: TestForm = { is: 'text', text: true };
const codes: TestForm = { is: 'a list of codes', list: word };
const found: TestForm = {
  is: 'a list of codes, or of maps with `code`',
  list: { is: 'a code, or a map with `code`', text: true, part: 'finding' },
};
const changes: TestForm = { is: 'a list of files, or a map of files to their text', list: word, map: anything };

/** What a step answers, by what it is. */
export const answerForms = {
  context: { is: 'a map with `outputs` or `fails`', part: 'context' },
  action: { is: 'a map with what it `changes`, `adds` or `removes`, or with its `outcome`', part: 'action' },
  verify: { is: `${gateWords.join(', ')}, or a map with what it \`finds\``, words: gateWords, part: 'gate' },
  approve: {
    is: '`approved`, `unanswered`, or a map with `rejected`',
    words: ['approved', 'unanswered'],
    part: 'approval',
  },
} as const satisfies Readonly<Record<PhaseKind, TestForm>>;

/** What stands in keys of type `json`. Behind `steps` stand answers, which only a plan tells apart. */
export const testForms: { readonly [P in PlaytestPart]?: Readonly<Record<string, TestForm>> } = {
  file: { cases: { is: 'a list of cases', list: { is: 'a map of keys', part: 'case' } } },
  case: {
    inputs: keys,
    candidate: { is: 'a map of keys', part: 'tree' },
    steps: keys,
    expect: { is: 'a map of keys', part: 'expect' },
  },
  tree: { changes },
  context: { outputs: keys },
  action: { changes, outputs: keys },
  gate: { finds: found, 'on-base': found, outputs: keys },
  expect: {
    results: {
      is: 'a map of steps to words',
      map: {
        is: 'a word, or a list of words',
        words: endWords,
        text: true,
        list: { is: 'a word', words: endWords, text: true },
      },
    },
    told: { is: 'a map of actions to lists of codes', map: codes },
    retried: { is: 'a map of steps to counts', map: { is: 'a count', integer: { minimum: 0 } } },
    delivers: { is: 'the number of an attempt, or false', integer: { minimum: 1 }, never: true },
  },
};
