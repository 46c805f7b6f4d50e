// The file that runs before all others: https://nextjs.org/docs/app/api-reference/file-conventions/proxy (16; middleware until 15)

import type { Reading } from '../../../contract/reading.ts';
import type { Guard } from '../../../contract/route.ts';
import { looksLikeAuth } from '../../guards.ts';
import { placeOf, plainPath } from '../../model.ts';
import { handlerOf } from './handler.ts';
import { inside } from './projects.ts';

export interface Before {
  readonly guard: Guard;
  counts(path: string): boolean;
}

export function beforeAll(reading: Reading, root: string): Before | undefined {
  const names = ['proxy', 'middleware', 'src/proxy', 'src/middleware'].flatMap((name) =>
    ['ts', 'js', 'tsx', 'mjs'].map((end) => `${name}.${end}`),
  );
  const file = names.map((name) => inside(root, name)).find((name) => reading.facts.has(name));
  const unit = file === undefined ? undefined : reading.ecma(file);
  if (unit === undefined) return undefined;
  const handler = ['proxy', 'middleware', 'default']
    .map((name) => handlerOf(reading, unit, name))
    .find((one) => one !== undefined);
  if (handler === undefined) return undefined;
  const by = handler.place.name ?? unit.file.split('/').at(-1) ?? 'middleware';
  const isAuth =
    looksLikeAuth(by.replace('middleware', ''), handler.text) ||
    handler.guards.some((one) => one.isAuth) ||
    /\b(auth|session|token)\b/i.test(handler.text);
  const config = reading.js.exportOf(unit.file, 'config');
  const matcher = config === undefined ? undefined : reading.js.propertyOf(config, 'matcher');
  const patterns = matcher === undefined ? undefined : textsOf(reading, matcher).map(patternOf);
  return {
    guard: { by, scopes: [], stage: 'middleware', isAuth, at: placeOf(unit, handler.at) },
    counts: (path) => patterns === undefined || patterns.some((one) => one === undefined || one.test(path)),
  };
}

function textsOf(reading: Reading, value: NonNullable<ReturnType<Reading['js']['propertyOf']>>): readonly string[] {
  if (value.kind === 'text') return [value.text];
  if (value.kind === 'array')
    return (reading.js.elementsOf(value.unit, value.node) ?? []).flatMap((one) =>
      one.value === undefined ? [] : textsOf(reading, one.value),
    );
  if (value.kind === 'object') {
    const source = reading.js.propertyOf(value, 'source');
    return source === undefined ? [] : textsOf(reading, source);
  }
  if (value.kind !== 'other') return [];
  const text = reading.js.constantText(value.unit, value.node);
  return text === undefined ? [] : [text];
}

/** `/api/:path*` and `/((?!api|_next).*)`. Undefined: it may match anything. */
function patternOf(matcher: string): RegExp | undefined {
  if (matcher.includes('(')) {
    // A pattern of one's own with a bounded shape; others may match anything.
    const [, left] = /^\/\(\(\?!([\w|/.-]+)\)\.[*+]\)$/.exec(matcher.replaceAll('\\.', '.')) ?? [];
    return left === undefined || left.length > 500 ? undefined : new RegExp(`^/(?!${left.replaceAll('.', '\\.')})`);
  }
  const parts = plainPath(matcher).split(/(\/\{[^}]*\*\}|\{[^}]*\})/);
  const source = parts.map((part) =>
    /^\/\{[^}]*\*\}$/.test(part) ? '(?:/.*)?' : /^\{[^}]*\}$/.test(part) ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}/?$`);
}
