// Which containers a run has made. Each has a file in the folder of the run, written before it is made and removed after it is gone, so that
// what a killed runner left is found by its name.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ContainerEngine, engineNames, removeContainer } from '../../host/container-engine.ts';
import { pluginError } from '../../plugin-api.ts';

const folderOf = (run: string): string => path.join(run, 'containers');
const form = /^bexpert-[\w-]+$/;

/** A name that nobody else has, noted in the folder of the run. */
export async function noteContainer(run: string, engine: ContainerEngine): Promise<string> {
  const name = `bexpert-${path.basename(run).slice(-12)}-${randomBytes(4).toString('hex')}`;
  await mkdir(folderOf(run), { recursive: true });
  await writeFile(path.join(folderOf(run), name), engine.name, { mode: 0o600 });
  return name;
}

/** Removes it and its note. What cannot be removed keeps its note, for the next run and for `bexpert clean`. */
export async function endContainer(run: string, engine: ContainerEngine, name: string): Promise<void> {
  const reason = await removeContainer(engine, name);
  if (reason !== undefined) {
    throw pluginError({
      code: 'service/container-left',
      message: `The container ${name} could not be removed: ${reason}.`,
      hint: `Remove it by hand: \`${engine.name} rm --force --volumes ${name}\`.`,
    });
  }
  await rm(path.join(folderOf(run), name), { force: true });
}

/** What a runner that was killed left running. */
export async function endContainersOf(run: string, env: ContainerEngine['env']): Promise<void> {
  for (const name of await readdir(folderOf(run)).catch(() => [])) {
    const written = await readFile(path.join(folderOf(run), name), 'utf8');
    const engine = engineNames.find((one) => one === written);
    if (engine !== undefined && form.test(name)) await endContainer(run, { name: engine, env }, name);
  }
}
