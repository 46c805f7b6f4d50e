// What makes a comparison worthless, and whose fault it is.
import type { Finding } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';
import type { SideName, TakenTurns, Took } from './turns.ts';
import { limitMs, percent } from './words.ts';

/** Share of base's own time that the candidate may use out of turn: as much cannot hide a regression. */
const mostUsed = 0.01;
const leastUsedUs = 2000;
const tailCharacters = 2000;

const tailOf = (log: string): string => log.slice(-tailCharacters).trim();

/** The candidate's service did not live through what it was asked. */
export function died(title: string, o: { readonly fate: string; readonly when: string; readonly log: string }): Finding<Code> {
  const tail = tailOf(o.log);
  return {
    code: 'load/died',
    severity: 'error',
    subject: title,
    message: `${title}: the service ${o.fate} ${o.when}.`,
    ...(tail === '' ? {} : { evidence: tail }),
    hint: 'Its log ends with the reason, if it gave one; a process that another one starts anew counts as ended.',
  };
}

function added(turns: readonly TakenTurns[], name: SideName): Took {
  const sum = (of: (took: Took) => number) => turns.reduce((total, one) => total + of(one[name]), 0);
  return {
    times: turns.flatMap((one) => one[name].times),
    sent: sum(({ sent }) => sent),
    wrong: sum(({ wrong }) => wrong),
    failed: sum(({ failed }) => failed),
    example: turns.map((one) => one[name].example).find((example) => example !== undefined),
    used: sum(({ used }) => used),
    waiting: sum(({ waiting }) => waiting),
  };
}

export function troubleIn(o: {
  readonly title: string;
  readonly round: number;
  /** Percent of the requests that may fail. */
  readonly errors: number;
  readonly turns: readonly TakenTurns[];
  readonly fates: Readonly<Record<SideName, string | undefined>>;
  /** Of the candidate's service. */
  readonly log: string;
}): { readonly findings: readonly Finding<Code>[]; readonly undecided: readonly string[] } {
  const { title } = o;
  const when = `while it was compared with base, in round ${o.round + 1}`;
  const base = added(o.turns, 'base');
  const candidate = added(o.turns, 'candidate');
  if (o.fates.candidate !== undefined)
    return { findings: [died(title, { fate: o.fates.candidate, when, log: o.log })], undecided: [] };
  if (o.fates.base !== undefined)
    return { findings: [], undecided: [`${title}: base's service ${o.fates.base} ${when}, so there is nothing to compare with`] };

  const meddled = meddling(base, candidate);
  if (meddled !== undefined) {
    return {
      findings: [
        {
          code: 'load/interference',
          severity: 'error',
          subject: title,
          message: `${title}: ${meddled} while base was measured, in round ${o.round + 1}.`,
          hint: 'A service that stands still for a moment does nothing; look for timers that send SIGCONT, and for requests to ports that are not its own.',
        },
      ],
      undecided: [],
    };
  }
  const bad = candidate.wrong + candidate.failed;
  if (base.wrong + base.failed > 0) {
    const many = base.wrong + base.failed;
    return {
      findings: [],
      undecided: [
        `${title}: ${many} of base's ${base.sent} requests failed ${when} (${base.example}), so its times mean nothing`,
      ],
    };
  }
  if (bad === 0) return { findings: [], undecided: [] };
  const rate = (100 * candidate.failed) / candidate.sent;
  if (candidate.wrong === 0 && rate <= o.errors)
    return {
      findings: [],
      undecided: [
        `${title}: ${bad} of ${candidate.sent} requests failed ${when} (${candidate.example}), so its times mean nothing`,
      ],
    };
  return {
    findings: [
      {
        code: candidate.wrong > 0 ? 'load/wrong-answer' : 'load/errors',
        severity: 'error',
        subject: `${title} compared`,
        message: `${title}: ${bad} of ${candidate.sent} requests, one at a time, ${candidate.wrong > 0 ? 'were answered wrongly' : `failed (${percent(rate)}, ${percent(o.errors)} allowed)`} ${when}: ${candidate.example}.`,
        hint: 'Base answered all of them; look for state that is left behind by earlier requests.',
      },
    ],
    undecided: [],
  };
}

/** What the candidate did out of turn, in words. */
function meddling(base: Took, candidate: Took): string | undefined {
  const baseUs = base.times.reduce((sum, time) => sum + time, 0);
  if (candidate.used > Math.max(leastUsedUs, baseUs * mostUsed))
    return `the candidate's service used ${limitMs(candidate.used / 1000)} of CPU time although it was made to stand still`;
  if (base.waiting > 0) return "somebody else sent something to base's service";
  return undefined;
}
