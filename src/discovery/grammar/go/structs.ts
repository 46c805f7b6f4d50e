import { childOf, childrenOf, namedOf, type Plain } from '../plain.ts';

export interface GoField {
  /** Of what is embedded without a name: the name of its type. */
  readonly name: string;
  readonly embedded: boolean;
  readonly type: GoTypeName;
  /** Values by key of the tag: `gorm`, `json`. */
  readonly tags: ReadonlyMap<string, string>;
  readonly line: number;
}
export interface GoTypeName {
  /** `User`, `users.User`, `string`. */
  readonly name: string;
  readonly pointer: boolean;
  readonly slice: boolean;
}
export interface GoStruct {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly fields: readonly GoField[];
}
const folderOf = (file: string): string => file.replace(/\/?[^/]*$/, '');

function typeOf(node: Plain | undefined, pointer = false, slice = false): GoTypeName {
  const inner = namedOf(node)[0];
  if (node?.kind === 'pointer_type') return typeOf(inner, true, slice);
  if (node?.kind === 'slice_type') return typeOf(childOf(node, 'element') ?? inner, pointer, true);
  if (node?.kind === 'generic_type') return typeOf(childOf(node, 'type') ?? inner, pointer, slice);
  return { name: node?.text ?? '', pointer, slice };
}
const tagsOf = (node: Plain | undefined): ReadonlyMap<string, string> =>
  new Map(
    [...(node?.text.slice(1, -1) ?? '').matchAll(/(\w+):"((?:[^"\\]|\\.)*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );

/** Structs of some files, other types by what they stand for, and methods by the names of their types. */
export class GoStructs {
  readonly #structs = new Map<string, GoStruct>();
  readonly #others = new Map<string, GoTypeName>();
  readonly #methods = new Map<string, Plain>();
  readonly #imports = new Map<string, ReadonlyMap<string, string>>();

  constructor(files: readonly string[], plain: (file: string) => Plain | undefined) {
    for (const file of files) {
      const imports = new Map<string, string>();
      for (const node of namedOf(plain(file))) {
        if (node.kind === 'type_declaration') for (const spec of namedOf(node)) this.#declare(spec, file);
        else if (node.kind === 'method_declaration') {
          const receiver = namedOf(childOf(node, 'receiver'))[0];
          const of = receiver && typeOf(childOf(receiver, 'type')).name;
          this.#methods.set(`${folderOf(file)}:${of ?? ''}.${childOf(node, 'name')?.text ?? ''}`, node);
        } else if (node.kind === 'import_declaration')
          for (const [, alias, path = ''] of node.text.matchAll(/(?:([\w.]+)[ \t]+)?"([^"]+)"/g))
            imports.set(alias !== undefined && alias !== 'import' ? alias : (path.split('/').at(-1) ?? path), path);
      }
      this.#imports.set(file, imports);
    }
  }
  #declare(spec: Plain, file: string): void {
    const [name, type] = [childOf(spec, 'name')?.text ?? '', childOf(spec, 'type')];
    const key = `${folderOf(file)}:${name}`;
    if (type?.kind !== 'struct_type') {
      this.#others.set(key, typeOf(type));
      return;
    }
    const fields = childrenOf(namedOf(type)[0] ?? type, 'field_declaration').flatMap((field): readonly GoField[] => {
      const names = namedOf(field).filter(({ field: role }) => role === 'name');
      const written = typeOf(childOf(field, 'type'), /^\*/.test(field.text));
      const more = { type: written, tags: tagsOf(childOf(field, 'tag')), line: field.line };
      if (names.length === 0) return [{ ...more, name: written.name.split('.').at(-1) ?? '', embedded: true }];
      return names.map(({ text }) => ({ ...more, type: typeOf(childOf(field, 'type')), name: text, embedded: false }));
    });
    this.#structs.set(key, { name, file, line: spec.line, fields });
  }

  get all(): readonly GoStruct[] {
    return [...this.#structs.values()];
  }
  #key(name: string, from: string): string {
    const [before, own] = name.split('.');
    if (own === undefined) return `${folderOf(from)}:${name}`;
    const path = this.#imports.get(from)?.get(before ?? '') ?? before ?? '';
    const known = new Set([...this.#imports.keys()].map(folderOf));
    const parts = path.split('/');
    const tails = parts.map((_, n) => parts.slice(n).join('/'));
    const folder = tails.flatMap((tail) => [...known].filter((one) => one === tail || one.endsWith(`/${tail}`)))[0];
    return `${folder ?? `?${path}`}:${own}`;
  }
  struct(name: string, from: string): GoStruct | undefined {
    return this.#structs.get(this.#key(name, from));
  }
  /** What `type Role string` stands for. */
  other(name: string, from: string): GoTypeName | undefined {
    return this.#others.get(this.#key(name, from));
  }
  method(name: string, from: string, method: string): Plain | undefined {
    return this.#methods.get(`${this.#key(name, from)}.${method}`);
  }
}
