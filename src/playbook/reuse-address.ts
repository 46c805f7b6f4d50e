// What stands behind `extends:` and `from:`: which file that is, seen from the file that says so.
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fail, type Result, succeed } from '../model/result.ts';
import { packageRoot } from '../package-root.ts';

/** Where a file of the language lies. */
export type Location =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'shipped'; readonly path: string; readonly name: string }
  /** `root`: folder of the package, which its files cannot leave. */
  | { readonly kind: 'package'; readonly path: string; readonly root: string; readonly name: string }
  /** `path` is that in the commit. */
  | { readonly kind: 'git'; readonly url: string; readonly commit: string; readonly path: string };

/** A file of a git commit. */
export type GitAddress = Extract<Location, { readonly kind: 'git' }>;

export type AddressProblem =
  | { readonly code: 'reuse/form'; readonly facts: { readonly address: string; readonly why: string } }
  | { readonly code: 'reuse/escapes'; readonly facts: { readonly address: string; readonly of: string } }
  | {
      readonly code: 'reuse/not-found';
      readonly facts: { readonly address: string; readonly why: string; readonly hint: string };
    };

/** Same file, same key. */
export const locationKey = (location: Location): string =>
  location.kind === 'git' ? `${location.url}@${location.commit}#${location.path}` : location.path;

/** As a person would write or open it. */
export function locationName(location: Location, cwd: string): string {
  switch (location.kind) {
    case 'shipped':
      return `bexpert:${location.name}`;
    case 'git':
      return `git+${location.url}@${location.commit}#${location.path}`;
    case 'file':
    case 'package':
      return path.relative(cwd, location.path) || path.basename(location.path);
  }
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

/** `scopeFolder`: packages are looked for there too. */
export function locate(
  address: string,
  from: { readonly location: Location; readonly scopeFolder: string },
): Result<Location, AddressProblem> {
  if (address.startsWith('bexpert:')) return shipped(address);
  if (address.startsWith('npm:')) return ofPackage(address, from);
  if (address.startsWith('git+')) return ofGit(address);
  const form = (why: string) => fail({ code: 'reuse/form', facts: { address, why } } as const);
  if (address.trim() === '') return form('it is empty');
  if (path.isAbsolute(address) || path.win32.isAbsolute(address))
    return form('it is absolute, so it is another file on each machine');
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return form('it begins like an address of a kind that there is not');
  if (address.includes('\\')) return form('it is written with backslashes');
  if (!isYaml(address)) return form('it names no .yml or .yaml file');
  return beside(address, from.location);
}

function shipped(address: string): Result<Location, AddressProblem> {
  const name = address.slice('bexpert:'.length).replace(/\.ya?ml$/, '');
  if (!/^[\w-]+$/.test(name))
    return fail({ code: 'reuse/form', facts: { address, why: 'behind `bexpert:` stands the name of a playbook' } });
  return succeed({ kind: 'shipped', name, path: path.join(packageRoot(), 'playbooks', `${name}.yml`) });
}

/** A path relative to the file that says it. */
function beside(address: string, location: Location): Result<Location, AddressProblem> {
  switch (location.kind) {
    case 'file':
      return succeed({ kind: 'file', path: path.resolve(path.dirname(location.path), address) });
    case 'shipped': {
      const file = path.resolve(path.dirname(location.path), address);
      return succeed({ kind: 'shipped', path: file, name: path.basename(file).replace(/\.ya?ml$/, '') });
    }
    case 'package': {
      const file = path.resolve(path.dirname(location.path), address);
      return inside(location, file, address);
    }
    case 'git': {
      const file = path.posix.join(path.posix.dirname(location.path), address);
      if (file.startsWith('../'))
        return fail({ code: 'reuse/escapes', facts: { address, of: `the repository ${location.url}` } });
      return succeed({ ...location, path: file });
    }
  }
}

type PackageLocation = Extract<Location, { readonly kind: 'package' }>;

/** A link counts as what it leads to. */
function inside(at: Omit<PackageLocation, 'path'>, file: string, address: string): Result<Location, AddressProblem> {
  const real = existsSync(file) ? realpathSync(file) : file;
  const relative = path.relative(at.root, real);
  if (relative.startsWith('..') || path.isAbsolute(relative))
    return fail({ code: 'reuse/escapes', facts: { address, of: `the package ${at.name}` } });
  return succeed({ kind: 'package', name: at.name, root: at.root, path: file });
}

function ofPackage(
  address: string,
  from: { readonly location: Location; readonly scopeFolder: string },
): Result<Location, AddressProblem> {
  const match = /^npm:((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:\/(.+))?$/i.exec(address);
  const [, name, file] = match ?? [];
  if (name === undefined)
    return fail({ code: 'reuse/form', facts: { address, why: 'behind `npm:` stands the name of a package, and a file in it' } });
  if (file === undefined || !isYaml(file))
    return fail({
      code: 'reuse/form',
      facts: { address, why: `it names no .yml file of the package, as \`npm:${name}/backend.yml\` does` },
    });
  const starts = [
    ...(from.location.kind === 'git' || from.location.kind === 'shipped' ? [] : [path.dirname(from.location.path)]),
    from.scopeFolder,
  ];
  for (const start of starts) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      const found = path.join(folder, 'node_modules', name);
      if (existsSync(found)) {
        const root = realpathSync(found);
        return inside({ kind: 'package', name, root }, path.join(root, file), address);
      }
      if (path.dirname(folder) === folder) break;
    }
  }
  return fail({
    code: 'reuse/not-found',
    facts: {
      address,
      why: `the package ${name} is not installed`,
      hint: `Install it in the repository: \`npm install --save-dev ${name}\`.`,
    },
  });
}

/** As pip and npm write addresses of git, with the file behind `#`. */
function ofGit(address: string): Result<Location, AddressProblem> {
  const form = (why: string) => fail({ code: 'reuse/form', facts: { address, why } } as const);
  // A user before the host has an `@` too: only the one behind the first `/` of the path begins the commit.
  const match = /^git\+((?:https|ssh|file):\/\/[^/\s#]*\/[^@\s#]+)(?:@([^@\s#]*))?(?:#(.*))?$/.exec(address);
  const [, url, commit, file] = match ?? [];
  if (url === undefined) return form('it is no address such as `git+https://host/acme/playbooks.git@<commit>#backend.yml`');
  if (commit === undefined) return form('it names no commit');
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    return form(`\`${commit}\` is no full commit, and what a branch, a tag or a short name means can change`);
  if (file === undefined || !isYaml(file)) return form('it names no .yml file behind `#`');
  const normal = path.posix.normalize(file);
  if (normal.startsWith('../') || path.posix.isAbsolute(normal))
    return fail({ code: 'reuse/escapes', facts: { address, of: `the repository ${url}` } });
  return succeed({ kind: 'git', url, commit, path: normal });
}
