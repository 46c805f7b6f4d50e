// How one step and one gate are told, the same on the screen and in a report.
import { unreachable } from '../model/result.ts';
import type { JudgedFinding, StepFailure, StepResult, WaiverUse } from '../model/step-result.ts';
import { printable, printableLine } from './printable.ts';
import { count } from './quantity.ts';

export type Tone = 'good' | 'bad' | 'unsure' | 'quiet';
export interface StepWords {
  /** PASS, FAIL, done, … */
  readonly mark: string;
  readonly tone: Tone;
  /** What stands behind it: "84 tests examined, 2 subtracted". */
  readonly detail: string;
}

/** Findings that decide, and those that do not, in words: "2 findings, 3 subtracted (base has them too), 1 waived". */
export function tally(findings: readonly JudgedFinding[]): string {
  const counts = findings.filter((finding) => finding.standing === 'counts');
  const errors = counts.filter((finding) => finding.severity === 'error').length;
  const subtracted = findings.filter((finding) => finding.standing === 'subtracted').length;
  const waived = findings.filter((finding) => finding.standing === 'waived').length;
  const parts: string[] = [];
  if (errors > 0) parts.push(count(errors, 'finding'));
  if (counts.length > errors) parts.push(count(counts.length - errors, 'warning'));
  if (subtracted > 0) parts.push(`${subtracted} subtracted (base has ${subtracted === 1 ? 'it' : 'them'} too)`);
  if (waived > 0) parts.push(`${waived} waived`);
  return parts.join(', ');
}

const join = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ');

function changedWords(paths: readonly string[]): string {
  if (paths.length === 0) return 'changed nothing';
  const shown = paths.slice(0, 4).join(', ');
  return `changed ${count(paths.length, 'file')}: ${shown}${paths.length > 4 ? ', …' : ''}`;
}

/** `level` is the step's: a gate that only warns says so. */
export function stepWords(result: StepResult, level: 'block' | 'warn' = 'block'): StepWords {
  switch (result.kind) {
    case 'context':
      return { mark: 'done', tone: 'good', detail: count(result.brief.length, 'item') };
    case 'action':
      return {
        mark: result.outcome,
        tone: result.outcome === 'ok' ? 'good' : 'bad',
        detail: printableLine(
          join(changedWords(result.changed), result.blocked?.reason, result.outcome === 'ok' ? '' : result.summary),
        ),
      };
    case 'gate':
      return gateWords(result, level);
    case 'skipped':
      return { mark: 'SKIPPED', tone: 'quiet', detail: printableLine(result.reason) };
    case 'failed':
      return { mark: 'BROKEN', tone: 'bad', detail: failureWords(result.failure) };
    default:
      return unreachable(result);
  }
}

/** The first line of its message; what follows are lines of a log, which have a place of their own. */
export const failureWords = ({ code, message }: StepFailure): string => {
  const [first = '', ...more] = printable(message).trim().split('\n');
  return `${first.trim()}${more.length === 0 ? '' : ' …'} [${code}]`;
};

function gateWords(gate: Extract<StepResult, { kind: 'gate' }>, level: 'block' | 'warn'): StepWords {
  if (gate.failure !== undefined && gate.verdict === 'invalid')
    return { mark: 'INVALID', tone: toneOf(gate.verdict), detail: join(failureWords(gate.failure), levelWords(level)) };
  // Where too little was examined, the reason counts it.
  const counted = gate.verdict === 'skipped' || (gate.verdict === 'invalid' && gate.reason !== undefined);
  const examined = counted ? '' : `${count(gate.examined.count, gate.examined.unit)} examined`;
  const detail = printableLine(
    join(
      examined,
      tally(gate.findings),
      gate.evidence === 'exit-code' ? 'exit code only' : '',
      waiverWords(gate.waivers),
      levelWords(level),
      // That so many are waived has been said.
      gate.verdict === 'waived' ? '' : gate.reason,
    ),
  );
  return { mark: gate.verdict.toUpperCase(), tone: toneOf(gate.verdict), detail };
}

/** Waivers that are worth a look: "1 waiver covers nothing, 1 waiver expired". */
function waiverWords(waivers: readonly WaiverUse[] = []): string {
  const [unused, expired] = (['unused', 'expired'] as const).map((state) => waivers.filter((one) => one.state === state).length);
  const parts: string[] = [];
  if (unused !== undefined && unused > 0) parts.push(`${count(unused, 'waiver')} ${unused === 1 ? 'covers' : 'cover'} nothing`);
  if (expired !== undefined && expired > 0) parts.push(`${count(expired, 'waiver')} expired`);
  return parts.join(', ');
}

const levelWords = (level: 'block' | 'warn'): string => (level === 'warn' ? 'level: warn, does not count' : '');

function toneOf(verdict: Extract<StepResult, { kind: 'gate' }>['verdict']): Tone {
  switch (verdict) {
    case 'pass':
      return 'good';
    case 'fail':
    case 'invalid':
      return 'bad';
    case 'inconclusive':
    case 'waived':
      return 'unsure';
    case 'skipped':
      return 'quiet';
  }
}

/** What a tool call was about, when its input says: a path or a command. */
export function toolTarget(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  for (const key of ['absolutepath', 'targetfile', 'path', 'commandline', 'command', 'query', 'pattern', 'reason']) {
    const value = Object.entries(input).find(([name]) => name.toLowerCase() === key)?.[1];
    if (typeof value === 'string') return ` ${printableLine(value).slice(0, 80)}`;
  }
  return '';
}
