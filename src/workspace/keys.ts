// A document is judged and merged by key: an honest new dependency must arrive where the gates run, a changed script must not.
import { isDeepStrictEqual } from 'node:util';

export type Fields = { readonly [key: string]: unknown };
type KeyPath = readonly string[];

export const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `scripts.test` names a key of a key; a key that holds a dot itself cannot be named. */
const keyPath = (text: string): KeyPath => text.split('.');

function take(document: Fields, path: KeyPath): unknown {
  let at: unknown = document;
  for (const key of path) at = isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** A copy of the document with one key set, or removed for `undefined`. */
function put(document: Fields, path: KeyPath, value: unknown): Fields {
  const [key, ...rest] = path;
  if (key === undefined) return document;
  if (rest.length > 0) {
    const below = document[key];
    if (!isMap(below) && value === undefined) return document;
    return { ...document, [key]: put(isMap(below) ? below : {}, rest, value) };
  }
  if (value !== undefined) return { ...document, [key]: value };
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== key));
}

/** Base's document with the values that the candidate has under the given keys. `closed` keys inside them stay base's. */
export function mergeKeys(o: {
  readonly base: Fields;
  readonly candidate: Fields;
  readonly open: readonly string[];
  readonly closed: readonly string[];
}): Fields {
  let merged = o.base;
  for (const path of o.open.map(keyPath)) merged = put(merged, path, take(o.candidate, path));
  for (const path of o.closed.map(keyPath)) merged = put(merged, path, take(o.base, path));
  return merged;
}

/** The first key whose change is not allowed, in the words of a path: `scripts.test`. */
export function changedKey(base: Fields, candidate: Fields, merged: Fields): string | undefined {
  if (isDeepStrictEqual(candidate, merged)) return undefined;
  const key = [...Object.keys(base), ...Object.keys(candidate)].find((name) => !isDeepStrictEqual(candidate[name], merged[name]));
  if (key === undefined) return undefined;
  const [before, after] = [merged[key], candidate[key]];
  if (!isMap(before) || !isMap(after)) return key;
  const below = [...Object.keys(before), ...Object.keys(after)].find((name) => !isDeepStrictEqual(before[name], after[name]));
  return below === undefined ? key : `${key}.${below}`;
}
