import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A test of a playbook, which lies beside it. */
export const isTestFile = (name: string): boolean => /\.test\.ya?ml$/.test(name);
const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

/** YAML files below the `playbooks` folder of `cwd`, as a person would type them. */
function yamlFiles(cwd: string): readonly string[] {
  try {
    return readdirSync(path.join(cwd, 'playbooks'), { recursive: true, withFileTypes: true })
      .filter((entry) => isYaml(entry.name) && (entry.isFile() || entry.isSymbolicLink()))
      .map((entry) => path.relative(cwd, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
      .filter((name) => !name.split('/').includes('node_modules'))
      .sort();
  } catch {
    return [];
  }
}

/** Playbooks below the `playbooks` folder of `cwd`; a file that only others include is none. */
export async function localPlaybooks(cwd: string): Promise<readonly string[]> {
  const names = yamlFiles(cwd).filter((name) => !isTestFile(name));
  return names.filter((name) => name.split('/').length < 3 || holdsPhases(path.join(cwd, name)));
}

/** Tests of playbooks below the `playbooks` folder of `cwd`. */
export const localTests = (cwd: string): readonly string[] => yamlFiles(cwd).filter(isTestFile);

/** A bexpert.yml that says by itself what is to be done. */
export function ownPlaybook(cwd: string): readonly string[] {
  const file = path.join(cwd, 'bexpert.yml');
  return existsSync(file) && holdsPhases(file) ? ['bexpert.yml'] : [];
}

function holdsPhases(file: string): boolean {
  try {
    return /^(phases|extends):/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
