// The words with which gates and runs end, and the numbers with which calls end.
import { type ExitCode, exitCodes } from '../model/exit.ts';
import { type Answer, facts } from './answer.ts';

interface Ending {
  readonly of: 'gate' | 'run';
  readonly means: string;
  /** What it does to the run. */
  readonly counts?: string;
  readonly exit?: ExitCode;
  readonly next?: string;
}

/** LANGUAGE rules 7 and 9; docs/exit-codes.md. */
const endings: Readonly<Record<string, Ending>> = {
  PASS: {
    of: 'gate',
    means: 'The gate examined something and found nothing that counts.',
    counts: 'green. A plain `run:` step is marked `exit code only`, and alone proves nothing',
  },
  FAIL: {
    of: 'gate',
    means: 'The gate found something that counts.',
    counts: 'red, unless the step has `level: warn`; its findings go back to whoever fills the action step',
    next: 'read its findings: `bexpert report latest`; `bexpert explain <code>` says what each means',
  },
  INCONCLUSIVE: {
    of: 'gate',
    means: 'It could not be decided: noise, a flaky test, or no base to compare with. Said of a run, too, that has such a gate.',
    counts: 'neither green nor red, unless the step has `inconclusive: warn`',
    exit: exitCodes.environment,
    next: 'the line of the gate says why; run it again where the machine is quieter, or give it more to measure',
  },
  INVALID: {
    of: 'gate',
    means: 'The gate examined nothing, or its means were broken: a command that is missing, a set-up or a service that failed.',
    counts: 'never green; where base has something to examine it is a FAIL with the code `<gate>/nothing-examined`',
    exit: exitCodes.environment,
    next: 'the line of the gate says what is missing; `bexpert doctor` checks the machine; `allow-empty: <reason>` where nothing may be examined',
  },
  SKIPPED: {
    of: 'gate',
    means: 'The gate was left out: by `if`, by `when-changed`, or because a step that it `needs` is not green.',
    counts:
      'not at all by `if` and `when-changed`; by `needs` it could not be decided. A run that skipped all its gates is UNVERIFIED',
  },
  WAIVED: {
    of: 'gate',
    means: 'All that the gate found is waived in the playbook, with a reason and a last day.',
    counts: 'green, and proves nothing by itself: a run in which every gate is waived is UNVERIFIED',
    next: 'mend what is waived and remove the waiver; `bexpert report latest` lists them',
  },
  PROVEN: {
    of: 'run',
    means: 'At least one blocking gate passed on evidence, and every other one is green.',
    exit: exitCodes.proven,
    next: 'it holds by these gates, within what each says that it cannot see',
  },
  'NOT PROVEN': {
    of: 'run',
    means: 'A blocking gate is red.',
    exit: exitCodes.gateFailed,
    next: 'read its findings: `bexpert report latest`',
  },
  UNVERIFIED: {
    of: 'run',
    means:
      'Nothing was judged, or no blocking gate passed on evidence: all were skipped or waived, or judged by an exit code only.',
    exit: exitCodes.environment,
    next: 'add a gate that examines something and is green, or give `run:` steps their report (`findings`)',
  },
  PARTIAL: {
    of: 'run',
    means: 'Only a part of the playbook ran, so that what is green proves nothing of the whole.',
    exit: exitCodes.environment,
  },
  'BUDGET SPENT': {
    of: 'run',
    means: 'The budget was used up before every gate was green. The best attempt is kept.',
    exit: exitCodes.budget,
    next: 'raise `budget`, or give the action a smaller goal',
  },
  'INTEGRITY VIOLATED': {
    of: 'run',
    means: 'Protected content changed: what judges the work is not what whoever acts may change.',
    exit: exitCodes.integrity,
    next: 'the report lists the files and the rule of each; `access.open` opens them where the change is wanted',
  },
  BLOCKED: {
    of: 'run',
    means: 'Whoever fills the action step needs a person.',
    exit: exitCodes.blocked,
    next: 'the reason stands in the report',
  },
  'WAITS FOR A PERSON': {
    of: 'run',
    means: 'A phase of kind `approve` asks a person, and nobody has answered yet.',
    exit: exitCodes.blocked,
    next: '`bexpert approve <run>`, or `bexpert reject <run> --reason "..."`',
  },
  'ENVIRONMENT FAILED': {
    of: 'run',
    means:
      'The surroundings failed: a full disk, no sandbox, a model service that does not answer. It says nothing about the work.',
    exit: exitCodes.environment,
    next: '`bexpert doctor` checks the machine; `bexpert resume latest` goes on',
  },
  INTERRUPTED: {
    of: 'run',
    means: 'A person or a signal ended it. What was done is kept.',
    exit: exitCodes.interrupted,
    next: '`bexpert resume latest` goes on',
  },
  'INTERNAL ERROR': {
    of: 'run',
    means: 'A bug in bexpert.',
    exit: exitCodes.internal,
    next: 'please report it, with the text that was shown',
  },
};

export const verdictNames: readonly string[] = Object.keys(endings);
const exits: readonly number[] = Object.values(exitCodes);

/** `PROVEN`, `not-proven`; also a number that a call ended with. */
export function explainVerdict(what: string): Answer | undefined {
  const name = what
    .toUpperCase()
    .replace(/[-_\s]+/g, ' ')
    .trim();
  if (/^\d+$/.test(name) && exits.includes(Number(name))) return exitCode(Number(name));
  const ending = Object.hasOwn(endings, name) ? endings[name] : undefined;
  if (ending === undefined) return undefined;
  const { of, means, counts, exit, next } = ending;
  return {
    kind: 'verdict',
    subject: name,
    means,
    facts: facts(
      ['said of', `a ${of}`],
      ['counts', counts],
      ['exit code', exit === undefined ? undefined : String(exit)],
      ['next', next],
    ),
  };
}

/** Of `run`, `verify`, `resume`, `approve` and `reject`. */
function exitCode(code: number): Answer {
  const of = Object.entries(endings).filter(([, { exit }]) => exit === code);
  const wrong = 'The playbook, the call or the repository is wrong; nothing ran.';
  return {
    kind: 'verdict',
    subject: `exit code ${code}`,
    means: of.length === 0 ? wrong : of.map(([name, { means }]) => `${name}: ${means}`).join(' '),
    facts: facts(['more', '`bexpert explain <word>` for each of these; docs/exit-codes.md']),
  };
}
