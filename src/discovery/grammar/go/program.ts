import { childOf, childrenOf, namedOf, type Plain, within } from '../plain.ts';

export interface GoFiles {
  readonly files: readonly string[];
  plain(file: string): Plain | undefined;
}
export interface Declared {
  readonly node: Plain;
  readonly file: string;
}
const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '');

/** Functions, constants and imports of a Go program, by folder: a folder is a package. */
export class GoProgram {
  readonly #files: GoFiles;
  readonly #functions = new Map<string, Declared>();
  readonly #methods = new Map<string, Declared[]>();
  readonly #constants = new Map<string, Declared>();
  readonly #imports = new Map<string, ReadonlyMap<string, string>>();
  readonly #folders = new Set<string>();

  constructor(files: GoFiles) {
    this.#files = files;
    for (const file of files.files) {
      const root = files.plain(file);
      if (root === undefined) continue;
      this.#folders.add(folderOf(file));
      for (const node of root.children) this.#declare(node, file);
    }
  }
  #declare(node: Plain, file: string): void {
    const name = childOf(node, 'name')?.text ?? '';
    if (node.kind === 'function_declaration') this.#functions.set(`${folderOf(file)}:${name}`, { node, file });
    else if (node.kind === 'method_declaration') this.#methods.set(name, [...(this.#methods.get(name) ?? []), { node, file }]);
    else if (/^(const|var)_declaration$/.test(node.kind))
      for (const spec of within(node, ['const_spec', 'var_spec'])) {
        const values = namedOf(childOf(spec, 'value'));
        for (const [n, one] of spec.children.filter(({ field, named }) => field === 'name' && named).entries()) {
          const value = values[n];
          if (value) this.#constants.set(`${folderOf(file)}:${one.text}`, { node: value, file });
        }
      }
  }

  get functions(): Iterable<Declared> {
    return [...this.#functions.values(), ...[...this.#methods.values()].flat()];
  }
  tree(file: string): Plain | undefined {
    return this.#files.plain(file);
  }

  /** Path by the name that a file uses. */
  imports(file: string): ReadonlyMap<string, string> {
    const known = this.#imports.get(file);
    if (known !== undefined) return known;
    const found = new Map<string, string>();
    for (const spec of within(this.#files.plain(file), ['import_spec'])) {
      const path = childOf(spec, 'path')?.text.replace(/^["`]|["`]$/g, '') ?? '';
      const parts = path.split('/');
      const last = parts.at(-1) ?? '';
      const name = (/^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last).replace(/\.v\d+$/, '').replace(/^go-|-go$/g, '');
      found.set(childOf(spec, 'name')?.text ?? name, path);
    }
    this.#imports.set(file, found);
    return found;
  }
  /** The folder of a package of this tree: an import ends with it. */
  #folder(path: string): string | undefined {
    const parts = path.split('/');
    for (let n = 0; n < parts.length; n += 1) {
      const tail = parts.slice(n).join('/');
      const found = [...this.#folders].filter((folder) => folder === tail || folder.endsWith(`/${tail}`));
      if (found.length > 0) return found.toSorted((a, b) => a.length - b.length)[0];
    }
    return undefined;
  }

  /** The function that `name(...)` or `pkg.name(...)` calls. */
  function(callee: Plain, file: string): Declared | undefined {
    if (callee.kind === 'identifier') return this.#functions.get(`${folderOf(file)}:${callee.text}`);
    const path = this.imports(file).get(childOf(callee, 'operand')?.text ?? '');
    const folder = path === undefined ? undefined : this.#folder(path);
    return folder === undefined ? undefined : this.#functions.get(`${folder}:${childOf(callee, 'field')?.text ?? ''}`);
  }
  methods(name: string): readonly Declared[] {
    return this.#methods.get(name) ?? [];
  }

  /** A text that is written, a constant, or a sum of them. */
  text(node: Plain | undefined, file: string, depth = 0): string | undefined {
    if (node === undefined || depth > 8) return undefined;
    switch (node.kind) {
      case 'interpreted_string_literal':
        try {
          return JSON.parse(node.text) as string;
        } catch {
          return node.text.slice(1, -1);
        }
      case 'raw_string_literal':
        return node.text.slice(1, -1);
      case 'parenthesized_expression':
        return this.text(namedOf(node)[0], file, depth + 1);
      case 'binary_expression': {
        const [left, right] = [
          this.text(childOf(node, 'left'), file, depth + 1),
          this.text(childOf(node, 'right'), file, depth + 1),
        ];
        return childOf(node, 'operator')?.kind === '+' && left !== undefined && right !== undefined ? left + right : undefined;
      }
      case 'identifier': {
        const found = this.#constants.get(`${folderOf(file)}:${node.text}`);
        return found && this.text(found.node, found.file, depth + 1);
      }
      case 'selector_expression': {
        const [, method] = /^http\.Method(\w+)$/.exec(node.text) ?? [];
        if (method !== undefined) return method.toUpperCase();
        const path = this.imports(file).get(childOf(node, 'operand')?.text ?? '');
        const folder = path === undefined ? undefined : this.#folder(path);
        const found = folder === undefined ? undefined : this.#constants.get(`${folder}:${childOf(node, 'field')?.text ?? ''}`);
        return found && this.text(found.node, found.file, depth + 1);
      }
      default:
        return undefined;
    }
  }
}

/** Names and types of parameters, in their order. */
export const parametersOf = (list: Plain | undefined): readonly { readonly name: string; readonly type: string }[] =>
  childrenOf(list, 'parameter_declaration').flatMap((one) => {
    const type = childOf(one, 'type')?.text ?? '';
    const names = one.children.filter(({ field, named }) => field === 'name' && named);
    return names.length === 0 ? [{ name: '', type }] : names.map(({ text }) => ({ name: text, type }));
  });
