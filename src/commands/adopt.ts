// `bexpert adopt <playbook>`: judges the last commit once, and writes into the playbook what makes it green and honest from today.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ExitCode, exitCodes, worstExit } from '../model/exit.ts';
import type { StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import { packageRoot } from '../package-root.ts';
import type { Json } from '../plugin-api.ts';
import { chooseReporter } from '../report/choose.ts';
import { lastWords } from '../report/outcome.ts';
import { count } from '../report/quantity.ts';
import { RunFold } from '../report/run-view.ts';
import { type Adoption, adopt } from '../start/adoption.ts';
import { changeStep } from '../start/step-edit.ts';
import { type PlaybookCall, parseInputs, readInputsFile, scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { prepareHere } from './prepare-here.ts';
import { finish, tell } from './run.ts';

export interface AdoptCall extends PlaybookCall {
  readonly days: string;
  readonly by?: string;
}
type GateResult = Extract<StepResult, { readonly kind: 'gate' }>;
interface Judged {
  readonly phase: string;
  readonly id: string;
  readonly plan: StepPlan;
  readonly result: GateResult;
}

export async function adoptPlaybook(call: AdoptCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) return await refused(scope.error, io);
  const days = Number(call.days);
  if (!Number.isInteger(days) || days < 1 || days > 366)
    return await refused(
      [problem('cli/usage', { what: `--days ${call.days} is no whole number from 1 to 366`, command: 'adopt' })],
      io,
    );
  const file = path.resolve(io.cwd, call.playbook);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || path.dirname(file) === path.join(packageRoot(), 'playbooks')) return await notOwn(call, io);

  const played = await judge(call, scope.value, io);
  if (played.judged === undefined) return played.exitCode;
  const today = new Date();
  const terms = {
    until: new Date(today.getTime() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
    by: call.by ?? (await userOf(scope.value)),
    reason: `adopted ${today.toISOString().slice(0, 10)}: it was so before this gate came`,
  };
  const lines: string[] = [];
  // Gates that will pass on what they examine.
  let proving = 0;
  let next = text;
  let red = false;
  let undecided = false;
  for (const { phase, id, plan, result } of played.judged) {
    if (plan.level === 'warn' || result.verdict === 'pass' || result.verdict === 'waived') {
      if (plan.level !== 'warn' && result.verdict === 'pass' && proves(result, plan)) proving += 1;
      continue;
    }
    if (result.verdict !== 'fail') {
      undecided = true;
      lines.push(
        `  ${id}  ${result.verdict.toUpperCase()}, which no waiver can change: ${result.reason ?? result.failure?.message ?? 'it did not run'}`,
      );
      continue;
    }
    const adoption = adopt({ ...redOf(result, plan) }, terms);
    const changed = changeStep(next, { phase, id, waive: adoption.waive, with: adoption.with });
    const nowhere = changed === next;
    red ||= nowhere || adoption.left.length > 0;
    if (!nowhere && adoption.left.length === 0 && adoption.waive.length === 0 && proves(result, plan)) proving += 1;
    next = changed;
    lines.push(...told({ id, result, plan, adoption, nowhere }));
  }
  if (next === text) {
    io.stdout.write(
      lines.length === 0
        ? '\nEvery gate is green: there is nothing to adopt, and nothing was written.\n'
        : `\nNothing was written:\n${lines.join('\n')}\n`,
    );
    return worstExit([exitCodes.proven, ...(red ? [exitCodes.gateFailed] : []), ...(undecided ? [exitCodes.environment] : [])]);
  }
  await writeFile(file, next);
  const prepared = await prepareHere({ ...call, mode: 'verify' }, io);
  const diagnostics = prepared.ok ? prepared.value.diagnostics : prepared.error;
  if (!prepared.ok || diagnostics.some(({ severity }) => severity === 'error')) {
    await complain(io, diagnostics, { sources: prepared.ok ? prepared.value.sources : [] });
    await writeFile(file, text);
    io.stdout.write(`\nThe playbook would not be valid with these waivers, see above. It is as it was.\n`);
    return exitCodes.badPlaybook;
  }
  io.stdout.write(`\nwritten  ${call.playbook}\n${lines.join('\n')}\n`);
  io.stdout.write(
    `\nWaivers hold to ${terms.until}; mend what they cover, and remove them. Commit the playbook: what judges comes from base.\n`,
  );
  if (proving === 0 && !red && !undecided)
    io.stdout.write(
      '\nNo gate is green without a waiver, so a run ends UNVERIFIED with exit code 3: waived is not proven. Mend one gate, or add one\nthat examines something and is green; `bexpert explain UNVERIFIED` says more.\n',
    );
  return worstExit([
    exitCodes.proven,
    ...(red ? [exitCodes.gateFailed] : []),
    ...(undecided || proving === 0 ? [exitCodes.environment] : []),
  ]);
}

const proves = (result: GateResult, plan: StepPlan): boolean =>
  result.examined.count > 0 && (result.evidence === 'examined' || plan.evidence === 'exit-code');

/** One that comes with bexpert, or none at all. */
async function notOwn(call: AdoptCall, io: Io): Promise<ExitCode> {
  const prepared = await prepareHere({ ...call, mode: 'verify' }, io);
  const diagnostics = prepared.ok ? prepared.value.diagnostics : prepared.error;
  if (diagnostics.some(({ code }) => code === 'playbook/not-found' || code === 'playbook/unreadable'))
    return await refused(diagnostics, io);
  const name = path.basename(call.playbook.replace(/^bexpert:/, '')).replace(/\.ya?ml$/, '');
  return await refused([problem('cli/adopt-own', { playbook: call.playbook, name })], io);
}

async function refused(diagnostics: Parameters<typeof complain>[1], io: Io): Promise<ExitCode> {
  await complain(io, diagnostics);
  return exitCodes.badPlaybook;
}

/** HEAD against itself: nothing is subtracted, so that all that is red today is seen. */
async function judge(
  call: AdoptCall,
  repo: string,
  io: Io,
): Promise<{ readonly exitCode: ExitCode; readonly judged?: readonly Judged[] }> {
  const inputs = parseInputs(call.input);
  const file = await readInputsFile(call.inputsFile, io.cwd);
  if (!inputs.ok || !file.ok)
    return {
      exitCode: await refused(
        [inputs, file].flatMap((result) => (result.ok ? [] : result.error)),
        io,
      ),
    };
  const { env, cwd, signal, now } = io;
  const state = call.state === undefined ? {} : { state: call.state };
  const reporter = await chooseReporter(undefined, { output: io.stdout, env, cwd, ...state, signal, now });
  const fold = new RunFold();
  try {
    const { startRun } = await import('../engine/run.ts');
    const end = await startRun({
      playbook: call.playbook,
      cwd,
      repo,
      mode: 'verify',
      base: 'HEAD',
      includeDirty: false,
      committed: true,
      inputs: inputs.value,
      ...(file.value === undefined ? {} : { inputsFile: file.value }),
      ...state,
      ...(call.sandbox === undefined ? {} : { sandbox: call.sandbox }),
      env,
      signal,
      emit: (event) => {
        fold.add(event as Parameters<RunFold['add']>[0]);
        reporter.on(event);
      },
      warn: (diagnostics, sources) => tell({ reporter, diagnostics, sources }, io),
    });
    await finish({ reporter, ...end }, io);
    const view = fold.view;
    if (view?.finished === undefined || end.exitCode === exitCodes.interrupted) return { exitCode: end.exitCode };
    const judged = lastWords(view).flatMap(({ view: { phase, step, kind, result }, plan }): readonly Judged[] =>
      plan === undefined || kind !== 'verify' || result?.kind !== 'gate' ? [] : [{ phase, id: step, plan, result }],
    );
    return { exitCode: end.exitCode, judged };
  } finally {
    await reporter.close();
  }
}

function redOf(result: GateResult, plan: StepPlan): Parameters<typeof adopt>[0] {
  const counting = result.findings.filter(({ severity, standing }) => severity === 'error' && standing === 'counts');
  const limits = givenOf(plan).map(([name, value]) => [name, amountOf(value)] as const);
  const outputs =
    typeof result.outputs === 'object' && result.outputs !== null && !Array.isArray(result.outputs) ? result.outputs : {};
  return {
    findings: counting.map(({ code, location }) => ({ code, ...(location === undefined ? {} : { file: location.file }) })),
    limits: numbers(limits),
    measured: numbers(Object.entries(outputs).map(([name, value]) => [name, typeof value === 'number' ? value : undefined])),
  };
}
/** What the playbook says in `with`, where no expression decides it. */
function givenOf({ body }: StepPlan): readonly (readonly [string, Json])[] {
  if (body.kind !== 'plugin') return [];
  const given = body.with;
  if (given.kind === 'map')
    return Object.entries(given.entries).flatMap(([name, value]) =>
      value.kind === 'literal' ? [[name, value.value] as const] : [],
    );
  const { value } = given.kind === 'literal' ? given : { value: null };
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value as Readonly<Record<string, Json>>)
    : [];
}
const numbers = (entries: readonly (readonly [string, number | undefined])[]): Readonly<Record<string, number>> =>
  Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
/** `80` and `80%`. */
function amountOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  const amount = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%?$/.exec(value)?.[1] : undefined;
  return amount === undefined ? undefined : Number(amount);
}

function told(o: {
  readonly id: string;
  readonly result: GateResult;
  readonly plan: StepPlan;
  readonly adoption: Adoption;
  readonly nowhere: boolean;
}): readonly string[] {
  const { id, result, plan, adoption, nowhere } = o;
  if (nowhere && adoption.left.length === 0)
    return [`  ${id}  stays red: the playbook has no place for its waivers; the step stands in ${plan.place.file}`];
  const red = redOf(result, plan);
  return [
    ...Object.entries(adoption.with).map(
      ([name, value]) => `  ${id}  limit ${name}: ${value}, which is today's value; it was ${red.limits[name]}`,
    ),
    ...adoption.waive.flatMap((waiver) =>
      waiver.findings.map((code) => {
        const files = waiver.in === undefined ? 'everywhere' : `in ${count(waiver.in.length, 'file')}`;
        return `  ${id}  waived ${code} ${files}, ${count(red.findings.filter((finding) => finding.code === code).length, 'finding')}`;
      }),
    ),
    ...adoption.left.map((code) => `  ${id}  stays red: ${code} says that nothing was judged`),
  ];
}

async function userOf(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', 'user.name'], { cwd: folder });
    return stdout.trim() === '' ? 'unknown' : stdout.trim();
  } catch {
    return 'unknown';
  }
}
