import { childOf, childrenOf, namedOf, type Plain } from '../plain.ts';
import { annotationsOf, typeName, valuesOf } from './annotations.ts';

/** A class, an interface, an enum, a record or a type of annotations. */
export interface JavaType {
  readonly name: string;
  readonly node: Plain;
  readonly file: string;
  readonly outer: JavaType | undefined;
}
/** A method or a field with the type that declares it. */
export interface Member {
  readonly node: Plain;
  readonly of: JavaType;
}
const kinds = /^(class|interface|enum|record|annotation_type)_declaration$/;
const deepest = 12;
/** Files of one package that are read for types that no file is named after. */
const largestFolder = 300;

/** The types of a Java program. Of packages no more is known than their folders, as compilers want them. */
export class Java {
  readonly #plain: (file: string) => Plain | undefined;
  readonly #byName = new Map<string, string[]>();
  readonly #types = new Map<string, readonly JavaType[]>();
  readonly #imports = new Map<string, readonly string[]>();
  readonly #folders = new Map<string, ReadonlyMap<string, JavaType>>();
  readonly files: readonly string[];

  constructor(files: readonly string[], plain: (file: string) => Plain | undefined) {
    this.files = files;
    this.#plain = plain;
    for (const file of files) {
      const name =
        file
          .split('/')
          .at(-1)
          ?.replace(/\.java$/, '') ?? '';
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), file]);
    }
  }

  /** All types of a file, also those within others. */
  types(file: string): readonly JavaType[] {
    const known = this.#types.get(file);
    if (known !== undefined) return known;
    const found: JavaType[] = [];
    const add = (nodes: readonly Plain[], outer: JavaType | undefined): void => {
      for (const node of nodes) {
        if (!kinds.test(node.kind)) continue;
        const type = { name: childOf(node, 'name')?.text ?? '', node, file, outer };
        found.push(type);
        add(bodyOf(node), type);
      }
    };
    add(namedOf(this.#plain(file)), undefined);
    this.#types.set(file, found);
    return found;
  }
  #importsOf(file: string): readonly string[] {
    const known = this.#imports.get(file);
    if (known !== undefined) return known;
    const found = childrenOf(this.#plain(file) ?? undefinedRoot, 'import_declaration').map(({ text }) =>
      text.replace(/^import\s+(static\s+)?|\s|;$/g, ''),
    );
    this.#imports.set(file, found);
    return found;
  }

  /** The type that a name means in a file, where it is of this program. */
  type(written: string, from: JavaType): JavaType | undefined {
    const parts = written.replace(/<.*$/s, '').split('.');
    const name = parts.at(-1) ?? '';
    for (let at: JavaType | undefined = from; at !== undefined; at = at.outer)
      if (at.name === name && parts.length === 1) return at;
    const here = this.types(from.file).find((one) => one.name === name);
    if (here !== undefined && (parts.length === 1 || here.outer?.name === parts.at(-2))) return here;
    // `Paths.Users`: within a type.
    if (parts.length > 1 && /^[A-Z]/.test(parts.at(-2) ?? '')) {
      const outer = this.type(parts.slice(0, -1).join('.'), from);
      return outer && this.types(outer.file).find((one) => one.name === name && one.outer?.name === outer.name);
    }
    const imported = this.#importsOf(from.file);
    const exact = parts.length > 1 ? written : imported.find((one) => one.endsWith(`.${name}`));
    const folder = from.file.replace(/[^/]*$/, '');
    const candidates = this.#byName.get(name) ?? [];
    if (exact !== undefined) {
      const file = candidates.find((one) => one.endsWith(`${exact.replaceAll('.', '/')}.java`));
      if (file !== undefined) return this.types(file).find((one) => one.name === name);
      const outer = exact.split('.').at(-2) ?? '';
      const within = (this.#byName.get(outer) ?? []).find((one) =>
        one.endsWith(`${exact.split('.').slice(0, -1).join('/')}.java`),
      );
      return within === undefined ? undefined : this.types(within).find((one) => one.name === name);
    }
    const wild = imported
      .filter((one) => one.endsWith('.*'))
      .map((one) => `${one.slice(0, -2).replaceAll('.', '/')}/${name}.java`);
    const file =
      candidates.find((one) => one === `${folder}${name}.java`) ??
      candidates.find((one) => wild.some((path) => one.endsWith(path)));
    if (file !== undefined) return this.types(file).find((one) => one.name === name);
    // A file may hold more types than the one that it is named after.
    return this.#beside(folder).get(name);
  }
  #beside(folder: string): ReadonlyMap<string, JavaType> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const files = this.files.filter((file) => file.startsWith(folder) && !file.slice(folder.length).includes('/'));
    const types = files.length > largestFolder ? [] : files.flatMap((file) => this.types(file));
    const found = new Map(types.filter(({ outer }) => outer === undefined).map((type) => [type.name, type]));
    this.#folders.set(folder, found);
    return found;
  }

  /** What it extends and implements, nearest first; `missing`: names that are not of this program. */
  above(type: JavaType, missing: (name: string, node: Plain) => void = () => undefined): readonly JavaType[] {
    const found: JavaType[] = [];
    const open = [type];
    for (let at = open.shift(); at !== undefined && found.length < 100; at = open.shift())
      for (const node of parentsOf(at.node)) {
        const parent = this.type(node.kind === 'generic_type' ? (namedOf(node)[0]?.text ?? '') : node.text, at);
        if (parent === undefined) missing(typeName(node), node);
        else if (!found.includes(parent) && parent !== type) {
          found.push(parent);
          open.push(parent);
        }
      }
    return found;
  }

  members(type: JavaType, kind: 'method_declaration' | 'field_declaration'): readonly Member[] {
    return bodyOf(type.node)
      .filter((node) => node.kind === kind || (kind === 'field_declaration' && node.kind === 'constant_declaration'))
      .map((node) => ({ node, of: type }));
  }

  /** The text of a constant expression. */
  text(node: Plain | undefined, from: JavaType, depth = 0): string | undefined {
    if (node === undefined || depth > deepest) return undefined;
    switch (node.kind) {
      case 'string_literal':
        return node.text.startsWith('"""')
          ? node.text.slice(3, -3).trim()
          : node.text.slice(1, -1).replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one === 't' ? '\t' : one));
      case 'decimal_integer_literal':
        return node.text;
      case 'parenthesized_expression':
        return this.text(namedOf(node)[0], from, depth + 1);
      case 'binary_expression': {
        const [left, right] = [
          this.text(childOf(node, 'left'), from, depth + 1),
          this.text(childOf(node, 'right'), from, depth + 1),
        ];
        return left === undefined || right === undefined ? undefined : left + right;
      }
      case 'identifier':
        return this.#constant(node.text, from, depth);
      case 'field_access': {
        const type = this.type(childOf(node, 'object')?.text ?? '', from);
        return type && this.#constant(childOf(node, 'field')?.text ?? '', type, depth);
      }
      default:
        return undefined;
    }
  }
  #constant(name: string, from: JavaType, depth: number): string | undefined {
    for (let at: JavaType | undefined = from; at !== undefined; at = at.outer)
      for (const one of [at, ...this.above(at)])
        for (const { node } of this.members(one, 'field_declaration'))
          for (const declarator of childrenOf(node, 'variable_declarator'))
            if (childOf(declarator, 'name')?.text === name) return this.text(childOf(declarator, 'value'), one, depth + 1);
    for (const path of this.#importsOf(from.file)) {
      const parts = path.split('.');
      if (parts.at(-1) !== name && parts.at(-1) !== '*') continue;
      const owner = this.type(parts.slice(0, -1).join('.'), from);
      if (owner === undefined || owner === from || depth > deepest) continue;
      const found = this.#constant(name, owner, depth + 4);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  /** All texts of one value or of an array; undefined: one of them is not known. */
  texts(node: Plain | undefined, from: JavaType): readonly string[] | undefined {
    const all = valuesOf(node).map((one) => this.text(one, from));
    return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? []);
  }

  /** Is it annotated with one of these, itself or by an annotation of this program? */
  isAnnotated(type: JavaType, names: RegExp, depth = 0): boolean {
    return annotationsOf(type.node).some(({ name }) => {
      if (names.test(name)) return true;
      const own = depth > 3 ? undefined : this.type(name, type);
      return own !== undefined && own !== type && this.isAnnotated(own, names, depth + 1);
    });
  }
}

const undefinedRoot: Plain = {
  kind: 'program',
  field: null,
  start: 0,
  end: 0,
  named: true,
  children: [],
  parent: null,
  text: '',
  line: 1,
};
const bodyOf = (node: Plain): readonly Plain[] =>
  namedOf(childOf(node, 'body')).flatMap((one) => (one.kind === 'enum_body_declarations' ? namedOf(one) : [one]));
const parentsOf = (node: Plain): readonly Plain[] => [
  ...namedOf(childOf(node, 'superclass')),
  ...[childOf(node, 'interfaces'), ...childrenOf(node, 'extends_interfaces')]
    .flatMap((one) => namedOf(one))
    .flatMap((one) => (one.kind === 'type_list' ? namedOf(one) : [one])),
];
