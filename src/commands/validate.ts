import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { count } from '../report/quantity.ts';
import type { PlaybookCall } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { localPlaybooks } from './playbook-files.ts';
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
  const playbooks = call.playbooks.length > 0 ? call.playbooks : await localPlaybooks(io.cwd);
  if (playbooks.length === 0) {
    await complain(io, [problem('cli/nothing-to-validate', { folder: `${io.cwd}/playbooks` })]);
    return exitCodes.badPlaybook;
  }
  const document = documentOf(call, io);
  if (!document.ok) {
    await complain(io, [document.error]);
    return exitCodes.badPlaybook;
  }
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  const results: { playbook: string; valid: boolean; diagnostics: readonly Diagnostic[] }[] = [];
  for (const playbook of playbooks) {
    const prepared = await prepareHere({ ...call, playbook, mode: 'run' }, io);
    const diagnostics = prepared.ok ? prepared.value.diagnostics : prepared.error;
    const plan = prepared.ok ? prepared.value.plan : undefined;
    const valid = plan !== undefined && diagnostics.every((diagnostic) => diagnostic.severity !== 'error');
    results.push({ playbook, valid, diagnostics });
    // A log of SARIF on standard output is all that stands there.
    if (call.json === true || (call.reporter === 'sarif' && document.value === undefined)) continue;
    await complain(io, diagnostics, { sources: prepared.ok ? prepared.value.sources : [], output: io.stdout });
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

function summary(plan: Plan | undefined, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts =
    plan === undefined
      ? [count(errors, 'error')]
      : [count(plan.phases.length, 'phase'), count(plan.phases.flatMap((phase) => phase.steps).length, 'step')];
  if (warnings > 0) parts.push(count(warnings, 'warning'));
  return `  (${parts.join(', ')})`;
}
