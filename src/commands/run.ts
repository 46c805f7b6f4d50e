import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import type { Source } from '../playbook/source.ts';
import { chooseReporter } from '../report/choose.ts';
import type { ReporterName } from '../report/reporter.ts';
import { type PlaybookCall, parseInputs, readInputsFile, scopeFolder } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';

export interface RunCall extends PlaybookCall {
  readonly mode: 'run' | 'verify';
  readonly base?: string;
  readonly includeDirty?: boolean;
  readonly committed?: boolean;
  readonly reporter?: ReporterName;
}

/** `bexpert run` and `bexpert verify`: plays a playbook and draws it. Gives the exit code. */
export async function run(call: RunCall, io: Io): Promise<number> {
  const inputs = parseInputs(call.input);
  const repo = await scopeFolder(call.repo, io.cwd);
  const file = await readInputsFile(call.inputsFile, io.cwd);
  const problems = [inputs, repo, file].flatMap((result) => (result.ok ? [] : result.error));
  if (!inputs.ok || !repo.ok || !file.ok) return await refuse(problems, [], call.reporter, io);

  const reporter = await chooseReporter(call.reporter, {
    output: io.stdout,
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
      warn: async (diagnostics, sources) => void (await refuse(diagnostics, sources, call.reporter, io)),
    });
    await reporter.close();
    if (end.diagnostics.length > 0) await refuse(end.diagnostics, end.sources, call.reporter, io);
    return end.exitCode;
  } finally {
    await reporter.close();
  }
}

/** Problems that end a call before or beside a run; a program that reads events gets them as lines of their own. */
export async function refuse(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  reporter: ReporterName | undefined,
  io: Io,
): Promise<number> {
  if (reporter === 'json')
    for (const diagnostic of diagnostics) io.stdout.write(`${JSON.stringify({ type: 'diagnostic', ...diagnostic })}\n`);
  await complain(io, diagnostics, { sources });
  return exitCodes.badPlaybook;
}
