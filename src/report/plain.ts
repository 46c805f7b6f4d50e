import type { RunEvent } from '../model/event.ts';
import { createInk, wantsColor } from './ink.ts';
import { approvalLines, attemptLine, closing, copied, gateLines, opening, phaseTitle, retryLine, stepLine } from './passages.ts';
import { printableLine } from './printable.ts';
import { formatDuration } from './quantity.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunFold, stepWidth } from './run-view.ts';
import { failureWords, toolTarget } from './step-words.ts';
import { wrapAt, wrapLines } from './wrap.ts';

/** A line of progress for each step at most this often, so that a log of CI shows life and stays short. */
const progressEveryMs = 10_000;

/** One line per event of interest; what a log file or a CI job shows. */
export function createPlainReporter(options: ReporterOptions): Reporter {
  const ink = createInk(wantsColor({ isTTY: options.output.isTTY, env: options.env }));
  const fold = new RunFold();
  const columns = wrapAt(options.output);
  const shownAt = new Map<string, number>();
  for (const event of options.history ?? []) fold.add(event);
  let width = stepWidth(fold.view);
  const tell = (event: RunEvent): readonly string[] => {
    switch (event.type) {
      case 'run-started':
        width = stepWidth(fold.view);
        return [...opening(event, ink)];
      case 'run-resumed':
        return ['', `resumed by bexpert ${event.bexpert}: what is in the journal is not done again`];
      case 'tree-ready': {
        if (event.setup === 'none') return [];
        const setup = event.setup === 'run' ? 'set up' : 'set-up from the store';
        return [ink.dim(`  ${event.tree} tree ${event.hash.slice(0, 12)} ready, ${setup}, ${formatDuration(event.durationMs)}`)];
      }
      case 'phase-started':
        return ['', ink.bold(phaseTitle(event, fold.view))];
      case 'step-started':
        shownAt.set(`${event.phase}/${event.step}`, options.now());
        return [];
      case 'progress': {
        const at = shownAt.get(`${event.phase}/${event.step}`) ?? 0;
        if (options.now() - at < progressEveryMs) return [];
        shownAt.set(`${event.phase}/${event.step}`, options.now());
        return [ink.dim(`  ${event.step}: ${Math.round(event.fraction * 100)} %, ${printableLine(event.label)}`)];
      }
      case 'tool-called':
        return [
          ink.dim(`  ${event.step}: ${event.name}${toolTarget(event.input)}${event.isError ? ' (refused or failed)' : ''}`),
        ];
      case 'step-retried':
        return [ink.yellow(`  ${event.step}: ${failureWords(event.failure)}; try ${event.retry + 1} of ${event.of + 1}`)];
      case 'log':
        return event.level === 'warn' ? [ink.yellow(`  ${event.step}: ${printableLine(event.message)}`)] : [];
      case 'notice':
        return [event.level === 'warn' ? ink.yellow(`warning: ${printableLine(event.message)}`) : printableLine(event.message)];
      case 'step-finished': {
        const step = fold.step(event);
        return step === undefined ? [] : [stepLine(step, fold.view, ink, width), ...gateLines(step, ink)];
      }
      case 'approval-asked':
        return approvalLines(event, ink);
      case 'attempt-finished':
        return ['', attemptLine(event, ink)];
      case 'retrying':
        return [retryLine(event)];
      case 'run-finished': {
        const view = fold.view;
        return view === undefined ? [] : ['', ...closing(view, ink, options)];
      }
      case 'base-finished':
      case 'phase-finished':
      case 'checkpoint':
      case 'budget-reserved':
      case 'budget-settled':
      case 'delivered':
        return [];
    }
  };
  return {
    on(event) {
      if (event.type !== 'progress' && event.type !== 'log' && event.type !== 'notice') fold.add(event);
      for (const line of wrapLines(tell(event), columns, copied)) options.output.write(`${line}\n`);
    },
    async close() {},
  };
}
