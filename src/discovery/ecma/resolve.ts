// Which file of the tree a specifier means. Nothing outside the tree is looked at, and nothing of it is run.
import { type Alias, aliased, compilerAliases, folderOf, joined, packageAliases, packageEntries } from './aliases.ts';

const endings = ['', '.ts', '.js', '.tsx', '.jsx', '.mts', '.mjs', '.cts', '.cjs'];
const indexes = endings.slice(1).map((ending) => `/index${ending}`);

interface Of {
  /** All files of the scope. */
  readonly files: readonly string[];
  has(file: string): boolean;
  text(file: string): string | undefined;
}
type Aliases = readonly Alias[];

export class Resolver {
  readonly #of: Of;
  readonly #known = new Map<string, string | undefined>();
  readonly #aliases = new Map<string, Aliases>();
  /** Configurations by folder. */
  #configs: ReadonlyMap<string, readonly string[]> | undefined;
  #packages: ReadonlyMap<string, Aliases> | undefined;

  constructor(of: Of) {
    this.#of = of;
  }
  /** Undefined: a package, or a file that is not read. TypeScript writes `./x.js` and means `./x.ts`. */
  resolve(from: string, specifier: string): string | undefined {
    const folder = folderOf(from);
    const key = `${folder}\n${specifier}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const found = this.#find(
      folder,
      specifier.replace(/[?#].*$/, (rest) => (specifier.startsWith('#') ? rest : '')) || specifier,
    );
    this.#known.set(key, found);
    return found;
  }

  #find(folder: string, specifier: string): string | undefined {
    if (/^\.\.?(\/|$)/.test(specifier)) return this.#file(joined(folder, specifier));
    if (specifier.startsWith('/') || /^(node|bun|https?|data|file):/.test(specifier)) return undefined;
    for (const at of upwards(folder)) {
      for (const file of this.#configsIn(at)) {
        const found = this.#first(this.#aliasesOf(file), specifier);
        if (found !== undefined) return found;
      }
      // No package has such a name: frameworks let `~/x` and `@/x` mean the application's folder.
      const [, rest] = /^(?:~{1,2}|@{1,2})\/(.+)$/.exec(specifier) ?? [];
      if (rest === undefined || !this.#configsIn(at).some((file) => file.endsWith('package.json'))) continue;
      const found = ['', 'src/', 'app/']
        .map((inner) => this.#file(joined(at, `${inner}${rest}`)))
        .find((one) => one !== undefined);
      if (found !== undefined) return found;
    }
    const [first = '', second = ''] = specifier.split('/');
    const entries = this.#packagesByName().get(first.startsWith('@') ? `${first}/${second}` : first);
    return entries === undefined ? undefined : this.#first(entries, specifier);
  }

  #first(aliases: Aliases, specifier: string): string | undefined {
    for (const one of aliases) {
      for (const target of aliased(one, specifier)) {
        const found = this.#file(target);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #file(target: string | undefined): string | undefined {
    if (target === undefined) return undefined;
    const bases = [target, target.replace(/\.([mc]?)jsx?$/, '.$1ts'), target.replace(/\.jsx?$/, '.tsx')];
    for (const base of new Set(bases)) {
      for (const ending of [...endings, ...indexes]) {
        const file = base === '' ? ending.slice(1) : `${base}${ending}`;
        if (this.#of.has(file)) return file;
      }
    }
    return undefined;
  }

  #configsIn(folder: string): readonly string[] {
    this.#configs ??= configsByFolder(this.#of.files);
    return this.#configs.get(folder) ?? [];
  }
  #aliasesOf(file: string): Aliases {
    const known = this.#aliases.get(file);
    if (known !== undefined) return known;
    const read = file.endsWith('package.json') ? packageAliases : compilerAliases;
    const aliases = read(file, (name) => this.#of.text(name));
    this.#aliases.set(file, aliases);
    return aliases;
  }
  #packagesByName(): ReadonlyMap<string, Aliases> {
    if (this.#packages !== undefined) return this.#packages;
    const found = new Map<string, Aliases>();
    for (const file of this.#of.files.filter((one) => /(^|\/)package\.json$/.test(one))) {
      const entries = packageEntries(file, (name) => this.#of.text(name));
      const name = entries
        .find(({ exact }) => exact)
        ?.prefix.split('/')
        .slice(0, entries[0]?.prefix.startsWith('@') ? 2 : 1)
        .join('/');
      if (name !== undefined && !found.has(name)) found.set(name, entries);
    }
    this.#packages = found;
    return found;
  }
}

/** `tsconfig.json` before others of its folder, for others add to it. */
function configsByFolder(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const name = (file: string): string => file.split('/').at(-1) ?? '';
  const wanted = files.filter((file) => /^((ts|js)config([.-][\w.-]+)?|package)\.json$/.test(name(file)));
  for (const file of wanted.sort((a, b) => name(a).length - name(b).length || (a < b ? -1 : 1))) {
    const list = found.get(folderOf(file));
    if (list === undefined) found.set(folderOf(file), [file]);
    else list.push(file);
  }
  return found;
}

function upwards(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return Array.from({ length: parts.length + 1 }, (_, n) => parts.slice(0, parts.length - n).join('/'));
}
