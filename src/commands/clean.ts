import path from 'node:path';
import type { Cleaned, Removed } from '../engine/clean.ts';
import { exitCodes } from '../model/exit.ts';
import { parseQuantity } from '../registry/quantity.ts';
import { cleanLines } from '../report/clean-lines.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import { repositoryIdOf } from '../workspace/locate.ts';
import { makeStateHome } from '../workspace/state.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { refuse } from './run.ts';
import { findRun } from './runs.ts';
import { stateHome } from './state-folder.ts';

export interface CleanCall {
  readonly runs: readonly string[];
  readonly olderThan?: string;
  readonly keep?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly repo?: string;
  readonly state?: string;
}

/** `bexpert clean`: removes old runs and what only they needed; says what, and how much. */
export async function clean(call: CleanCall, io: Io): Promise<number> {
  const { clean: remove } = await import('../engine/clean.ts');
  const { defaultRetention } = await import('../engine/retention.ts');
  const olderThanMs = call.olderThan === undefined ? defaultRetention.olderThanMs : parseQuantity('duration', call.olderThan);
  const keep = call.keep === undefined ? defaultRetention.keep : /^\d+$/.test(call.keep) ? Number(call.keep) : undefined;
  const repo = await scopeFolder(call.repo, io.cwd);
  const problems = [
    ...(olderThanMs === undefined ? [problem('cli/older-than', { given: call.olderThan ?? '' })] : []),
    ...(keep === undefined ? [problem('cli/keep', { given: call.keep ?? '' })] : []),
    ...(repo.ok ? [] : repo.error),
  ];
  if (olderThanMs === undefined || keep === undefined || !repo.ok) return refuse(problems, [], undefined, io);
  const only: string[] = [];
  for (const run of call.runs) {
    const found = await findRun({ run, repo: repo.value, ...(call.state === undefined ? {} : { state: call.state }) }, io);
    if (!found.ok) return refuse([found.error], [], undefined, io);
    only.push(path.basename(found.value));
  }
  const home = stateHome(call.state, io);
  const unusable = await makeStateHome(home);
  if (unusable !== undefined) {
    await complain(io, [unusable]);
    return exitCodes.environment;
  }
  const cleaned = await remove({
    home,
    ...(call.all === true ? {} : { repositories: [await repositoryIdOf(repo.value)] }),
    ...(only.length === 0 ? {} : { only }),
    olderThanMs,
    keep,
    dryRun: call.dryRun === true,
    env: io.env,
    signal: io.signal,
    now: Date.now(),
  });
  if (call.json === true) io.stdout.write(`${JSON.stringify(asJson(cleaned, call.dryRun === true), undefined, 2)}\n`);
  else {
    const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
    io.stdout.write(`${wrapLines(cleanLines(cleaned, { dryRun: call.dryRun === true }, ink), wrapAt(io.stdout)).join('\n')}\n`);
  }
  return cleaned.busy.length > 0 ? exitCodes.environment : exitCodes.proven;
}

const asJson = ({ removed, kept, busy, shared }: Cleaned, dryRun: boolean) => ({
  format: 1,
  dryRun,
  removed: removed.map(({ kind, what, bytes }: Removed) => ({ kind, what, bytes })),
  kept: kept.map(({ name, state, bytes }) => ({ run: name, state, bytes })),
  busy,
  shared,
});
