import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../contract/sources.ts';

/** Every playbook and bexpert.yml of the project that people see, but for the fixtures of tests. */
export const shippedYaml: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', '--', 'playbooks', 'examples', '.ci'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file.endsWith('.yml') && /^bexpert: 1$/m.test(readFileSync(path.join(root, file), 'utf8')));
