import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import type { Source } from '../playbook/source.ts';
import { chooseReporter } from '../report/choose.ts';
import type { Output, Reporter, ReporterName } from '../report/reporter.ts';
import { personAt } from './ask-person.ts';
import { type PlaybookCall, parseInputs, readInputsFile, scopeFolder, unreadSettings } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { documentOf } from './report-file.ts';

export interface RunCall extends PlaybookCall {
  readonly mode: 'run' | 'verify';
  readonly base?: string;
  readonly includeDirty?: boolean;
  readonly committed?: boolean;
  readonly reporter?: ReporterName;
  readonly reportFile?: string;
}

/** `bexpert run` and `bexpert verify`: plays a playbook and draws it. Gives the exit code. */
export async function run(call: RunCall, io: Io): Promise<number> {
  const inputs = parseInputs(call.input);
  const repo = await scopeFolder(call.repo, io.cwd);
  const file = await readInputsFile(call.inputsFile, io.cwd);
  const unread = repo.ok ? unreadSettings(repo.value) : undefined;
  const problems = [
    ...[inputs, repo, file].flatMap((result) => (result.ok ? [] : result.error)),
    ...(unread === undefined ? [] : [unread]),
  ];
  const document = documentOf(call, io);
  if (!document.ok) return await refuse([document.error], [], undefined, io);
  if (!inputs.ok || !repo.ok || !file.ok || unread !== undefined)
    return await refuse(problems, [], call.reporter, io, document.value);

  const reporter = await chooseReporter(call.reporter, {
    output: io.stdout,
    ...(document.value === undefined ? {} : { document: document.value }),
    env: io.env,
    cwd: io.cwd,
    ...(call.state === undefined ? {} : { state: call.state }),
    signal: io.signal,
    now: io.now,
  });
  try {
    const { startRun } = await import('../engine/run.ts');
    const end = await startRun({
      playbook: call.playbook,
      cwd: io.cwd,
      repo: repo.value,
      mode: call.mode,
      inputs: inputs.value,
      ...(file.value === undefined ? {} : { inputsFile: file.value }),
      ...(call.base === undefined ? {} : { base: call.base }),
      includeDirty: call.includeDirty === true,
      committed: call.committed === true,
      ...(call.state === undefined ? {} : { state: call.state }),
      ...(call.sandbox === undefined ? {} : { sandbox: call.sandbox }),
      ...(call.model === undefined ? {} : { model: call.model }),
      env: io.env,
      signal: io.signal,
      emit: (event) => reporter.on(event),
      ...personAt(io, reporter),
      warn: (diagnostics, sources) => tell({ reporter, diagnostics, sources }, io),
    });
    await finish({ reporter, ...end }, io);
    return end.exitCode;
  } finally {
    await reporter.close();
  }
}

/** Problems beside a run, for people and for the program that reads what its reporter writes. */
export async function tell(
  told: { readonly reporter: Reporter; readonly diagnostics: readonly Diagnostic[]; readonly sources: readonly Source[] },
  io: Io,
): Promise<void> {
  told.reporter.diagnose?.(told.diagnostics);
  await complain(io, told.diagnostics, { sources: told.sources });
}

/** The same when the run is over: what is drawn comes to its end first. */
export async function finish(told: Parameters<typeof tell>[0], io: Io): Promise<void> {
  told.reporter.diagnose?.(told.diagnostics);
  await told.reporter.close();
  await complain(io, told.diagnostics, { sources: told.sources });
}

/** Problems that end a call before anything runs. */
export async function refuse(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  name: ReporterName | undefined,
  io: Io,
  document?: Output,
): Promise<number> {
  if (name === 'json' || name === 'github' || name === 'sarif') {
    const { env, cwd, signal, now } = io;
    const reporter = await chooseReporter(name, { output: document ?? io.stdout, env, cwd, signal, now });
    reporter.diagnose?.(diagnostics);
    await reporter.close();
  }
  await complain(io, diagnostics, { sources });
  return exitCodes.badPlaybook;
}
