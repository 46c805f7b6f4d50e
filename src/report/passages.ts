// The passages of a run's story as lines of text; plain and terminal reporters both tell it with these.
import type { JournalEvent } from '../model/event.ts';
import type { AttemptSummary, JudgedFinding, StepFailure } from '../model/step-result.ts';
import type { Location, Measurement } from '../plugin-api.ts';
import type { Ink } from './ink.ts';
import { printable, printableLine } from './printable.ts';
import { count, formatDuration, formatLimit, formatValue } from './quantity.ts';
import { changedFiles } from './run-report.ts';
import type { RunView, StepView } from './run-view.ts';
import { stepPlan } from './run-view.ts';
import { actorWords, isUnsandboxed, nextCommands, verdictWords, type Where } from './run-words.ts';
import { stepWords, type Tone } from './step-words.ts';

type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: T }>;

function toned(ink: Ink, tone: Tone, text: string): string {
  switch (tone) {
    case 'good':
      return ink.green(text);
    case 'bad':
      return ink.red(text);
    case 'unsure':
      return ink.yellow(text);
    case 'quiet':
      return ink.dim(text);
  }
}

/** What is about to happen: playbook, who acts, what is judged against what, how far it is walled off. */
export function opening(started: Of<'run-started'>, ink: Ink): string[] {
  const { plan } = started;
  const row = (name: string, value: string) => `  ${ink.dim(name.padEnd(10))} ${value}`;
  const lines = [
    `${ink.bold(`bexpert ${started.mode} ${printableLine(plan.name)}`)}${ink.dim(`  run ${started.run}, bexpert ${started.bexpert}`)}`,
    row('repository', started.scope === '' ? started.repository : `${started.repository}, scope ${started.scope}`),
    row('base', started.base.commit.slice(0, 12)),
  ];
  if (started.candidate !== undefined) lines.push(row('candidate', `tree ${started.candidate.tree.slice(0, 12)}`));
  lines.push(row('who acts', printableLine(actorWords(started))));
  lines.push(
    isUnsandboxed(started.sandbox)
      ? `  ${ink.yellow('sandbox    NONE: what the tree runs can read and change what you can')}`
      : row('sandbox', printableLine(started.sandbox)),
  );
  for (const note of started.notes) lines.push(`  ${ink.yellow('note')}       ${printableLine(note)}`);
  if (started.partial) lines.push(`  ${ink.yellow('note')}       only a part of the playbook runs: the result is never "proven"`);
  return lines;
}

export function phaseTitle(event: Of<'phase-started'>, view: RunView | undefined): string {
  const attempts = view?.started.plan.phases.find((phase) => phase.onFailure !== undefined)?.onFailure?.attempts;
  if (event.kind === 'finally') return 'finally, which changes nothing of the verdict';
  const inLoop = event.kind !== 'context' && (attempts ?? 1) > 1;
  const again = event.again === true ? ' again, on the tree that the last action left' : '';
  return inLoop ? `${event.phase}${again}, attempt ${event.attempt} of at most ${attempts}` : `${event.phase}${again}`;
}

/** What a person is asked to approve. */
export function approvalLines(asked: Of<'approval-asked'>, ink: Ink): string[] {
  const row = (name: string, value: string) => `  ${ink.dim(name.padEnd(10))} ${printableLine(value)}`;
  return [
    row('tree', asked.tree.slice(0, 12)),
    row('changed', `${count(asked.changed, 'file')}, as a patch in ${asked.patch}`),
    row(
      'gates',
      Object.entries(asked.gates)
        .map(([gate, verdict]) => `${gate} ${verdict}`)
        .join(', ') || 'none',
    ),
  ];
}

/** "  tests        PASS     4.0 s  84 tests examined". */
export function stepLine(step: StepView, view: RunView | undefined, ink: Ink, width: number): string {
  if (step.result === undefined) return `  ${step.step}`;
  const level = view === undefined ? 'block' : (stepPlan(view.started.plan, step)?.level ?? 'block');
  const words = stepWords(step.result, level);
  const calls = step.toolCalls > 0 ? `${count(step.toolCalls, 'tool call')}, ` : '';
  return `  ${step.step.padEnd(width)}  ${toned(ink, words.tone, words.mark.padEnd(7))} ${formatDuration(step.durationMs).padStart(8)}  ${calls}${retriedWords(step)}${words.detail}`.trimEnd();
}

const retriedWords = ({ retried }: StepView): string =>
  retried.length === 0 ? '' : `tried again ${count(retried.length, 'time')}, `;

export const placeWords = (location: Location): string =>
  [location.file, location.line, location.line === undefined ? undefined : location.column]
    .filter((part) => part !== undefined)
    .join(':');

/** One finding: code, place, sentence, hint, how to see it again, and the head of its evidence. */
function findingLines(finding: JudgedFinding, ink: Ink, evidenceLines = 6): string[] {
  const head =
    finding.standing === 'counts'
      ? finding.severity === 'error'
        ? ink.red('error')
        : ink.yellow('warning')
      : ink.dim(finding.standing);
  const lines = [
    `    ${head}[${finding.code}] ${finding.location === undefined ? '' : ink.cyan(printableLine(placeWords(finding.location)))}`.trimEnd(),
    `      ${printableLine(finding.message)}`,
  ];
  if (finding.hint !== undefined) lines.push(`      ${ink.dim('hint:')} ${printableLine(finding.hint)}`);
  if (finding.repro !== undefined) lines.push(`      ${ink.dim('see it again:')} ${printableLine(finding.repro)}`);
  if (finding.evidence !== undefined && finding.evidence.trim() !== '' && finding.standing === 'counts') {
    const evidence = printable(finding.evidence).trimEnd().split('\n');
    for (const line of evidence.slice(0, evidenceLines)) lines.push(ink.dim(`      | ${line}`));
    if (evidence.length > evidenceLines)
      lines.push(ink.dim(`      | … ${count(evidence.length - evidenceLines, 'more line')} in the report`));
  }
  return lines;
}

/** Commands, and what a program wrote: they are copied, and stay whole where prose is wrapped. */
export const copied = /^ +(?:\||see it again:|see the change |take it |read the report |go on |approve it |reject it )/;

const shownLogLines = 20;

/** What the line of a broken step leaves out: the end of a log, and the way out. */
function failureLines({ message, hint }: StepFailure, ink: Ink): string[] {
  const log = printable(message).trimEnd().split('\n').slice(1).slice(-shownLogLines);
  return [
    ...log.map((line) => ink.dim(`    | ${line}`)),
    ...(hint === undefined ? [] : [`    ${ink.dim('hint:')} ${printableLine(hint)}`]),
  ];
}

const shownFindings = 10;
const nothingExamined =
  'Nothing examined is never green. Where it is in order that there is nothing, say why: `allow-empty: "..."`.';

const besideWords = ({ location, message }: JudgedFinding): string =>
  printableLine(location === undefined ? message : `${placeWords(location)}: ${message}`);

/** What a gate found, those that count first; what was subtracted or waived as one line each. */
export function gateLines(step: StepView, ink: Ink): string[] {
  const result = step.result;
  if (result?.kind === 'failed') return failureLines(result.failure, ink);
  if (result?.kind !== 'gate') return [];
  if (result.failure !== undefined && result.verdict === 'invalid') return failureLines(result.failure, ink);
  const counting = result.findings.filter((finding) => finding.standing === 'counts');
  const lines = counting.slice(0, shownFindings).flatMap((finding) => findingLines(finding, ink));
  if (result.verdict === 'invalid' && counting.length === 0) lines.push(`    ${ink.dim('hint:')} ${nothingExamined}`);
  if (counting.length > shownFindings)
    lines.push(`    … ${count(counting.length - shownFindings, 'more finding')} in the report`);
  const beside = result.findings.filter((finding) => finding.standing !== 'counts');
  for (const finding of beside.slice(0, shownFindings))
    lines.push(ink.dim(`    ${finding.standing}[${finding.code}] ${besideWords(finding)}`));
  if (beside.length > shownFindings)
    lines.push(ink.dim(`    … ${beside.length - shownFindings} more subtracted or waived, in the report`));
  for (const measurement of result.measurements.filter(isOff))
    lines.push(`    ${ink.dim('measured:')} ${measurementWords(measurement)}`);
  return lines;
}

const isOff = ({ limit, value }: Measurement): boolean =>
  limit !== undefined && (limit.direction === 'at-least' ? value < limit.at : value > limit.at);

function measurementWords(measurement: Measurement): string {
  const { name, value, unit, base } = measurement;
  const limit = formatLimit(measurement);
  return [
    `${name} ${formatValue(value, unit)}`,
    limit === '' ? '' : `limit ${limit}`,
    base === undefined ? '' : `base ${formatValue(base, unit)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** "attempt 1: 2 of 5 gates red: migration (FAIL), load (FAIL)". */
export function attemptLine(summary: AttemptSummary, ink: Ink): string {
  const gates = Object.entries(summary.gates);
  const red = gates.filter(([, gate]) => gate.blocking && !['pass', 'waived', 'skipped'].includes(gate.verdict));
  if (gates.length === 0) return `attempt ${summary.attempt}: no gate ran`;
  if (red.length === 0) return `attempt ${summary.attempt}: ${ink.green(`none of ${count(gates.length, 'gate')} is red`)}`;
  const names = red.map(([name, gate]) => `${name} (${gate.verdict.toUpperCase()})`).join(', ');
  return `attempt ${summary.attempt}: ${ink.red(`${red.length} of ${count(gates.length, 'gate')} not green: ${names}`)}`;
}

export function retryLine(event: Of<'retrying'>): string {
  const from = event.continues === event.attempt - 1 ? '' : `, continuing from attempt ${event.continues}`;
  return `back to ${event.from} for attempt ${event.attempt}${from}: ${printableLine(event.because)}`;
}

/** The last words: verdict, why, what it cost, the exit code and what to type next. */
export function closing(view: RunView, ink: Ink, where: Where): string[] {
  const { finished, spend } = view;
  if (finished === undefined) return [];
  const { mark, tone } = verdictWords(finished);
  const attempts = view.attempts.length > 1 ? ` after ${count(view.attempts.length, 'attempt')}` : '';
  const lines = [
    `${ink.bold(toned(ink, tone, mark))}${attempts} in ${formatDuration(finished.durationMs)}: ${printableLine(finished.reason)}`,
    `  ${ink.dim('who acted'.padEnd(16))} ${printableLine(actorWords(view.started))}`,
  ];
  if (isUnsandboxed(view.started.sandbox))
    lines.push(`  ${ink.yellow('sandbox'.padEnd(16))} ${ink.yellow('NONE (unsandboxed)')}`);
  if (spend.tokens > 0 || spend.usd > 0) {
    const open = spend.unanswered > 0 ? `, ${spend.unanswered} unanswered at their reservation` : '';
    lines.push(
      `  ${ink.dim('spent'.padEnd(16))} ${formatValue(spend.tokens, 'tokens')}, ${formatValue(spend.usd, 'usd')}${open}`,
    );
  }
  const review = changedFiles(view).flatMap(({ path, review }) => (review === undefined ? [] : [path]));
  if (review.length > 0)
    lines.push(
      `  ${ink.yellow('to review'.padEnd(16))} ${review.slice(0, 5).map(printableLine).join(', ')}${review.length > 5 ? ', …' : ''}`,
    );
  if (view.delivered !== undefined)
    lines.push(
      `  ${ink.dim('delivered'.padEnd(16))} ${view.delivered.ref.replace(/^refs\/heads\//, '')} (attempt ${view.delivered.attempt})`,
    );
  const kept = undeliveredCommit(view);
  if (kept !== undefined)
    lines.push(
      `  ${ink.yellow('not delivered'.padEnd(16))} the playbook has no \`deliver: { to: branch }\`; the change is the commit ${kept.slice(0, 12)} of the state folder, until \`bexpert clean\``,
    );
  for (const { what, command } of nextCommands(view, where)) lines.push(`  ${ink.dim(what.padEnd(16))} ${command}`);
  lines.push(`  ${ink.dim('exit code'.padEnd(16))} ${finished.exitCode}`);
  return lines;
}

/** Of a change that was proven and goes nowhere. */
function undeliveredCommit({ started, attempts, finished, delivered }: RunView): string | undefined {
  const last = attempts.at(-1)?.summary;
  if (started.mode !== 'run' || started.plan.deliver.to !== 'none' || delivered !== undefined) return undefined;
  if (finished?.status !== 'completed' || finished.verdict !== 'proven') return undefined;
  return last === undefined || last.tree === started.base.tree ? undefined : last.commit;
}
