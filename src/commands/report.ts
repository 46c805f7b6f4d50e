import type { JournalRecord } from '../model/event.ts';
import { exitCodes } from '../model/exit.ts';
import { viewRun } from '../report/run-view.ts';
import { verdictWords } from '../report/run-words.ts';
import { scopeFolder } from './call.ts';
import type { Io } from './io.ts';
import { refuse } from './run.ts';
import { findRun, listRuns, readRun } from './runs.ts';
import { runsFolder } from './state-folder.ts';

export interface ReportCall {
  readonly run?: string;
  readonly repo?: string;
  readonly state?: string;
  readonly format: 'markdown' | 'json' | 'sarif' | 'junit';
}

/** `bexpert report [run]`: a run as Markdown, JSON, SARIF or JUnit XML; without a run, the list of them. */
export async function report(call: ReportCall, io: Io): Promise<number> {
  const repo = await scopeFolder(call.repo, io.cwd);
  if (!repo.ok) return await refuse(repo.error, [], undefined, io);
  if (call.run === undefined) return await list({ ...call, repo: repo.value }, io);
  const found = await findRun({ ...call, run: call.run, repo: repo.value }, io);
  if (!found.ok) return await refuse([found.error], [], undefined, io);
  const records = await readRun(found.value);
  if (!records.ok) {
    await refuse([records.error], [], undefined, io);
    return exitCodes.environment;
  }
  const text = await drawn(records.value, call, io);
  if (text === undefined) throw new Error('unreachable: a journal that was read starts a run');
  io.stdout.write(typeof text === 'string' ? text : `${JSON.stringify(text, undefined, 2)}\n`);
  return exitCodes.proven;
}

/** A text, or data to be written as JSON; undefined where the records start no run. */
async function drawn(records: readonly JournalRecord[], call: ReportCall, io: Io): Promise<unknown> {
  const where = { cwd: io.cwd, ...(call.state === undefined ? {} : { state: call.state }) };
  switch (call.format) {
    case 'markdown':
      return (await import('../report/markdown.ts')).markdownReport(records, where);
    case 'json':
      return (await import('../report/run-report.ts')).makeRunReport(records, where);
    case 'sarif':
    case 'junit': {
      const view = viewRun(records.map(({ event }) => event));
      if (view === undefined) return undefined;
      if (call.format === 'junit') return (await import('../report/junit.ts')).junitOfRun(view);
      return (await import('../report/sarif-log.ts')).sarifOfRun(view);
    }
  }
}

async function list(choice: { repo: string; state?: string; format: ReportCall['format'] }, io: Io): Promise<number> {
  const folder = await runsFolder(choice, io);
  const runs: { run: string; playbook: string; startedAt: string; verdict: string; exitCode: number | null }[] = [];
  for (const name of await listRuns(folder)) {
    const records = await readRun(`${folder}/${name}`);
    const view = records.ok ? viewRun(records.value.map((record) => record.event)) : undefined;
    const finished = view?.finished;
    runs.push({
      run: name,
      playbook: view?.started.plan.name ?? '?',
      startedAt: (records.ok ? records.value[0]?.time : undefined) ?? '?',
      verdict: finished === undefined ? (view === undefined ? 'UNREADABLE' : 'NOT FINISHED') : verdictWords(finished).mark,
      exitCode: finished?.exitCode ?? null,
    });
  }
  if (choice.format === 'json') io.stdout.write(`${JSON.stringify({ format: 1, runs }, undefined, 2)}\n`);
  else if (runs.length === 0) io.stdout.write(`No run of ${choice.repo} yet.\n`);
  else
    for (const { run, startedAt, verdict, playbook } of runs)
      io.stdout.write(`${run}  ${startedAt}  ${verdict.padEnd(14)}  ${playbook}\n`);
  return exitCodes.proven;
}
