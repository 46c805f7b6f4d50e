import { isDeepStrictEqual } from 'node:util';
import type { KeyedFile } from './keyed-file.ts';
import { type Fields, isMap } from './keys.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: false });

function parse(bytes: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Indented as base's file is; the candidate's own bytes where they say exactly the same. */
function print(merged: Fields, base: Uint8Array, candidate: Uint8Array): Uint8Array {
  const like = decoder.decode(base);
  const indent = /^\{\r?\n([ \t]+)"/.exec(like)?.[1] ?? 2;
  const text = (value: Fields): string => `${JSON.stringify(value, undefined, indent)}${like.endsWith('\n') ? '\n' : ''}`;
  const own = parse(candidate);
  // Only what prints as it stands has no second meaning, such as a key twice.
  const plain = own !== undefined && decoder.decode(candidate).trimEnd() === text(own).trimEnd();
  return plain && isDeepStrictEqual(own, merged) ? candidate : new TextEncoder().encode(text(merged));
}

export const packageJson: KeyedFile = {
  form: 'JSON object',
  // `overrides`, `scripts` and all others decide how the judge runs.
  dependencyKeys: ['dependencies', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'optionalDependencies'],
  parse,
  print,
};
