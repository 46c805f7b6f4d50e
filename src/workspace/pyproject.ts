import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml, stringify, type TomlTable, type TomlValue } from 'smol-toml';
import type { KeyedFile } from './keyed-file.ts';
import type { Fields } from './keys.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Objects of the parser have no prototype, and would never equal what is merged. */
const plain = (value: TomlValue): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && !(value instanceof Date) ? plainFields(value) : value;
};
const plainFields = (table: TomlTable): Fields =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, plain(value)]));

function parse(bytes: Uint8Array): Fields | undefined {
  try {
    return plainFields(parseToml(decoder.decode(bytes)));
  } catch {
    return undefined;
  }
}

export const pyproject: KeyedFile = {
  form: 'TOML document',
  // Below `tool` stand the settings of nearly every judge, and an entry point of `pytest11` is loaded by pytest.
  dependencyKeys: [
    'project.dependencies',
    'project.optional-dependencies',
    'dependency-groups',
    'tool.poetry.dependencies',
    'tool.poetry.dev-dependencies',
    'tool.poetry.group',
    'tool.uv.dev-dependencies',
    'tool.pdm.dev-dependencies',
  ],
  parse,
  // TOML has no second meaning: a key twice is an error.
  print: (merged, _, candidate) =>
    isDeepStrictEqual(parse(candidate), merged) ? candidate : new TextEncoder().encode(stringify(merged)),
};
