import { readdir } from 'node:fs/promises';
import path from 'node:path';

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

async function yamlFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).filter(isYaml).sort();
}

/** Playbooks in the `playbooks` folder of `cwd`, as a person would type them. */
export async function localPlaybooks(cwd: string): Promise<readonly string[]> {
  return (await yamlFiles(path.join(cwd, 'playbooks'))).map((name) => `playbooks/${name}`);
}
