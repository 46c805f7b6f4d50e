import type { Plan, Template } from '../model/plan.ts';
import { referencesOf } from './references.ts';
import { expressionsOf } from './template.ts';

/** Where tokens may get secrets. */
export const templatesOfTokens = (auth: Plan['auth']): readonly Template[] =>
  Object.values(auth).flatMap((token) => (token.kind === 'plugin' ? [token.with] : Object.values(token.env)));

/** Names of the secrets that templates ask for, in lower case; one that is computed may be any of `all`. */
export function secretNames(templates: Iterable<Template>, all: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const template of templates) {
    for (const { text } of expressionsOf(template)) {
      if (!/\bsecrets\b/i.test(text)) continue;
      for (const { context, path } of referencesOf(text)) {
        if (context !== 'secrets') continue;
        const [name] = path;
        for (const one of name === undefined || name === '*' ? all : [name]) names.add(one.toLowerCase());
      }
    }
  }
  return names;
}
