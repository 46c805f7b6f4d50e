import type { JournalRecord } from '../model/event.ts';
import { attemptSection, failureDetails } from './markdown-attempt.ts';
import { block, code, inline, table } from './markdown-text.ts';
import { count, formatDuration, formatValue } from './quantity.ts';
import { makeRunReport, type RunReport, type StepReport } from './run-report.ts';
import { viewRun } from './run-view.ts';
import type { Where } from './run-words.ts';
import { verdictWords } from './run-words.ts';
import { stepWords } from './step-words.ts';

export type AttemptReportView = RunReport['attempts'][number];

/** The report of a run for people: every attempt, the red ones too. Undefined when the records do not start a run. */
export function markdownReport(records: readonly JournalRecord[], where: Where): string | undefined {
  const report = makeRunReport(records, where);
  const view = viewRun(records.map((record) => record.event));
  if (report === undefined || view === undefined) return undefined;
  const ending = view.finished === undefined ? undefined : verdictWords(view.finished);
  const lines = [
    `# ${ending?.mark ?? 'NOT FINISHED'}: ${inline(report.playbook.name)}`,
    '',
    report.outcome === undefined ? 'The run has not ended: it still goes on, or it was killed.' : inline(report.outcome.reason),
    '',
    ...summary(report),
    '',
  ];
  if (report.notes.length > 0) lines.push(...report.notes.map((note) => `- note: ${inline(note)}`), '');
  lines.push(...plainSection(report, 'context'));
  for (const attempt of report.attempts) {
    if (attempt.steps.some(inLoop)) lines.push(...attemptSection(attempt));
  }
  if (report.changedFiles.length > 0) lines.push('## Changed files', '', ...report.changedFiles.map(changedLine), '');
  lines.push(...plainSection(report, 'finally'));
  lines.push(...reproduce(report));
  return `${lines.join('\n').trimEnd()}\n`;
}

const changedLine = ({ path, review }: RunReport['changedFiles'][number]): string =>
  review === undefined ? `- ${code(path)}` : `- ${code(path)}: **to review**, ${inline(review)}`;

function summary(report: RunReport): string[] {
  const { outcome, spend, delivered } = report;
  const rows: string[][] = [['run', `${code(report.run)}, started ${report.startedAt}, bexpert ${code(report.bexpert)}`]];
  if (report.playbook.description !== undefined) rows.push(['playbook', inline(report.playbook.description)]);
  for (const [name, value] of Object.entries(report.inputs)) rows.push([`input ${inline(name)}`, code(JSON.stringify(value))]);
  rows.push(['who acted', inline(report.actor)]);
  rows.push(['sandbox', report.sandbox.isolates ? inline(report.sandbox.name) : `**none**: ${inline(report.sandbox.name)}`]);
  rows.push(['base', code(report.base.commit.slice(0, 12))]);
  if (report.candidate !== undefined) rows.push(['candidate', `tree ${code(report.candidate.tree.slice(0, 12))}`]);
  rows.push(['attempts', String(report.attempts.filter((attempt) => attempt.steps.some(inLoop)).length)]);
  if (spend.tokens > 0 || spend.usd > 0) {
    const open = spend.unanswered > 0 ? `, ${count(spend.unanswered, 'request')} unanswered, counted at the reservation` : '';
    rows.push(['spent', `${formatValue(spend.tokens, 'tokens')}, ${formatValue(spend.usd, 'usd')}${open}`]);
  }
  if (report.resumes > 0) rows.push(['resumed', count(report.resumes, 'time')]);
  if (delivered !== undefined)
    rows.push(['delivered', `${code(delivered.ref.replace(/^refs\/heads\//, ''))}, attempt ${delivered.attempt}`]);
  if (outcome !== undefined)
    rows.push(['ended', `${inline(outcome.status)} after ${formatDuration(outcome.durationMs)}, exit code ${outcome.exitCode}`]);
  return table(['', ''], rows);
}

const inLoop = ({ kind }: StepReport): boolean => kind !== 'context' && kind !== 'finally';

/** Steps that judge nothing and change nothing. */
function plainSection(report: RunReport, kind: 'context' | 'finally'): string[] {
  const steps = report.attempts.flatMap((attempt) => attempt.steps).filter((step) => step.kind === kind);
  if (steps.length === 0) return [];
  const rows = steps.map((step) => {
    if (step.result.kind === 'not-finished') return [code(step.step), 'did not end', '', ''];
    const words = stepWords(step.result);
    return [code(step.step), words.mark, formatDuration(step.durationMs), inline(words.detail)];
  });
  const broken = steps.flatMap(({ step, result }) => (result.kind === 'failed' ? failureDetails(step, result.failure) : []));
  return [kind === 'context' ? '## Context' : '## Finally', '', ...table(['step', 'ended', 'time', 'gave'], rows), '', ...broken];
}

function reproduce(report: RunReport): string[] {
  const sources = report.playbook.sources.map((source) => [code(source.file), code(source.digest.slice(0, 16))]);
  return [
    '## To go on, and to reproduce',
    '',
    ...block(report.next.map(({ what, command }) => `# ${what}\n${command}`).join('\n'), 'sh'),
    '',
    'The run was pinned to these files:',
    '',
    ...table(['file', 'sha256'], sources),
  ];
}
