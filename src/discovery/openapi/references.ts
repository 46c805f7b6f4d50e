// `$ref` within a file and to other files of the tree: https://spec.openapis.org/oas/v3.1.1.html#reference-object, RFC 6901 for pointers.
import { posix } from 'node:path';
import type { Json } from '../../contract/schema.ts';
import { type Document, isDocument } from './operation.ts';
import type { Source } from './source.ts';

/** A value with the file and the pointer at which it stands: references in it are relative to that file. */
export interface Located {
  readonly value: Json;
  readonly source: Source;
  readonly path: readonly string[];
}
/** The file that a reference from another file leads to. Undefined: it is of another host, or leaves the tree. */
export function fileOf(from: string, reference: string): string | undefined {
  const [name = ''] = reference.split('#');
  if (name === '') return from;
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(name)) return undefined;
  const file = posix.normalize(posix.join(name.startsWith('/') ? '' : posix.dirname(from), decoded(name)));
  return file.startsWith('../') ? undefined : file.replace(/^\//, '');
}

const pointerOf = (reference: string): readonly string[] => {
  const pointer = reference.split('#')[1] ?? '';
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
};
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** All references that a value holds. */
export function referencesIn(value: Json, depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > 200) return [];
  const own = isDocument(value) && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap((one: Json) => referencesIn(one, depth + 1))];
}

export class References {
  readonly #sources: ReadonlyMap<string, Source>;
  /** From version 3.1 on, what stands beside a `$ref` in a schema counts too. */
  readonly #beside: boolean;

  constructor(sources: ReadonlyMap<string, Source>, o: { readonly beside: boolean }) {
    this.#sources = sources;
    this.#beside = o.beside;
  }
  /** Where references lead; undefined: to nothing that is here. */
  resolved(at: Located): Located | undefined {
    let here = at;
    for (let hop = 0; isDocument(here.value) && typeof here.value.$ref === 'string'; hop++) {
      const next = hop < 20 ? this.#target(here.source, here.value.$ref) : undefined;
      if (next === undefined) return undefined;
      here = next;
    }
    return here;
  }
  #target(from: Source, reference: string): Located | undefined {
    const file = fileOf(from.file, reference);
    const source = file === undefined ? undefined : this.#sources.get(file);
    if (source === undefined) return undefined;
    const path = pointerOf(reference);
    let value: Json | undefined = source.root;
    for (const part of path) value = child(value, part);
    return value === undefined ? undefined : { value, source, path };
  }
  /**
   * References resolved as deep as a shape needs it, and an end for schemas that refer to themselves. The budget ends those that refer to
   * each other in ways that grow without end.
   */
  inlined(at: Located): Json {
    return this.#inlined(at, { depth: 0, within: [], budget: { left: 20_000 } });
  }
  #inlined(
    at: Located,
    o: { readonly depth: number; readonly within: readonly string[]; readonly budget: { left: number } },
  ): Json {
    const { value, source, path } = at;
    o.budget.left -= 1;
    const deeper = { ...o, depth: o.depth + 1 };
    const below = (one: Json, key: string): Json => this.#inlined({ value: one, source, path: [...path, key] }, deeper);
    if (Array.isArray(value)) return (value as readonly Json[]).map((one, n) => below(one, String(n)));
    if (!isDocument(value)) return value;
    const { $ref, ...beside } = value;
    if (typeof $ref === 'string') {
      const key = `${fileOf(source.file, $ref)}#${pointerOf($ref).join('/')}`;
      if (o.within.includes(key) || o.depth > 30 || o.budget.left < 0) return value;
      const target = this.resolved(at);
      if (target === undefined) return value;
      const there = this.#inlined(target, { ...deeper, within: [...o.within, key] });
      return this.#beside && isDocument(there) && Object.keys(beside).length > 0 ? { ...there, ...beside } : there;
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, below(one, name)]));
  }
}

function child(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(name)];
  return isDocument(value) && Object.hasOwn(value, name) ? (value as Document)[name] : undefined;
}
