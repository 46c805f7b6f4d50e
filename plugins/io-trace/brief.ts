// The findings as text, the most relevant first, within a budget of tokens.
import type { BriefItem } from '../../src/plugin-api.ts';
import type { Found, NotUnderstood, Trace } from './trace.ts';

/** English and code have about four characters per token in the tokenisers of today's models. */
const charactersPerToken = 4;

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

function fitted(texts: readonly string[], tokens: number): string {
  const kept: string[] = [];
  let room = tokens * charactersPerToken;
  for (const text of texts) {
    room -= text.length + 1;
    if (room < 0) break;
    kept.push(text);
  }
  if (kept.length < texts.length) kept.push(`(${texts.length - kept.length} more are left out)`);
  return kept.join('\n');
}

export function briefOf(traced: Trace, tokens: number): readonly BriefItem[] {
  const { findings, routes, functions, notUnderstood } = traced;
  const scope = `${routes} route handlers and hooks were followed through ${functions} functions.`;
  const text = findings.length === 0 ? `${scope} Nothing was found.` : `${scope}\n${fitted(findings.map(textOf), tokens * 0.85)}`;
  const unclear =
    notUnderstood.length === 0
      ? []
      : [{ title: 'Not followed; read these yourself', text: fitted(notUnderstood.map(placeOf), tokens * 0.1) }];
  return [{ title: 'Where requests wait', text }, ...unclear];
}
