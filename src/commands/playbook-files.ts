import { readdirSync } from 'node:fs';
import path from 'node:path';

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

function yamlFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isYaml).sort();
  } catch {
    return [];
  }
}

/** Playbooks in the `playbooks` folder of `cwd`, as a person would type them. */
export async function localPlaybooks(cwd: string): Promise<readonly string[]> {
  return yamlFiles(path.join(cwd, 'playbooks')).map((name) => `playbooks/${name}`);
}
