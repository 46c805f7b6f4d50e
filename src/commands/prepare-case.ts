import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { readNamed } from '../playbook/named-file.ts';
import { prepare } from '../playbook/prepare.ts';
import { Source } from '../playbook/source.ts';
import type { PrepareCase } from '../playtest/test-file.ts';
import { openRegistry } from '../registry/registry.ts';
import { problem } from './complain.ts';
import type { Io } from './io.ts';
import { stateHome } from './state-folder.ts';

/** A test of a playbook, as it lies on disk. */
export function testSource(file: string, cwd: string): Source | undefined {
  const bytes = readNamed(path.resolve(cwd, file));
  return bytes.ok ? Source.fromBytes(file, bytes.value) : undefined;
}

/** Why it is no test. */
export function noTest(file: string, cwd: string): Diagnostic {
  const bytes = readNamed(path.resolve(cwd, file));
  return problem('cli/no-test', { file, why: bytes.ok ? 'it has only just come' : bytes.error.why });
}

/** Paths in a test are relative to its file. */
export function preparingCases(o: { readonly file: string; readonly repo: string | undefined; readonly io: Io }): PrepareCase {
  const { io } = o;
  const folder = path.dirname(path.resolve(io.cwd, o.file));
  return async ({ playbook, repo, mode, inputs, today }) => {
    const scopeFolder = repo === undefined ? path.resolve(io.cwd, o.repo ?? '.') : path.resolve(folder, repo);
    const readScope = async (file: string) => textOf(path.resolve(scopeFolder, file));
    const pluginFolder = async (name: string) => path.resolve(scopeFolder, name);
    const home = stateHome(undefined, io);
    const cacheFolder = path.join(home, 'plugins');
    const registry = openRegistry({ pluginFolder, packages: { folder: scopeFolder, readScope }, cacheFolder });
    const prepared = await prepare({
      playbook:
        /^[\w.-]+$/.test(playbook) || playbook.startsWith('bexpert:')
          ? playbook
          : path.relative(io.cwd, path.resolve(folder, playbook)),
      cwd: io.cwd,
      scopeFolder,
      mode,
      readScope,
      readGit: async (address) => {
        const { readFetched } = await import('../workspace/fetched-file.ts');
        return readFetched(address, { folder: path.join(home, 'playbooks'), env: io.env });
      },
      pluginFolder,
      cacheFolder,
      inputs: {},
      inputsFile: inputs,
      env: {},
      overrides: { sandbox: 'off' },
      registry,
      ...(today === undefined ? {} : { today }),
    });
    return { prepared, registry };
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
