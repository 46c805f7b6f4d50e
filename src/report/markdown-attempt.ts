import type { JudgedFinding, StepFailure, WaiverUse } from '../model/step-result.ts';
import type { Measurement } from '../plugin-api.ts';
import type { AttemptReportView } from './markdown.ts';
import { block, code, inline, table } from './markdown-text.ts';
import { placeWords } from './passages.ts';
import { count, formatDuration, formatLimit, formatValue } from './quantity.ts';
import type { StepReport } from './run-report.ts';
import { failureWords, stepWords, tally } from './step-words.ts';

/** One attempt: what acted, the gates with their evidence, findings and measurements. */
export function attemptSection(attempt: AttemptReportView): string[] {
  const lines = [`## Attempt ${attempt.attempt}`, ''];
  if (attempt.tree !== undefined) lines.push(`Tree ${code(attempt.tree.slice(0, 12))}.`, '');
  for (const step of attempt.steps.filter((one) => one.kind === 'action')) lines.push(...actionLines(step), '');
  const gates = attempt.steps.filter((step) => step.kind === 'verify' || step.kind === 'approve');
  if (gates.length > 0) lines.push(...gateTable(gates), '');
  if (gates.some(({ again }) => again === true))
    lines.push('Gates named "again" looked at the tree that the last action left; only that counts.', '');
  for (const gate of gates) lines.push(...gateDetails(gate));
  if (attempt.retriedBecause !== undefined) lines.push(`Went back for another attempt: ${inline(attempt.retriedBecause)}`, '');
  return lines;
}

function actionLines(step: StepReport): string[] {
  if (step.result.kind === 'not-finished') return [`Action ${code(step.step)} did not end.`];
  const words = stepWords(step.result);
  const calls = step.toolCalls === 0 ? '' : `, ${count(step.toolCalls, 'tool call')}`;
  const lines = [`Action ${code(step.step)}: **${words.mark}** in ${formatDuration(step.durationMs)}${calls}.`];
  if (step.result.kind !== 'action') return [...lines, '', inline(words.detail)];
  if (step.result.summary !== '') lines.push('', inline(step.result.summary));
  if (step.result.blocked !== undefined)
    lines.push('', `Blocked: ${inline(step.result.blocked.reason)}`, '', ...block(step.result.blocked.evidence));
  if (step.result.changed.length > 0) lines.push('', `Changed: ${step.result.changed.map(code).join(', ')}`);
  return lines;
}

const nameOf = (gate: StepReport): string => `${code(gate.step)}${gate.again === true ? ' again' : ''}`;

function gateTable(gates: readonly StepReport[]): string[] {
  const rows = gates.map((gate) => {
    const name = nameOf(gate);
    if (gate.result.kind === 'not-finished') return [name, 'did not end', '', '', '', ''];
    const { mark, detail } = stepWords(gate.result, gate.level);
    const took = formatDuration(gate.durationMs);
    if (gate.result.kind !== 'gate') return [name, `**${mark}**`, '', '', took, inline(detail)];
    const { examined, findings, reason, failure, evidence } = gate.result;
    const notes = [
      failure === undefined ? (reason ?? '') : failureWords(failure),
      evidence === 'exit-code' ? 'exit code only' : '',
      gate.level === 'warn' ? 'only warns' : '',
    ].filter((note) => note !== '');
    const seen = gate.result.verdict === 'skipped' || failure !== undefined ? '' : inline(count(examined.count, examined.unit));
    return [name, `**${mark}**`, seen, inline(tally(findings)), took, inline(notes.join('; '))];
  });
  return table(['gate', 'verdict', 'examined', 'found', 'time', 'note'], rows);
}

function gateDetails(gate: StepReport): string[] {
  const { result } = gate;
  if (result.kind === 'failed') return failureDetails(gate.step, result.failure);
  if (result.kind !== 'gate') return [];
  if (result.failure !== undefined && result.verdict === 'invalid') return failureDetails(gate.step, result.failure);
  const lines: string[] = [];
  const counting = result.findings.filter((finding) => finding.standing === 'counts');
  const beside = result.findings.filter((finding) => finding.standing !== 'counts');
  const { waivers = [] } = result;
  if (counting.length + beside.length + result.measurements.length + result.artifacts.length + waivers.length === 0) return [];
  lines.push(`### ${inline(gate.step)}${gate.again === true ? ', again' : ''}`, '');
  for (const finding of counting) lines.push(...findingLines(finding));
  if (counting.length > 0) lines.push('');
  if (beside.length > 0) {
    lines.push('Found, and not counted:', '');
    for (const finding of beside) {
      const { waiver } = finding;
      const by = waiver === undefined ? '' : ` by ${inline(waiver.by)} until ${waiver.until}`;
      const why = finding.standing === 'waived' ? `waived${by}` : 'subtracted, base has it too';
      lines.push(`- ${why}: ${code(finding.code)} ${inline(finding.message)}`);
    }
    lines.push('');
  }
  if (waivers.length > 0) lines.push(...waiverTable(waivers), '');
  if (result.measurements.length > 0) lines.push(...measurementTable(result.measurements), '');
  for (const artifact of result.artifacts) lines.push(`- file: ${inline(artifact.name)}, ${code(artifact.path)}`);
  if (result.artifacts.length > 0) lines.push('');
  return lines;
}

/** What a step could not do, the end of its log, and the way out. */
export function failureDetails(step: string, failure: StepFailure): string[] {
  const [first = '', ...log] = failure.message.trim().split('\n');
  return [
    `### ${inline(step)}: could not do its job`,
    '',
    `${code(failure.code)} ${inline(first)}`,
    '',
    ...(log.length === 0 ? [] : [...block(log.join('\n')), '']),
    ...(failure.hint === undefined ? [] : [inline(failure.hint), '']),
  ];
}

function findingLines(finding: JudgedFinding): string[] {
  const place = finding.location === undefined ? '' : ` at ${code(placeWords(finding.location))}`;
  const lines = [`- ${finding.severity} ${code(finding.code)}${place}: ${inline(finding.message)}`];
  if (finding.hint !== undefined) lines.push(`  - hint: ${inline(finding.hint)}`);
  if (finding.repro !== undefined) lines.push(`  - see it again: ${code(finding.repro)}`);
  if (finding.evidence !== undefined) lines.push('', ...block(finding.evidence, 'text', '  '), '');
  return lines;
}

function waiverTable(waivers: readonly WaiverUse[]): string[] {
  return table(
    ['waived', 'covers', 'until', 'by', 'reason'],
    waivers.map(({ findings, in: within, until, by, reason, state, covered }) => [
      `${findings.map(code).join(', ')}${within === undefined ? '' : ` in ${within.map(code).join(', ')}`}`,
      state === 'used' ? count(covered, 'finding') : state === 'unused' ? '**nothing**' : '**nothing: expired**',
      until,
      inline(by),
      inline(reason),
    ]),
  );
}

function measurementTable(measurements: readonly Measurement[]): string[] {
  return table(
    ['measured', 'value', 'limit', 'base', 'interval'],
    measurements.map((measurement) => {
      const { name, value, unit, base, interval } = measurement;
      const range =
        interval === undefined
          ? ''
          : `${formatValue(interval.low, unit)} to ${formatValue(interval.high, unit)} (${Math.round(interval.level * 100)} %)`;
      return [
        inline(name),
        formatValue(value, unit),
        formatLimit(measurement),
        base === undefined ? '' : formatValue(base, unit),
        range,
      ];
    }),
  );
}
