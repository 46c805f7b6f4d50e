import type { NotUnderstood, Place } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Guard, Route } from '../../contract/route.ts';
import { around, childOf, type Plain } from '../../grammar/plain.ts';
import { decorated } from '../../grammar/python/literal.ts';
import { type Located, Python, type Value } from '../../grammar/python/values.ts';

const programs = new WeakMap<Reading, Python>();

/** The Python program of a scope, read once for all adapters. */
export function pythonOf(reading: Reading): Python {
  const known = programs.get(reading);
  if (known !== undefined) return known;
  const left =
    /(^|\/)(tests?|testing|migrations|versions|node_modules|site-packages)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest|setup)\.py$/;
  const files = reading.files.filter((file) => file.endsWith('.py') && !left.test(file));
  const made = new Python({
    files,
    stand: (name) =>
      name === 'django.conf.settings' ? files.find((file) => /^ROOT_URLCONF\s*=/m.test(reading.text(file) ?? '')) : undefined,
    plain: (file) => reading.plain(file)?.tree,
    text: (file) => reading.text(file),
  });
  programs.set(reading, made);
  return made;
}

/** Where something is. */
export const placeOf = ({ node, module }: Located): Place & { readonly line: number } => ({ file: module.file, line: node.line });
export const excerptOf = (node: Plain): string => node.text.replace(/\s+/g, ' ').slice(0, 80);

/** A place that an adapter does not understand. */
export const unclear = (at: Located, about: { readonly stack: string; readonly why: string }): NotUnderstood => ({
  ...placeOf(at),
  what: excerptOf(at.node),
  why: about.why,
  about: 'route',
  stack: about.stack,
});

/** Does a condition decide whether this is done? Not whether its function is called. */
export const isConditional = (node: Plain): boolean => {
  const near = around(node, ['if_statement', 'elif_clause', 'else_clause', 'for_statement', 'function_definition']);
  return near !== undefined && near.kind !== 'function_definition' && !/__name__/.test(childOf(near, 'condition')?.text ?? '');
};

/** Where the code is that answers, and what it is called. */
export function handlerOf(program: Python, value: Value, otherwise: Located): Route['handler'] {
  if (value.kind === 'call') return handlerOf(program, value.of, otherwise);
  if (value.kind !== 'class' && value.kind !== 'function') return { ...placeOf(otherwise), name: program.nameOf(value) || null };
  const name = childOf(value.node, 'name')?.text ?? null;
  return { ...placeOf({ node: decorated(value.node), module: value.module }), name };
}

const authName =
  /auth|jwt|token|session_?user|guard|permission|scope|role|acl|api_?key|bearer|credential|verif(y|ied)|login|logged|signed_?in|protect|current_?(active_?)?(super)?user|superuser|admin_?only/i;
/** Does a name look like authentication? An author is none. */
export const looksLikeAuth = (name: string): boolean => authName.test(name.replace(/author(?!i[sz])/gi, ''));

export const guardFrom = (
  at: Located,
  o: { readonly by: string; readonly stage: string; readonly isAuth: boolean; readonly scopes?: readonly string[] },
): Guard => ({
  by: o.by,
  scopes: o.scopes ?? [],
  stage: o.stage,
  isAuth: o.isAuth,
  at: placeOf(at),
});
