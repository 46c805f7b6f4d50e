// What decides how the tests run comes from base. The runner overlays protected files already; this looks once more, at what Vitest really read.
import type { Finding, Tree } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

const extensions = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
/** In the order in which Vitest looks. */
const rootConfigs = ['vitest.config', 'vite.config'].flatMap((name) => extensions.map((extension) => `${name}.${extension}`));
const anyConfig = ['**/{vitest,vite}.{config,workspace,projects}.*'];

/** The configuration that base has at its root; where base has none, none is loaded. */
export async function configOf(base: Tree): Promise<string | false> {
  for (const file of rootConfigs) if (await base.exists(file)) return file;
  return false;
}

async function same(base: Tree, candidate: Tree, file: string): Promise<boolean> {
  const [there, here] = [await base.exists(file), await candidate.exists(file)];
  if (!there || !here) return there === here;
  return Buffer.compare(Buffer.from(await base.readBytes(file)), Buffer.from(await candidate.readBytes(file))) === 0;
}

function toolVersions(text: string): ReadonlyMap<string, string> {
  const content = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
  return new Map(
    ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides', 'resolutions'].flatMap((key) =>
      Object.entries(content[key] ?? {})
        .filter(([name]) => /^(vitest|vite|chai|@vitest\/.+)$/.test(name))
        .map(([name, version]): [string, string] => [name, typeof version === 'string' ? version : JSON.stringify(version)]),
    ),
  );
}

/** A test tool that no longer comes from a registry: a folder of the tree, an alias, an address. */
async function foreignTools(base: Tree, candidate: Tree): Promise<readonly Finding<Code>[]> {
  const read = async (tree: Tree) =>
    (await tree.exists('package.json')) ? toolVersions(await tree.read('package.json')) : new Map<string, string>();
  const [before, after] = [await read(base), await read(candidate)];
  const kept = new Set(await base.glob(['**/node_modules/**']));
  const shadows = (await candidate.glob(['**/node_modules/**'])).filter((file) => !kept.has(file));
  return [
    ...[...after]
      .filter(([name, version]) => before.get(name) !== version && /[:/{]/.test(version) && !version.startsWith('catalog:'))
      .map(
        ([name, version]): Finding<Code> => ({
          code: 'tests/tampered',
          severity: 'error',
          subject: name,
          message: `package.json takes ${name} from ${version}; base has ${before.get(name) ?? 'none'}, and a test tool must come from the registry.`,
          location: { file: 'package.json' },
        }),
      ),
    ...shadows.slice(0, 10).map(
      (file): Finding<Code> => ({
        code: 'tests/tampered',
        severity: 'error',
        subject: file,
        message: `${file} lies in the tree beside the installed packages; base does not have it.`,
        location: { file },
        hint: 'Packages come from the set-up step only.',
      }),
    ),
  ];
}

/** `setUp`: files that ran before the tests. */
export async function changedMeans(options: {
  readonly base: Tree;
  readonly candidate: Tree;
  readonly setUp: readonly string[];
}): Promise<readonly Finding<Code>[]> {
  const { base, candidate, setUp } = options;
  const configs = [...(await base.glob(anyConfig)), ...(await candidate.glob(anyConfig))];
  const inTree = [...new Set([...configs, ...setUp])].filter(
    (file) => !file.startsWith('../') && !file.includes('node_modules/'),
  );
  const changed: string[] = [];
  for (const file of inTree) if (!(await same(base, candidate, file))) changed.push(file);
  return [
    ...changed.map(
      (file): Finding<Code> => ({
        code: 'tests/config-changed',
        severity: 'error',
        subject: file,
        message: `${file} decides how tests run, and it is not base's.`,
        location: { file },
        hint: 'Leave test configuration and set-up files as they are. Where the change is the goal, waive this finding in the playbook with a reason.',
      }),
    ),
    ...(await foreignTools(base, candidate)),
  ];
}
