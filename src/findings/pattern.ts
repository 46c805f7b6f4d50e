// Findings by a regular expression of the team, one line each.
import { createContext, runInContext } from 'node:vm';
import { fail, succeed } from '../model/result.ts';
import { spanOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';

export interface PatternOptions {
  readonly pattern: string;
  /** Found once for each thing that was looked at, or with a group `count`. */
  readonly examined?: string;
}

const longestLine = 4_000;
const patienceMs = 2_000;

/**
 * A pattern may take for ever on a line (https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS); code
 * that runs with a time limit can be ended there, as V8 looks for a request to end each time it backtracks.
 */
const search = `
const of = (source) => source === undefined ? undefined : new RegExp(source);
const pattern = of(given.pattern), counter = of(given.examined);
const found = [];
let count = 0;
for (const line of given.lines) {
  const match = pattern.exec(line);
  if (match !== null) found.push({ ...match.groups, whole: match[0] });
  const counted = counter === undefined ? null : counter.exec(line);
  if (counted !== null) count += counted.groups?.count === undefined ? 1 : Number(counted.groups.count);
}
JSON.stringify({ found, count });
`;

export function parsePattern(text: string, options: PatternOptions): Parsed {
  const lines = text.split(/\r?\n/).map((line) => line.slice(0, longestLine));
  let answer: { readonly found: readonly Readonly<Record<string, string | undefined>>[]; readonly count: number };
  try {
    answer = JSON.parse(String(runInContext(search, createContext({ given: { ...options, lines } }), { timeout: patienceMs })));
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return fail(`the pattern took longer than ${patienceMs / 1000} s; repetitions within repetitions, such as (a+)+, do that`);
  }
  if (options.examined !== undefined && !Number.isSafeInteger(answer.count))
    return fail('the group `count` of `examined` matched no number');
  return succeed({
    findings: answer.found.map(findingOf),
    examined: options.examined === undefined ? undefined : { unit: 'matches', count: answer.count },
    silenced: 0,
  });
}

function findingOf(groups: Readonly<Record<string, string | undefined>>): ReportedFinding {
  const { file, line, column, rule, severity = 'error', message, whole = '' } = groups;
  return {
    rule: rule === undefined || rule.trim() === '' ? 'match' : rule,
    severity: /^(warn|info|note|notice|hint|style|convention|refactor)/i.test(severity.trim()) ? 'warning' : 'error',
    message: message === undefined || message.trim() === '' ? whole : message,
    ...(file === undefined || file.trim() === '' ? {} : { file: file.trim() }),
    ...spanOf({ line, column, endLine: undefined, endColumn: undefined }),
  };
}
