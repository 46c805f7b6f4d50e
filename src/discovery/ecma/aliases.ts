// What compiler options and package manifests say a specifier means: read as data, never run.
import { isJsonObject, type JsonObject, jsonObject } from '../files/jsonc.ts';

type Text = (file: string) => string | undefined;
export const folderOf = (file: string): string => file.split('/').slice(0, -1).join('/');
/** Undefined: it leads out of the tree. */
export function joined(folder: string, target: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

export interface Alias {
  /** Text before `*`; all of it where there is none. */
  readonly prefix: string;
  readonly suffix: string;
  readonly exact: boolean;
  /** Paths of the tree, with `*`. */
  readonly targets: readonly string[];
}
/** What a specifier is under an alias. */
export function aliased({ prefix, suffix, exact, targets }: Alias, specifier: string): readonly string[] {
  if (exact) return specifier === prefix ? targets : [];
  if (specifier.length < prefix.length + suffix.length || !specifier.startsWith(prefix) || !specifier.endsWith(suffix)) return [];
  const rest = specifier.slice(prefix.length, specifier.length - suffix.length);
  return targets.map((target) => target.replace('*', () => rest));
}
function alias(pattern: string, targets: readonly (string | undefined)[]): Alias {
  const [prefix = '', suffix] = pattern.split('*');
  return { prefix, suffix: suffix ?? '', exact: suffix === undefined, targets: targets.filter((one) => one !== undefined) };
}
const longestFirst = (a: Alias, b: Alias): number => Number(b.exact) - Number(a.exact) || b.prefix.length - a.prefix.length;
const texts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** `compilerOptions.paths` and `baseUrl`: https://www.typescriptlang.org/tsconfig/#paths. `extends` is followed inside the tree only. */
export function compilerAliases(file: string, text: Text): readonly Alias[] {
  const { paths, base } = options(file, text, 0);
  const found = Object.entries(paths?.value ?? {}).map(([pattern, targets]) =>
    alias(
      pattern,
      texts(targets).map((target) => joined(base ?? paths?.folder ?? '', target.replace('${configDir}', '.'))),
    ),
  );
  if (base !== undefined) found.push(alias('*', [base === '' ? '*' : `${base}/*`]));
  return found.sort(longestFirst);
}
interface Options {
  readonly paths: { readonly value: JsonObject; readonly folder: string } | undefined;
  readonly base: string | undefined;
}
function options(file: string, text: Text, depth: number): Options {
  const json = depth > 8 ? undefined : jsonObject(text(file));
  if (json === undefined) return { paths: undefined, base: undefined };
  const folder = folderOf(file);
  const own = isJsonObject(json.compilerOptions) ? json.compilerOptions : {};
  let inherited: Options = { paths: undefined, base: undefined };
  for (const from of texts(json.extends)) {
    const target = from.startsWith('.') ? joined(folder, from) : undefined;
    const there = [target, `${target}.json`].find((one) => one !== undefined && text(one) !== undefined);
    const next = there === undefined ? undefined : options(there, text, depth + 1);
    inherited = { paths: next?.paths ?? inherited.paths, base: next?.base ?? inherited.base };
  }
  return {
    paths: isJsonObject(own.paths) ? { value: own.paths, folder } : inherited.paths,
    base: typeof own.baseUrl === 'string' ? joined(folder, own.baseUrl) : inherited.base,
  };
}

/** `imports` (https://nodejs.org/api/packages.html#subpath-imports), and `_moduleAliases` of the package module-alias. */
export function packageAliases(file: string, text: Text): readonly Alias[] {
  const json = jsonObject(text(file));
  const folder = folderOf(file);
  const found: Alias[] = [];
  for (const [pattern, target] of Object.entries(isJsonObject(json?.imports) ? json.imports : {}))
    found.push(
      alias(
        pattern,
        targetsOf(target).map((one) => joined(folder, one)),
      ),
    );
  for (const [name, target] of Object.entries(isJsonObject(json?._moduleAliases) ? json._moduleAliases : {})) {
    const to = typeof target === 'string' ? joined(folder, target) : undefined;
    if (to !== undefined) found.push(alias(name, [to]), alias(`${name}/*`, [to === '' ? '*' : `${to}/*`]));
  }
  return found.sort(longestFirst);
}

const conditions = ['source', 'development', 'import', 'node', 'module', 'require', 'default', 'types'];
/** Files that a target of `exports` or `imports` may mean, the best first. */
function targetsOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return [target];
  if (Array.isArray(target)) return target.flatMap(targetsOf);
  if (!isJsonObject(target)) return [];
  return conditions.flatMap((name) => targetsOf(target[name]));
}

/** What `name` and `name/…` may mean for a package of the tree, the best first. */
export function packageEntries(file: string, text: Text): readonly Alias[] {
  const json = jsonObject(text(file));
  const name = json?.name;
  if (json === undefined || typeof name !== 'string' || name === '') return [];
  const folder = folderOf(file);
  const inside = (targets: readonly string[]): readonly string[] =>
    targets.flatMap((one) => sourcesOf(one)).flatMap((one) => joined(folder, one) ?? []);
  const exports = json.exports;
  const map = isJsonObject(exports) && Object.keys(exports).every((key) => key.startsWith('.')) ? exports : { '.': exports };
  const found = Object.entries(map).map(([key, target]) => alias(`${name}${key.slice(1)}`, inside(targetsOf(target))));
  found.push(
    alias(
      name,
      inside([...texts(json.source), ...texts(json.module), ...texts(json.main), ...texts(json.types), 'src/index', 'index']),
    ),
  );
  found.push(alias(`${name}/*`, inside(['*', 'src/*'])));
  return found.sort(longestFirst);
}

/** What is built is not in the tree: `dist/x.js` was `src/x.ts`. */
function sourcesOf(target: string): readonly string[] {
  const [, rest] = /^\.?\/?(?:dist|build|lib|out|es|cjs|esm)\/(?:(?:esm|cjs|es|src|lib)\/)?(.+)$/.exec(target) ?? [];
  const plain = rest?.replace(/\.d\.([mc]?ts)$/, '.$1');
  return plain === undefined ? [target] : [target, `src/${plain}`, plain];
}
