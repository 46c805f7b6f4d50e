// Projects to measure on: a git repository with a plugin of a team and a playbook with as many steps as asked for.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const manifest = `import { defineManifest } from 'bexpert/plugin-api';
export const manifest = defineManifest({
  kind: 'gate',
  name: 'always',
  api: 1,
  summary: 'Looks at one thing and finds nothing.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: [],
  cost: 'cheap',
  runsOnBase: false,
  findings: { 'always/never': { means: 'Never reported.', baseline: 'absolute' } },
});
`;
const index = `import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';
export default defineGate(manifest, async () => ({ outputs: {}, examined: { unit: 'things', count: 1, min: 1 }, findings: [] }), {
  prove: [{ name: 'none', expects: 'always/never', apply: async () => ({ notApplicable: 'it never reports' }) }],
});
`;

export type StepKind = 'plugin' | 'command';

export interface Project extends Disposable {
  readonly folder: string;
  /** Where its runs are kept. */
  readonly state: string;
  /** The playbook with this many steps, one after the other. */
  playbook(kind: StepKind, steps: number): string;
}

export function createProject(sizes: readonly number[], files = 20): Project {
  const parent = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-bench-')));
  const folder = path.join(parent, 'project');
  const write = (file: string, text: string): void => {
    const full = path.join(folder, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  const name = (kind: StepKind, steps: number): string => `playbooks/${kind}-${steps}.yml`;
  write('plugins/always/manifest.ts', manifest);
  write('plugins/always/index.ts', index);
  write('playbooks/shortest.yml', 'bexpert: 1\nphases:\n  verify: [tests]\n');
  for (let file = 0; file < files; file += 1) write(`src/part-${file}.js`, `export const part = ${file};\n`);
  for (const steps of sizes) {
    const list = (step: string): string =>
      `bexpert: 1\nphases:\n  verify:\n    parallel: 1\n    steps:\n${Array.from({ length: steps }, (_, at) => step.replace('%', String(at))).join('\n')}\n`;
    write(name('plugin', steps), list('      - { id: step-%, uses: ./plugins/always }'));
    write(name('command', steps), list('      - { id: step-%, run: "true", evidence: exit-code }'));
  }
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@bexpert.invalid', '-c', 'commit.gpgsign=false'];
  const git = (...args: readonly string[]): void => void execFileSync('git', [...identity, ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=begin');
  return {
    folder,
    state: path.join(parent, 'state'),
    playbook: (kind, steps) => path.join(folder, name(kind, steps)),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}
