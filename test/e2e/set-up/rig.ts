// Repositories whose base and candidate differ in one file, and a gate that says which of the two the code of each tree sees.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../contract/sources.ts';
import { type Ended, program } from '../../rig/program.ts';
import { type Files, TestRepository } from '../../rig/repository.ts';

/** The `setup:` that docs/set-up.md shows below a heading. */
export function shown(heading: string): string {
  const page = readFileSync(path.join(root, 'docs/set-up.md'), 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  const block = section?.match(/```yaml\n(setup:\n[\s\S]*?)```/)?.[1];
  if (block === undefined) throw new Error(`docs/set-up.md shows no setup below "${heading}"`);
  return `bexpert: 1\n${block}`;
}

const plugin = {
  'plugins/seen/manifest.ts': `import { defineManifest } from 'bexpert/plugin-api';
export const manifest = defineManifest({
  kind: 'gate', name: 'seen', api: 1, summary: 'What a command says in base and in the candidate.',
  inputs: { type: 'object', properties: {
    command: { type: 'string', description: 'Run by a shell.' },
    base: { type: 'string', description: 'What it must say in base.' },
    candidate: { type: 'string', description: 'What it must say in the candidate.' },
  }, required: ['command', 'base', 'candidate'], additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: ['exec'], runsOnBase: false,
  findings: { 'seen/other': { means: 'It said something else.', baseline: 'absolute' } },
});
`,
  'plugins/seen/index.ts': `import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';
export default defineGate(manifest, async ({ command, ...expected }, host) => {
  const findings = [];
  for (const id of ['base', 'candidate'] as const) {
    const { stdout, stderr } = await host.commands.run('sh', ['-c', command], { tree: host.trees[id], timeoutMs: 120000 });
    const said = stdout.trim() === '' ? stderr.trim().slice(-600) : stdout.trim();
    if (said === expected[id]) continue;
    findings.push({ code: 'seen/other' as const, severity: 'error' as const, subject: id, message: id + ' saw ' + said + ', not ' + expected[id] });
  }
  return { outputs: {}, examined: { unit: 'trees', count: 2, min: 2 }, findings };
}, { prove: [{ name: 'nothing', expects: 'seen/other', apply: async () => 'not-applicable' }] });
`,
};

export interface Look {
  readonly command: string;
  readonly base: string;
  readonly candidate: string;
}

/** `finish` runs what makes lock files, in the repository, before its only commit that counts. */
export async function repositoryOf(o: {
  readonly files: Files;
  readonly look: Look;
  readonly finish?: (folder: string) => void;
}): Promise<TestRepository> {
  const repository = await TestRepository.create({
    ...plugin,
    'playbook.yml': `bexpert: 1\nphases:\n  verify:\n    - { uses: ./plugins/seen, with: ${JSON.stringify(o.look)} }\n`,
    ...o.files,
  });
  o.finish?.(repository.folder);
  await repository.commit('finished');
  return repository;
}

/** A command of the test itself. */
export function command(folder: string, file: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
}

export const has = (file: string, ...args: readonly string[]): boolean =>
  spawnSync(file, args, { env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, stdio: 'ignore' }).status === 0;

export type Sandbox = 'required' | 'off';
/** With a sandbox, where one works, and without. */
export const sandboxes: readonly Sandbox[] = has('unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', 'true')
  ? ['required', 'off']
  : ['off'];

/** Judges the working copy; exit code 0 says that each tree saw what it should. */
export const judged = (
  { folder, state }: Pick<TestRepository, 'folder' | 'state'>,
  sandbox: Sandbox = sandboxes[0] ?? 'off',
): Promise<Ended> =>
  program(['verify', 'playbook.yml', '--base', 'HEAD', '--reporter', 'plain', '--sandbox', sandbox, '--state', state], {
    cwd: folder,
  });

/** A step's text in double quotes, for YAML. */
export const setUp = (run: string, rest: string): string => `bexpert: 1\nsetup:\n  - { run: ${JSON.stringify(run)}, ${rest} }\n`;
