import path from 'node:path';
import type { AskPerson } from '../model/approval.ts';
import type { JournalRecord } from '../model/event.ts';
import { exitCodes } from '../model/exit.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { chooseReporter } from '../report/choose.ts';
import type { ReporterName } from '../report/reporter.ts';
import { personAt } from './ask-person.ts';
import { scopeFolder } from './call.ts';
import type { Io } from './io.ts';
import { documentOf } from './report-file.ts';
import { finish, refuse } from './run.ts';
import { findRun, readRun } from './runs.ts';

export interface ResumeCall {
  readonly run: string;
  readonly repo?: string;
  readonly state?: string;
  readonly reporter?: ReporterName;
  readonly reportFile?: string;
}

interface NamedRun {
  readonly repo: string;
  readonly folder: string;
  readonly records: readonly JournalRecord[];
}

/** The run that a call names, with its journal; where there is none that is said, and the exit code given. */
export async function namedRun(call: ResumeCall, io: Io): Promise<Result<NamedRun, number>> {
  const repo = await scopeFolder(call.repo, io.cwd);
  if (!repo.ok) return fail(await refuse(repo.error, [], call.reporter, io));
  const found = await findRun({ ...call, repo: repo.value }, io);
  if (!found.ok) return fail(await refuse([found.error], [], call.reporter, io));
  const records = await readRun(found.value);
  if (records.ok) return succeed({ repo: repo.value, folder: found.value, records: records.value });
  await refuse([records.error], [], call.reporter, io);
  return fail(exitCodes.environment);
}

/** `bexpert resume <run>`: goes on where the journal ends. `ask`: who answers in place of the person at the terminal. */
export async function resume(call: ResumeCall, io: Io, ask?: AskPerson): Promise<number> {
  const named = await namedRun(call, io);
  if (!named.ok) return named.error;
  const { repo, folder, records } = named.value;
  const document = documentOf(call, io);
  if (!document.ok) return await refuse([document.error], [], undefined, io);
  const reporter = await chooseReporter(call.reporter, {
    output: io.stdout,
    ...(document.value === undefined ? {} : { document: document.value }),
    env: io.env,
    cwd: io.cwd,
    ...(call.state === undefined ? {} : { state: call.state }),
    signal: io.signal,
    now: io.now,
    history: records.map((record) => record.event),
  });
  try {
    const { resumeRun } = await import('../engine/resume.ts');
    const end = await resumeRun({
      run: path.basename(folder),
      folder,
      cwd: io.cwd,
      repo,
      ...(call.state === undefined ? {} : { state: call.state }),
      env: io.env,
      signal: io.signal,
      emit: (event) => reporter.on(event),
      ...(ask === undefined ? personAt(io, reporter) : { ask }),
    });
    await finish({ reporter, ...end }, io);
    return end.exitCode;
  } finally {
    await reporter.close();
  }
}
