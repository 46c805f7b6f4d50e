import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import type { Source } from '../playbook/source.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { count } from '../report/quantity.ts';
import { type PlaybookCall, scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { isTestFile, localPlaybooks, localTests, ownPlaybook } from './playbook-files.ts';
import { prepareHere } from './prepare-here.ts';
import { documentOf } from './report-file.ts';

export interface ValidateCall extends Omit<PlaybookCall, 'playbook'> {
  readonly playbooks: readonly string[];
  readonly json?: boolean;
  readonly reporter?: 'github' | 'sarif';
  readonly reportFile?: string;
}

/** `bexpert validate`: every problem of every playbook, at its line; runs nothing. */
export async function validate(call: ValidateCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  const found = async (folder: string) =>
    [...(await localPlaybooks(folder)), ...ownPlaybook(folder), ...localTests(folder)].map((file) =>
      path.join(call.repo ?? '', file),
    );
  const playbooks = call.playbooks.length > 0 ? [...new Set(call.playbooks)] : await found(scope.value);
  if (playbooks.length === 0) {
    await complain(io, [problem('cli/nothing-to-validate', { folder: path.join(scope.value, 'playbooks') })]);
    return exitCodes.badPlaybook;
  }
  const document = documentOf(call, io);
  if (!document.ok) {
    await complain(io, [document.error]);
    return exitCodes.badPlaybook;
  }
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  const results: { playbook: string; valid: boolean; diagnostics: readonly Diagnostic[] }[] = [];
  const seen = new Set<string>();
  for (const playbook of playbooks) {
    const { plan, diagnostics, sources } = isTestFile(playbook)
      ? await checkTest(playbook, call, io)
      : await check(playbook, call, io);
    const valid = diagnostics.every((diagnostic) => diagnostic.severity !== 'error');
    results.push({ playbook, valid, diagnostics });
    // A log of SARIF on standard output is all that stands there.
    if (call.json === true || (call.reporter === 'sarif' && document.value === undefined)) continue;
    // What is wrong with bexpert.yml is wrong for every playbook, and said once.
    const news = diagnostics.filter((diagnostic) => isNew(diagnostic, seen));
    await complain(io, news, { sources, output: io.stdout });
    io.stdout.write(`${valid ? ink.green('valid') : ink.red('not valid')}  ${playbook}${summary(plan, diagnostics)}\n`);
  }
  if (call.json === true) io.stdout.write(`${JSON.stringify({ format: 1, playbooks: results }, undefined, 2)}\n`);
  const all = results.flatMap(({ diagnostics }) => diagnostics);
  if (call.reporter === 'github') {
    const { annotationsOfDiagnostics } = await import('../report/github.ts');
    for (const line of annotationsOfDiagnostics(all, io.env, io.cwd)) io.stdout.write(`${line}\n`);
  }
  if (call.reporter === 'sarif') {
    const { sarifOfDiagnostics } = await import('../report/sarif-log.ts');
    (document.value ?? io.stdout).write(`${JSON.stringify(sarifOfDiagnostics(all), undefined, 2)}\n`);
  }
  return results.every((result) => result.valid) ? exitCodes.proven : exitCodes.badPlaybook;
}

interface Checked {
  readonly plan?: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/** Inputs that a call must give are no problem of the file; where some are given, all must be. */
async function check(playbook: string, call: ValidateCall, io: Io): Promise<Checked> {
  const anyInputs = call.input.length === 0 && call.inputsFile === undefined;
  const prepared = await prepareHere({ ...call, playbook, mode: 'run', anyInputs }, io);
  return prepared.ok ? prepared.value : { diagnostics: prepared.error, sources: [] };
}

async function checkTest(file: string, call: ValidateCall, io: Io): Promise<Checked> {
  const { noTest, preparingCases, testSource } = await import('./prepare-case.ts');
  const { runTestFile } = await import('../playtest/test-file.ts');
  const source = testSource(file, io.cwd);
  if (source === undefined) return { diagnostics: [noTest(file, io.cwd)], sources: [] };
  const prepareCase = preparingCases({ file, repo: call.repo, io });
  return runTestFile(source, { prepareCase, signal: io.signal, now: io.now, checkOnly: true });
}

function isNew({ code, message, place }: Diagnostic, seen: Set<string>): boolean {
  const key = JSON.stringify([code, message, place]);
  const before = seen.has(key);
  seen.add(key);
  return !before || place === undefined;
}

function summary(plan: Plan | undefined, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts =
    plan === undefined
      ? errors === 0
        ? []
        : [count(errors, 'error')]
      : [count(plan.phases.length, 'phase'), count(plan.phases.flatMap((phase) => phase.steps).length, 'step')];
  if (warnings > 0) parts.push(count(warnings, 'warning'));
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}
