import { exitCodes } from '../model/exit.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { planLines } from '../report/plan-lines.ts';
import type { ReporterName } from '../report/reporter.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import type { PlaybookCall } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { prepareHere } from './prepare-here.ts';

export interface PlanCall extends PlaybookCall {
  readonly mode: 'run' | 'verify';
  readonly json?: boolean;
}

/** `bexpert plan`: what would run, in which order, with which services and limits; runs nothing. */
export async function plan(call: PlanCall, io: Io): Promise<number> {
  const prepared = await prepareHere(call, io);
  const diagnostics = prepared.ok ? prepared.value.diagnostics : prepared.error;
  const made = prepared.ok ? prepared.value.plan : undefined;
  if (call.json === true) io.stdout.write(`${JSON.stringify({ format: 1, plan: made ?? null, diagnostics }, undefined, 2)}\n`);
  else await complain(io, diagnostics, { sources: prepared.ok ? prepared.value.sources : [] });
  if (made === undefined) return exitCodes.badPlaybook;
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  if (call.json !== true) io.stdout.write(`${wrapLines(planLines(made, { ink, cwd: io.cwd }), wrapAt(io.stdout)).join('\n')}\n`);
  return exitCodes.proven;
}

/** `--dry-run`: the plan in the form in which the run would be shown; for a program one document on one line. */
export async function dryRun(call: PlanCall & { readonly reporter?: ReporterName }, io: Io): Promise<number> {
  return plan({ ...call, ...(call.reporter === 'json' ? { json: true } : {}) }, io);
}
