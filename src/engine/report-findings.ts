// From the report of a command to findings of its gate.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { parseReport, together } from '../findings/parse.ts';
import { fromReport, type TreePlace } from '../findings/place.ts';
import type { ReportedFinding, ToolReport } from '../findings/report.ts';
import type { FindingsPlan } from '../model/plan.ts';
import { type Finding, pluginError } from '../plugin-api.ts';
import { printable } from '../report/printable.ts';
import type { Ran } from './command.ts';
import { filesMatching, readPlain } from './command-files.ts';
import { Subjects } from './finding-subject.ts';
import type { Setting } from './step-body.ts';

const isStream = (from: string): from is 'stdout' | 'stderr' => from === 'stdout' || from === 'stderr';
const mostFindings = 20_000;

function planOf({ step }: Setting): FindingsPlan {
  if (step.findings === undefined) throw new Error(`step ${step.id} reports no findings`);
  return step.findings;
}

/** A report that lies there before its command ran is somebody else's word. */
export async function reportsBefore(setting: Setting, root: string): Promise<void> {
  const { from } = planOf(setting);
  if (isStream(from)) return;
  const [before] = await filesMatching(root, [from]);
  if (before === undefined) return;
  throw pluginError({
    code: 'report/stale',
    message: `The report ${before} of step ${setting.step.id} lies in the tree before its command has run.`,
    hint: 'Remove it from git, or have the command write to another file.',
  });
}

/** What the report says, at places of the scope. Throws where there is none that can be trusted. */
export async function findingsOf(
  setting: Setting,
  ran: Ran,
  where: { readonly root: string; readonly limit: number },
): Promise<{ readonly findings: readonly Finding[]; readonly report: ToolReport }> {
  const { step } = setting;
  const plan = planOf(setting);
  const { result, host } = ran;
  // Shells give 128 and the signal; no tool that came to its end uses these.
  if (result.status !== 'exited' || result.exitCode === undefined || result.exitCode >= 126) {
    const how = result.status === 'exited' ? `exit code ${result.exitCode}` : result.status;
    throw pluginError({
      code: 'command/crashed',
      message: `The command of step ${step.id} did not come to its end (${how}), so its report cannot be whole.\n${ending(ran)}`,
    });
  }
  const reports: ToolReport[] = [];
  for (const { name, bytes } of await readReports({ plan, ran, step: step.id, ...where })) {
    const parsed = await parseReport(bytes, plan);
    if (!parsed.ok) throw unreadable({ plan, name, step: step.id, why: parsed.error, ran });
    reports.push(parsed.value);
  }
  const report = together(reports);
  if (report.findings.length > mostFindings) {
    throw pluginError({
      code: 'report/too-many',
      message: `The report of step ${step.id} has ${report.findings.length} findings, and at most ${mostFindings} are judged.`,
      hint: 'Have the command look at fewer files, or turn off a rule that is broken everywhere.',
    });
  }
  const place: TreePlace = {
    roots: [...new Set([host.trees.candidate.path, where.root, await realpath(where.root)])],
    cwd: step.workingDirectory ?? '',
  };
  const subjects = new Subjects(host.trees.candidate);
  const findings: Finding[] = [];
  for (const reported of report.findings) findings.push(await findingOf({ reported, place, subjects, setting }));
  return { findings, report };
}

interface Report {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function readReports(options: {
  readonly plan: FindingsPlan;
  readonly ran: Ran;
  readonly step: string;
  readonly root: string;
  readonly limit: number;
}): Promise<readonly Report[]> {
  const { plan, ran, step, root, limit } = options;
  const { from } = plan;
  if (isStream(from)) {
    if (ran.result.truncated) throw truncated(step, `its ${from}`, limit);
    const text = from === 'stdout' ? ran.result.stdout : ran.result.stderr;
    // Tools that print a line for each problem print nothing where there is none.
    if (text.trim() === '' && plan.format !== 'tsc' && plan.format !== 'regex') throw empty(step, `its ${from}`, ran);
    return [{ name: from, bytes: Buffer.from(text) }];
  }
  const reports: Report[] = [];
  for (const name of await filesMatching(root, [from])) {
    const { bytes } = await readPlain(path.join(root, name), limit);
    if (bytes === undefined) throw truncated(step, name, limit);
    if (bytes.length === 0 && plan.format !== 'tsc' && plan.format !== 'regex') throw empty(step, name, ran);
    reports.push({ name, bytes });
  }
  if (reports.length > 0) return reports;
  throw pluginError({
    code: 'report/missing',
    message: `The command of step ${step} left no report ${from} (exit code ${ran.result.exitCode}).\n${ending(ran)}`,
    hint: 'The path is relative to the scope, also where the command has a `working-directory`. `stdout` reads what it prints.',
  });
}

const ending = ({ result }: Ran): string => `${result.stdout}\n${result.stderr}`.trim().slice(-2000);

const truncated = (step: string, name: string, limit: number) =>
  pluginError({
    code: 'report/truncated',
    message: `The report of step ${step} (${name}) is longer than ${limit / 1024 / 1024} MiB, and a part of it proves nothing.`,
    hint: 'Have the tool report less, or look at fewer files.',
  });

const empty = (step: string, name: string, ran: Ran) =>
  pluginError({
    code: 'report/empty',
    message: `The report of step ${step} (${name}) is empty (exit code ${ran.result.exitCode}).\n${ending(ran)}`,
    hint: 'A tool that found nothing still writes a report. Does it print to another stream, or need an option for this format?',
  });

function unreadable(facts: {
  readonly plan: FindingsPlan;
  readonly name: string;
  readonly step: string;
  readonly why: string;
  readonly ran: Ran;
}) {
  const { plan, name, step, why, ran } = facts;
  const stderr = ran.result.stderr.trim().slice(-1000);
  return pluginError({
    code: 'report/unreadable',
    message: `The report of step ${step} (${name}) cannot be read as ${plan.format}: ${why} (exit code ${ran.result.exitCode}).${stderr === '' ? '' : `\n${stderr}`}`,
    hint: 'Does the command print anything besides the report? Have it write the report to a file, or silence the rest (`npm run --silent`).',
  });
}

/** A rule's own name, so that people recognise it; without what would break lines and globs. */
const codeOf = (step: string, rule: string): string =>
  `${step}/${
    printable(rule)
      .trim()
      .replace(/\s+/g, '-')
      .replace(/[*?{}[\]()!]/g, '')
      .slice(0, 120) || 'finding'
  }`;

const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim().slice(0, 2000);

async function findingOf(options: {
  readonly reported: ReportedFinding;
  readonly place: TreePlace;
  readonly subjects: Subjects;
  readonly setting: Setting;
}): Promise<Finding> {
  const { reported, subjects } = options;
  const { rule, severity, file, line, column, endLine, endColumn, hint } = reported;
  const inside = file === undefined ? undefined : fromReport(file, options.place);
  const code = codeOf(options.setting.step.id, rule);
  // What lies outside has no place in this repository; its words stay.
  const prefix = file === undefined || inside !== undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const message = oneLine(`${prefix}${reported.message}`);
  const { subject, text } = await subjects.of({ code, message, reported, file: inside });
  const evidence = reported.evidence ?? text;
  return {
    code,
    severity,
    message,
    subject,
    ...(inside === undefined
      ? {}
      : {
          location: {
            file: inside,
            ...(line === undefined ? {} : { line }),
            ...(column === undefined ? {} : { column }),
            ...(endLine === undefined ? {} : { endLine }),
            ...(endColumn === undefined ? {} : { endColumn }),
          },
        }),
    ...(hint === undefined ? {} : { hint: oneLine(hint) }),
    ...(evidence === undefined || evidence === '' ? {} : { evidence }),
  };
}
