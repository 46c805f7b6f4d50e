import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from '../plugin-api.ts';

/**
 * A plugin itself, or its folder: a path such as `./plugins/my-gate`, or `new URL('.', import.meta.url)`. A folder is opened as a run
 * opens it: TypeScript is bundled, and the command of a plugin.json works.
 */
export type TestedPlugin = Plugin | string | URL;

/** Disposing it removes what was made of a folder. */
export async function openTested(tested: TestedPlugin): Promise<{ readonly plugin: Plugin } & AsyncDisposable> {
  if (typeof tested !== 'string' && !(tested instanceof URL)) return { plugin: tested, async [Symbol.asyncDispose]() {} };
  const folder = path.resolve(typeof tested === 'string' ? tested : fileURLToPath(tested));
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-plugin-'));
  const remove = () => rm(cacheFolder, { recursive: true, force: true });
  try {
    const { openTeamPlugin } = await import('../registry/team-plugin.ts');
    const opened = await openTeamPlugin({ name: `./${path.basename(folder)}`, folder, cacheFolder });
    if (!opened.ok) throw new Error(`the plugin ${folder} cannot be used: ${opened.error}`);
    return { plugin: await opened.value.load(), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
