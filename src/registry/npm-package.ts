// Plugins from npm: found where npm installed them, in the checkout; what base's lock file says of them decides whether they may judge.
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../model/result.ts';
import { isFields } from './conform.ts';
import { exists } from './team-bundle.ts';

/** Where packages are looked for. */
export interface PackageSource {
  /** Absolute folder of the scope in the user's checkout: `node_modules` is in no commit. */
  readonly folder: string;
  /** Text of a file of the scope, of base where base judges; `../` leads to the repository above. */
  readScope(file: string): Promise<string | undefined>;
}

const form = /^npm:((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)$/;

const json = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
};
const onDisk = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

interface Installed {
  /** Folder that holds `node_modules`. */
  readonly owner: string;
  readonly folder: string;
}
async function installed(from: string, name: string): Promise<Installed | undefined> {
  for (let owner = from; ; owner = path.dirname(owner)) {
    const folder = path.join(owner, 'node_modules', name);
    if (await exists(path.join(folder, 'package.json'))) return { owner, folder };
    if (path.dirname(owner) === owner) return undefined;
  }
}

/** What a lock file of npm, or npm's own record in node_modules, says of a package. */
function lockedAs(lock: unknown, name: string): { readonly version: string; readonly integrity: string | undefined } | undefined {
  const packages = isFields(lock) ? lock.packages : undefined;
  const entry = isFields(packages) ? packages[`node_modules/${name}`] : undefined;
  if (!isFields(entry) || typeof entry.version !== 'string') return undefined;
  return { version: entry.version, integrity: typeof entry.integrity === 'string' ? entry.integrity : undefined };
}

/** What is wrong with the installed version; undefined: nothing that can be known. */
async function lockFault(name: string, found: Installed, version: unknown, source: PackageSource): Promise<string | undefined> {
  const above = path.relative(source.folder, found.owner).split(path.sep).join('/');
  const texts = ['package-lock.json', 'npm-shrinkwrap.json'].map((file) => source.readScope(path.posix.join(above, file)));
  const text = (await Promise.all(texts)).find((one) => one !== undefined);
  // Another package manager's lock file; what is judged by is then pinned by content only.
  if (text === undefined) return undefined;
  const locked = lockedAs(json(text), name);
  if (locked === undefined)
    return 'it is installed, and package-lock.json does not name it: install it with `npm install --save-dev`';
  if (locked.version !== version)
    return `its version ${String(version)} is installed, and package-lock.json says ${locked.version}: \`npm ci\` installs what it says`;
  const record = lockedAs(json(await onDisk(path.join(found.owner, 'node_modules/.package-lock.json'))), name);
  if (record?.integrity !== undefined && locked.integrity !== undefined && record.integrity !== locked.integrity)
    return `what is installed is another ${locked.version} than the one whose hash package-lock.json has`;
  return undefined;
}

/** The folder with the plugin of a package; `name` as after `uses:`. */
export async function packageFolder(name: string, source: PackageSource): Promise<Result<string, string>> {
  const packageName = form.exec(name)?.[1];
  if (packageName === undefined) return fail('a plugin from npm is named `npm:` and the name of its package, without a version');
  const found = await installed(source.folder, packageName);
  if (found === undefined) return fail(`the package ${packageName} is not installed: there is no node_modules/${packageName}`);
  const manifest = json(await onDisk(path.join(found.folder, 'package.json')));
  if (!isFields(manifest)) return fail(`package.json of ${packageName} cannot be read`);
  const fault = await lockFault(packageName, found, manifest.version, source);
  if (fault !== undefined) return fail(fault);
  const root = await realpath(found.folder);
  const named = isFields(manifest.bexpert) ? manifest.bexpert.manifest : undefined;
  if (named === undefined) return succeed(root);
  const file = typeof named === 'string' ? path.resolve(root, named) : root;
  if (!file.startsWith(root + path.sep) || !(await exists(file)))
    return fail(`\`bexpert.manifest\` in its package.json is ${JSON.stringify(named)}, and there is no such file in the package`);
  return succeed(path.dirname(file));
}
