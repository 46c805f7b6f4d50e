// The findings as text, the most relevant first, within a budget of tokens.
import { type BriefItem, fitted } from '../../src/plugin-api.ts';
import type { Found, NotUnderstood, Trace } from './trace.ts';

function textOf({ rule, file, line, code, what, routes, chain }: Found): string {
  const way = chain.map(({ name, file: at, line: n }) => `${name} (${at}:${n})`).join(' → ');
  return [
    `${file}:${line} [${rule.id}] ${what} ${rule.why}`,
    `  ${code}`,
    way === ''
      ? '  No route was seen to reach it.'
      : `  Reached by ${routes.slice(0, 5).join(', ')}${routes.length > 5 ? ` and ${routes.length - 5} more` : ''}: ${way}`,
    `  ${rule.hint}`,
  ].join('\n');
}
const placeOf = ({ file, line, what, why }: NotUnderstood): string =>
  `${file}${line === null ? '' : `:${line}`}: ${why} — ${what}`;

export function briefOf(traced: Trace, tokens: number): readonly BriefItem[] {
  const { findings, routes, functions, notUnderstood } = traced;
  const scope = `${routes} route handlers and hooks were followed through ${functions} functions.`;
  const text =
    findings.length === 0 ? `${scope} Nothing was found.` : `${scope}\n${fitted(findings.map(textOf), tokens * 0.85).join('\n')}`;
  const unclear =
    notUnderstood.length === 0
      ? []
      : [{ title: 'Not followed; read these yourself', text: fitted(notUnderstood.map(placeOf), tokens * 0.1).join('\n') }];
  return [{ title: 'Where requests wait', text }, ...unclear];
}
