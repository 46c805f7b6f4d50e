// The findings as text, within a budget of tokens: what the goal names first, then the most relevant.
import { byGoal, type IoFinding } from '../../src/discovery/index.ts';
import { type BriefItem, fitted } from '../../src/plugin-api.ts';

interface Unclear {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
}
interface Traced {
  readonly findings: readonly IoFinding[];
  readonly routes: number;
  readonly functions: number;
  readonly browser: number;
  readonly notUnderstood: readonly Unclear[];
}

function textOf({ rule, file, line, code, what, why, hint, routes, chain }: IoFinding): string {
  const way = chain.map(({ name, file: at, line: n }) => `${name} (${at}:${n})`).join(' → ');
  return [
    `${file}:${line} [${rule}] ${what} ${why}`,
    `  ${code}`,
    way === ''
      ? '  No route was seen to reach it.'
      : `  Reached by ${routes.slice(0, 5).join(', ')}${routes.length > 5 ? ` and ${routes.length - 5} more` : ''}: ${way}`,
    `  ${hint}`,
  ].join('\n');
}
const placeOf = ({ file, line, what, why }: Unclear): string => `${file}${line === null ? '' : `:${line}`}: ${why} — ${what}`;

export function briefOf(
  { findings, routes, functions, browser, notUnderstood }: Traced,
  { goal, 'max-tokens': tokens }: { readonly goal: string; readonly 'max-tokens': number },
): readonly BriefItem[] {
  const scope = `${routes} route handlers and hooks were followed through ${functions} functions.${browser === 0 ? '' : ` ${browser} files that run in browsers were left out, but for what routes reach.`}`;
  const ordered = byGoal(goal, findings, ({ routes: reach, file, chain, code }) => ({
    name: reach.join(' '),
    parts: [file, code, ...chain.map(({ name }) => name)],
  }));
  const text =
    findings.length === 0 ? `${scope} Nothing was found.` : `${scope}\n${fitted(ordered.map(textOf), tokens * 0.85).join('\n')}`;
  const unclear =
    notUnderstood.length === 0
      ? []
      : [{ title: 'Not followed; read these yourself', text: fitted(notUnderstood.map(placeOf), tokens * 0.1).join('\n') }];
  return [{ title: 'Where requests wait', text }, ...unclear];
}
