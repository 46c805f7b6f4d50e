// package.json is judged and merged by key: an honest new dependency must arrive where the gates run, a changed script must not.
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../plugin-api.ts';

type JsonMap = { readonly [key: string]: Json };
type KeyPath = readonly string[];

const decoder = new TextDecoder('utf-8', { ignoreBOM: false });

export function parsePackage(bytes: Uint8Array): JsonMap | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
  } catch {
    return undefined;
  }
}

const isMap = (value: Json | undefined): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `scripts.test` names a key of a key; a key that holds a dot itself cannot be named. */
const keyPath = (text: string): KeyPath => text.split('.');

function take(document: JsonMap, path: KeyPath): Json | undefined {
  let at: Json | undefined = document;
  for (const key of path) at = isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** A copy of the document with one key set, or removed for `undefined`. */
function put(document: JsonMap, path: KeyPath, value: Json | undefined): JsonMap {
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
export function mergePackage(o: {
  readonly base: JsonMap;
  readonly candidate: JsonMap;
  readonly open: readonly string[];
  readonly closed: readonly string[];
}): JsonMap {
  let merged = o.base;
  for (const path of o.open.map(keyPath)) merged = put(merged, path, take(o.candidate, path));
  for (const path of o.closed.map(keyPath)) merged = put(merged, path, take(o.base, path));
  return merged;
}

/** The first key whose change is not allowed, in the words of a path: `scripts.test`. */
export function changedKey(base: JsonMap, candidate: JsonMap, merged: JsonMap): string | undefined {
  if (isDeepStrictEqual(candidate, merged)) return undefined;
  const key = [...Object.keys(base), ...Object.keys(candidate)].find((name) => !isDeepStrictEqual(candidate[name], merged[name]));
  if (key === undefined) return undefined;
  const [before, after] = [merged[key], candidate[key]];
  if (!isMap(before) || !isMap(after)) return key;
  const below = [...Object.keys(before), ...Object.keys(after)].find((name) => !isDeepStrictEqual(before[name], after[name]));
  return below === undefined ? key : `${key}.${below}`;
}

/** The merged document as text, indented as base's file is; the candidate's own bytes where they say exactly the same. */
export function printPackage(merged: JsonMap, base: Uint8Array, candidate: Uint8Array): Uint8Array {
  const like = decoder.decode(base);
  const indent = /^\{\r?\n([ \t]+)"/.exec(like)?.[1] ?? 2;
  const text = (value: JsonMap): string => `${JSON.stringify(value, undefined, indent)}${like.endsWith('\n') ? '\n' : ''}`;
  const own = parsePackage(candidate);
  // Only what prints as it stands has no second meaning, such as a key twice.
  const plain = own !== undefined && decoder.decode(candidate).trimEnd() === text(own).trimEnd();
  return plain && isDeepStrictEqual(own, merged) ? candidate : new TextEncoder().encode(text(merged));
}
