// Where the links of a set-up output lead: symbolic links, and the files that package managers write to the same end.
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { insidePaths } from '../host/sandbox/contract.ts';
import { pluginError } from '../plugin-api.ts';

/** What a link of an output may lead to besides the tree: the system's own folders, the same for every tree. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/opt', '/etc', '/nix', '/dev', '/proc'];

const below = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

export const outside = (place: string, why: string) =>
  pluginError({
    code: 'setup/outside',
    message: `The set-up output ${place} leaves its tree: ${why}.`,
    hint: 'What one tree uses must lie in it, or base and candidate could run the same code. Install it into the tree, without links to other places; docs/set-up.md says how, for each package manager.',
  });

/** Paths that the text of a file leads to, by the name of the file. */
interface TextLinks {
  readonly name: RegExp;
  readonly targets: (text: string) => readonly string[];
}

const all = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);

const textLinks: readonly TextLinks[] = [
  // https://docs.python.org/3/library/site.html: each line is a folder, unless it begins with `import` or `#`.
  {
    name: /\.pth$/,
    targets: (text) => text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^(?:import[ \t]|#)/.test(line)),
  },
  // https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html: the folder of the code, then that of its set-up script.
  { name: /\.egg-link$/, targets: (text) => text.split(/\r?\n/).slice(0, 1) },
  // What setuptools writes for an editable install: `MAPPING: dict[str, str] = {'package': '/folder'}`.
  { name: /^__editable__.*_finder\.py$/, targets: (text) => all(text, /'(\/[^'\n]*)'/g) },
  // https://yarnpkg.com/advanced/pnp-spec
  { name: /^\.pnp(?:\.c?js|\.data\.json)$/, targets: (text) => all(text, /"packageLocation":\s*"([^"]*)"/g) },
];

/**
 * Links inside an output may lead anywhere in the tree (workspaces do) and to the system's folders (virtual environments do). `place`:
 * where the output lies in the tree. `mounted`: it is seen at the path of the sandbox, where it was made; else it is copied into every
 * tree, and no absolute path may lead into one.
 */
export async function checkLinks(o: {
  readonly folder: string;
  readonly place: string;
  readonly mounted: boolean;
}): Promise<void> {
  const absolute = o.mounted ? [insidePaths.tree, ...systemFolders] : systemFolders;
  const refuse = (name: string, target: string): void => {
    const leads = path.posix.resolve('/tree', path.posix.dirname(name), target);
    const fits = path.posix.isAbsolute(target)
      ? absolute.some((folder) => below(path.posix.normalize(target), folder))
      : below(leads, '/tree');
    if (!fits) throw outside(o.place, `the link ${name} leads to ${target}${o.mounted ? '' : elsewhere}`);
  };
  const read = async (file: string, name: string): Promise<void> => {
    const kind = textLinks.find((one) => one.name.test(path.posix.basename(name)));
    if (kind !== undefined) for (const target of kind.targets(await readFile(file, 'utf8'))) refuse(name, target);
  };
  const visit = async (folder: string, at: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      const name = path.posix.join(at, entry.name);
      if (entry.isDirectory()) await visit(full, name);
      else if (entry.isSymbolicLink()) refuse(name, await readlink(full));
      else if (entry.isFile()) await read(full, name);
    }
  };
  if ((await stat(o.folder)).isDirectory()) await visit(o.folder, o.place);
  else await read(o.folder, o.place);
}

const elsewhere = '; without a sandbox every tree lies at another path, and absolute links cannot lead into it';
