// `bexpert new plugin|playbook <name>`: files to begin with, which validate and whose tests pass. Nothing is ever overwritten.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { builtIn } from '../generated/plugins.ts';
import { exitCodes } from '../model/exit.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { inTheWay, writeNew } from './new-files.ts';
import { playbookTemplate } from './templates/playbook.ts';
import { pythonTemplates } from './templates/plugin-python.ts';
import { typescriptTemplates } from './templates/plugin-typescript.ts';
import { type NewKind, type NewLanguage, readme } from './templates/readme.ts';

export interface NewCall {
  readonly what: 'plugin' | 'playbook';
  readonly name: string;
  readonly kind: NewKind;
  readonly language: NewLanguage;
  readonly repo?: string;
}
type Files = ReadonlyMap<string, string>;

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

export async function create(call: NewCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  const taken = call.what === 'plugin' && Object.hasOwn(builtIn, call.name);
  if (!scope.ok || taken || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(call.name)) {
    const why = taken
      ? 'a built-in plugin has it'
      : `it must be in kebab case, as in \`${call.what === 'plugin' ? 'no-console' : 'quality'}\``;
    await complain(io, scope.ok ? [problem('cli/new-name', { what: call.what, name: call.name, why })] : scope.error);
    return exitCodes.badPlaybook;
  }
  const test = call.what === 'plugin' ? await testOf(call, scope.value) : undefined;
  const files = test === undefined ? playbookFiles(call, scope.value) : pluginFiles(call, test);
  const there = [];
  for (const file of [...files.keys(), ...(test === undefined ? [] : [`plugins/${call.name}`])])
    if (await exists(path.join(scope.value, file))) there.push(file);
  if (there[0] !== undefined) {
    await complain(io, [problem('cli/new-exists', { what: call.what, file: there[0] })]);
    return exitCodes.badPlaybook;
  }
  const blocked = inTheWay(scope.value, files.keys());
  if (blocked !== undefined) {
    await complain(io, [blocked]);
    return exitCodes.badPlaybook;
  }
  for (const [file, content] of files) {
    await writeNew(scope.value, file, content);
    io.stdout.write(`${file}\n`);
  }
  io.stdout.write(next(call, test));
  return exitCodes.proven;
}

interface TestOf {
  readonly command: string;
  readonly runner: 'vitest' | 'node:test';
}
/** With Vitest where the repository has it. */
async function testOf({ name, language }: NewCall, scope: string): Promise<TestOf> {
  const folder = `plugins/${name}`;
  if (language === 'python') return { command: `python3 -m unittest discover -s ${folder}`, runner: 'node:test' };
  const manifest = await readFile(path.join(scope, 'package.json'), 'utf8').catch(() => '');
  if (/"vitest"\s*:/.test(manifest)) return { command: `npx vitest run ${folder}`, runner: 'vitest' };
  return { command: `node --test ${folder}/index.test.mjs`, runner: 'node:test' };
}

function pluginFiles(call: NewCall, test: TestOf): Files {
  const { name, kind, language } = call;
  const templates = language === 'python' ? pythonTemplates[kind] : typescriptTemplates[kind];
  const all = { ...templates, 'README.md': readme({ kind, language, test: test.command }) };
  const filled = (text: string): string =>
    text
      .replaceAll('NAME', name)
      .replaceAll('RUNNER', test.runner)
      .replaceAll('EXT', language)
      .replaceAll('AS_CONST', language === 'ts' ? ' as const' : '');
  return new Map(Object.entries(all).map(([file, text]) => [`plugins/${name}/${filled(file)}`, filled(text)]));
}

/**
 * With a line for the editor: with the schema of the team where it keeps one, else with that of bexpert where it is installed, in
 * this package or in a monorepo at its root.
 */
function playbookFiles({ name }: NewCall, scope: string): Files {
  const own = 'playbook.schema.json';
  const shipped = ['', '../', '../../', '../../../'].map((up) => `${up}node_modules/bexpert/schema/playbook.schema.json`);
  const schema = [own, ...shipped].find((file) => existsSync(path.join(scope, file)));
  const line = schema === undefined ? '' : `# yaml-language-server: $schema=../${schema}\n`;
  return new Map([[`playbooks/${name}.yml`, `${line}${playbookTemplate.replaceAll('NAME', name)}`]]);
}

function next({ what, name, kind, repo }: NewCall, test: TestOf | undefined): string {
  const where = repo === undefined ? '' : ` --repo ${repo}`;
  if (what === 'playbook' || test === undefined) {
    const file = path.join(repo ?? '', `playbooks/${name}.yml`);
    return `\nNext:\n  check it  bexpert validate ${file}${where}\n  play it   bexpert verify ${file}${where}\n`;
  }
  const phase = kind === 'gate' ? 'verify' : kind;
  return `\nNext:\n  test it  ${test.command}\n  use it   in a phase \`${phase}\` of a playbook: \`- uses: ./plugins/${name}\`\n`;
}
