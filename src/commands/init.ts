// `bexpert init`: looks at a repository and writes bexpert.yml and a playbook that fit it. Nothing is ever overwritten, nothing runs.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../model/exit.ts';
import { composePlaybook, composeSettings } from '../start/compose.ts';
import { detect, placed } from '../start/detect.ts';
import { packagesOf } from '../start/packages.ts';
import { type Proposal, proposalOf } from '../start/proposal.ts';
import { viewOf } from '../start/repository-view.ts';
import { aspects } from '../start/rules.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { inTheWay, writeNew } from './new-files.ts';
import { validate } from './validate.ts';

export interface InitCall {
  readonly repo?: string;
  readonly name: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function init(call: InitCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(call.name)) {
    const why = 'it must be in kebab case, as in `quality`';
    await complain(io, scope.ok ? [problem('cli/new-name', { what: 'playbook', name: call.name, why })] : scope.error);
    return exitCodes.badPlaybook;
  }
  const view = await viewOf(scope.value);
  const facts = detect(view);
  const packages = call.repo === undefined && facts.one('workspace') !== undefined ? packagesOf(view) : [];
  if (packages.length > 0) {
    await complain(io, [problem('cli/init-monorepo', { packages })]);
    return exitCodes.badPlaybook;
  }
  const proposal = proposalOf(view, facts);
  const playbook = `playbooks/${call.name}.yml`;
  const files = { 'bexpert.yml': composeSettings(proposal), [playbook]: composePlaybook(proposal, call.name) };
  if (call.dryRun === true && call.json === true) {
    io.stdout.write(asJson(proposal, files));
    return exitCodes.proven;
  }
  if (call.dryRun === true) {
    for (const [file, text] of Object.entries(files)) io.stdout.write(`# ---- ${file} ----\n${text}\n`);
    return exitCodes.proven;
  }
  const there = Object.keys(files).find((file) => existsSync(path.join(scope.value, file)));
  if (there !== undefined) {
    await complain(io, [problem('cli/init-exists', { file: there })]);
    return exitCodes.badPlaybook;
  }
  const blocked = inTheWay(scope.value, Object.keys(files));
  if (blocked !== undefined) {
    await complain(io, [blocked]);
    return exitCodes.badPlaybook;
  }
  for (const [file, text] of Object.entries(files)) {
    await writeNew(scope.value, file, text);
  }
  if (call.json === true) {
    io.stdout.write(asJson(proposal, files));
    return exitCodes.proven;
  }
  io.stdout.write(
    summary(
      proposal,
      Object.keys(files).map((file) => path.join(call.repo ?? '', file)),
    ),
  );
  const shown = path.join(call.repo ?? '', playbook);
  const at = call.repo === undefined ? {} : { repo: call.repo };
  const code = await validate({ playbooks: [shown], input: [], ...at }, io);
  const where = call.repo === undefined ? '' : ` --repo ${call.repo}`;
  if (proposal.gates.length === 0) {
    io.stdout.write(
      `\nNext:\n  add a gate   ${shown} asks for \`tests\`, which is for Vitest; put a command with its report in its place:\n               - { id: tests, run: <the command>, findings: { junit: <its report> } }\n  then         bexpert verify ${shown}${where}\n`,
    );
    return code;
  }
  io.stdout.write(
    `\nNext:\n  look at it   both files say behind each part what it was concluded from\n  play it      bexpert verify ${shown}${where}\n  red today?   bexpert adopt ${shown}${where}\n`,
  );
  return code;
}

function asJson({ facts, gates, left }: Proposal, files: Readonly<Record<string, string>>): string {
  const found = aspects.flatMap((about) =>
    facts.all(about).map(({ is, at: { file, line } }) => ({ about, is, file, line: line ?? null })),
  );
  return `${JSON.stringify({ format: 1, found, gates: gates.map(({ id }) => id), left, files }, undefined, 2)}\n`;
}

function summary({ facts, gates, left }: Proposal, files: readonly string[]): string {
  const seen = (['packages', 'tests', 'framework', 'database', 'cache', 'migrations', 'interface', 'linter'] as const).flatMap(
    (about) =>
      (about === 'packages' ? facts.all(about).slice(0, 1) : facts.all(about)).map(
        ({ is, at }) => `  ${about.padEnd(11)} ${is.padEnd(14)} ${placed(at)}`,
      ),
  );
  return [
    ...(seen.length === 0 ? ['Nothing was found that is known here.'] : ['Found:', ...seen]),
    '',
    `Gates: ${gates.length === 0 ? 'none' : gates.map(({ id }) => id).join(', ')}`,
    ...(left.length === 0 ? [] : ['Not found, or left out:', ...left.map((text) => `  - ${text}`)]),
    '',
    ...files.map((file) => `written  ${file}`),
    '',
  ].join('\n');
}
