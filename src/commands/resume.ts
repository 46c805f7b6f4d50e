import path from 'node:path';
import type { AskPerson } from '../model/approval.ts';
import { exitCodes } from '../model/exit.ts';
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

/** `bexpert resume <run>`: goes on where the journal ends. `ask`: who answers in place of the person at the terminal. */
export async function resume(call: ResumeCall, io: Io, ask?: AskPerson): Promise<number> {
  const repo = await scopeFolder(call.repo, io.cwd);
  if (!repo.ok) return await refuse(repo.error, [], call.reporter, io);
  const found = await findRun({ ...call, repo: repo.value }, io);
  if (!found.ok) return await refuse([found.error], [], call.reporter, io);
  const records = await readRun(found.value);
  if (!records.ok) {
    await refuse([records.error], [], call.reporter, io);
    return exitCodes.environment;
  }

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
    history: records.value.map((record) => record.event),
  });
  try {
    const { resumeRun } = await import('../engine/resume.ts');
    const end = await resumeRun({
      run: path.basename(found.value),
      folder: found.value,
      cwd: io.cwd,
      repo: repo.value,
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
