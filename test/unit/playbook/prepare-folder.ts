import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import { type Prepared, type PrepareRequest, prepare } from '../../../src/playbook/prepare.ts';
import { knownPlugins } from './known-plugins.ts';

/** What a call of the command line adds to the files of a folder; `call.json` of a fixture. */
export type Call = Partial<
  Pick<PrepareRequest, 'playbook' | 'mode' | 'inputs' | 'inputsFile' | 'env' | 'overrides' | 'readGit' | 'registry' | 'renames'>
>;

const cache = mkdtemp(path.join(os.tmpdir(), 'bexpert-plugins-'));

/** Prepares `playbook.yml` of a folder that is current folder and scope at once. */
export async function prepareFolder(folder: string, call: Call = {}): Promise<Prepared> {
  const cacheFolder = await cache;
  return prepare({
    playbook: 'playbook.yml',
    cwd: folder,
    scopeFolder: folder,
    mode: 'run',
    readScope: (file) => readFile(path.join(folder, file), 'utf8').catch(() => undefined),
    pluginFolder: async (name) => path.join(folder, name),
    cacheFolder,
    inputs: {},
    env: {},
    overrides: {},
    registry: knownPlugins({ scopeFolder: folder, cacheFolder }),
    ...call,
  });
}

export function callOf(folder: string): Call {
  const file = path.join(folder, 'call.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Call) : {};
}

/** As a person sees it, without colours. */
export const shown = ({ diagnostics, sources }: Prepared): string => renderDiagnostics(diagnostics, { sources, color: false });
