// A run in the log of a GitHub job: a group for each phase, annotations at the lines of the change, and a summary of the job.
import { appendFile } from 'node:fs/promises';
import type { Diagnostic } from '../model/diagnostic.ts';
import { annotationLine, withoutCommands } from './annotation.ts';
import { code, inline, table } from './markdown-text.ts';
import { lastFindings, lastWords, troubles } from './outcome.ts';
import { placeWords } from './passages.ts';
import { createPlainReporter } from './plain.ts';
import { printable } from './printable.ts';
import { formatDuration } from './quantity.ts';
import type { Output, Reporter, ReporterOptions } from './reporter.ts';
import { RunFold, type RunView } from './run-view.ts';
import { nextCommands, verdictWords, type Where } from './run-words.ts';
import { locationOf } from './sarif-log.ts';
import { stepWords } from './step-words.ts';

export function createGithubReporter(options: ReporterOptions): Reporter {
  const { output, env } = options;
  const fold = new RunFold();
  for (const event of options.history ?? []) fold.add(event);
  const plain = createPlainReporter({ ...options, output: defused(output) });
  const command = (line: string) => output.write(`${line}\n`);
  let [inGroup, summarised] = [false, false];
  const endGroup = () => {
    if (inGroup) command('::endgroup::');
    inGroup = false;
  };
  return {
    on(event) {
      if (event.type !== 'progress' && event.type !== 'log' && event.type !== 'notice') fold.add(event);
      if (event.type === 'phase-started') {
        endGroup();
        command(`::group::${withoutCommands(printable(`${event.phase}, attempt ${event.attempt}`))}`);
        inGroup = true;
      }
      // The end of a run must be seen without opening anything.
      if (event.type === 'attempt-finished' || event.type === 'run-finished') endGroup();
      plain.on(event);
      if (event.type === 'phase-finished') endGroup();
      if (event.type === 'run-finished' && fold.view !== undefined) annotationsOf(fold.view).forEach(command);
    },
    diagnose: (list) => annotationsOfDiagnostics(list, env).forEach(command),
    async close() {
      endGroup();
      await plain.close();
      const { view } = fold;
      if (view === undefined || summarised || env.GITHUB_STEP_SUMMARY === undefined || env.GITHUB_STEP_SUMMARY === '') return;
      summarised = true;
      await appendFile(env.GITHUB_STEP_SUMMARY, summaryOf(view, options)).catch((error: unknown) =>
        command(
          annotationLine({
            level: 'warning',
            title: 'bexpert',
            message: `The summary of the job could not be written: ${String(error)}`,
          }),
        ),
      );
    },
  };
}

function defused(output: Output): Output {
  return {
    isTTY: output.isTTY,
    ...(output.columns === undefined ? {} : { columns: output.columns }),
    write: (text) => output.write(withoutCommands(text)),
  };
}

/** GitHub shows ten errors and ten warnings of a step, so the ones that count come first. */
export function annotationsOf(view: RunView): readonly string[] {
  const findings = lastFindings(view)
    .filter(({ finding }) => finding.standing === 'counts')
    .map(({ word, finding, location }) =>
      annotationLine({
        level: finding.severity === 'error' && word.plan?.level !== 'warn' ? 'error' : 'warning',
        title: `${word.view.step}: ${finding.code}`,
        message: printable([finding.message, finding.hint, finding.repro].filter((part) => part !== undefined).join('\n')),
        ...location,
      }),
    );
  const broken = troubles(view).map(({ word, code: id, message, hint }) =>
    annotationLine({
      level: word.plan?.level === 'warn' ? 'warning' : 'error',
      title: `${word.view.step}: ${id}`,
      message: printable(hint === undefined ? message : `${message}\n${hint}`),
    }),
  );
  return [...findings, ...broken];
}

/** Files of diagnostics are relative to the current folder, and those of annotations to the repository. */
export function annotationsOfDiagnostics(
  list: readonly Diagnostic[],
  env: Readonly<Record<string, string | undefined>>,
  cwd = '',
): readonly string[] {
  const root = env.GITHUB_WORKSPACE ?? '';
  const prefix = root !== '' && cwd.startsWith(`${root}/`) ? `${cwd.slice(root.length + 1)}/` : '';
  return list.map(({ code: id, severity, message, hint, place }) => {
    const location = place === undefined ? undefined : locationOf(place);
    return annotationLine({
      level: severity,
      title: id,
      message: printable(hint === undefined ? message : `${message}\n${hint}`),
      ...(location === undefined
        ? {}
        : { ...location, file: location.file.startsWith('/') ? location.file : `${prefix}${location.file}` }),
    });
  });
}

const mostFindings = 50;

/** The verdict, every gate, and what counts; at most 1 MiB is shown (https://docs.github.com/actions, job summaries). */
export function summaryOf(view: RunView, where: Where): string {
  const { started, finished } = view;
  const mark = finished === undefined ? 'NOT FINISHED' : verdictWords(finished).mark;
  const lines = [`## bexpert: ${inline(started.plan.name)} ${mark}`, ''];
  if (finished !== undefined) lines.push(`${inline(finished.reason)}, ${formatDuration(finished.durationMs)}.`, '');
  const rows = lastWords(view).map(({ view: step, plan }) => {
    if (step.result === undefined) return [code(step.step), 'did not end', ''];
    const words = stepWords(step.result, plan?.level ?? 'block');
    return [code(step.step), `**${words.mark}**`, inline(words.detail)];
  });
  if (rows.length > 0) lines.push(...table(['gate', 'verdict', 'what it saw'], rows), '');
  const counting = lastFindings(view).filter(({ finding }) => finding.standing === 'counts');
  for (const { finding, location } of counting.slice(0, mostFindings)) {
    const place = location === undefined ? '' : ` at ${code(placeWords(location))}`;
    lines.push(`- ${finding.severity} ${code(finding.code)}${place}: ${inline(finding.message)}`);
  }
  if (counting.length > mostFindings) lines.push(`- and ${counting.length - mostFindings} more`);
  if (counting.length > 0) lines.push('');
  for (const { what, command } of nextCommands(view, where)) lines.push(`- ${what}: ${code(command)}`);
  return `${lines.join('\n')}\n`;
}
