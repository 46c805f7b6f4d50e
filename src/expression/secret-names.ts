import type { Plan, Template } from '../model/plan.ts';
import { referencesOf } from './references.ts';

/** Where tokens may get secrets. */
export const templatesOfTokens = (auth: Plan['auth']): readonly Template[] =>
  Object.values(auth).flatMap((token) => (token.kind === 'plugin' ? [token.with] : Object.values(token.env)));

/** Names of the secrets that templates ask for, in lower case; one that is computed may be any of `all`. */
export function secretNames(templates: Iterable<Template>, all: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: Template): void => {
    switch (part.kind) {
      case 'literal':
        return;
      case 'expression':
        ask(part.expression.text);
        return;
      case 'text':
        for (const piece of part.parts) if (typeof piece !== 'string') ask(piece.text);
        return;
      case 'list':
        part.items.forEach(visit);
        return;
      case 'map':
        Object.values(part.entries).forEach(visit);
    }
  };
  const ask = (text: string): void => {
    if (!/\bsecrets\b/i.test(text)) return;
    for (const { context, path } of referencesOf(text)) {
      if (context !== 'secrets') continue;
      const [name] = path;
      for (const one of name === undefined || name === '*' ? all : [name]) names.add(one.toLowerCase());
    }
  };
  for (const template of templates) visit(template);
  return names;
}
