// A plan drawn on a terminal: phases from top to bottom, and a line at the right for each way back.
import type { PhasePlan, Plan, StepPlan } from '../model/plan.ts';
import { direct } from './graph-mermaid.ts';
import { bodyWords, deliverWords, earlierOf, loopWords, stepName, stepNotes } from './graph-words.ts';
import type { Ink } from './ink.ts';
import { printableLine } from './printable.ts';

interface Line {
  readonly text: string;
  readonly heading?: true;
}
/** A way back, from the last line of a phase to the first of an earlier one. */
interface Loop {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

export function graphLines(plan: Plan, ink: Ink): readonly string[] {
  const lines: Line[] = [{ text: printableLine(plan.name), heading: true }, { text: '' }];
  const first = new Map<string, number>();
  const loops: Loop[] = [];
  for (const [index, phase] of plan.phases.entries()) {
    if (index > 0) lines.push({ text: '     │' });
    first.set(phase.id, lines.length);
    lines.push({ text: ` ${index + 1}. ${phaseWords(phase)}`, heading: true });
    lines.push(...drawn(phase.steps, (step) => stepWords(step, phase, plan)));
    const to = first.get(phase.onFailure?.retryFrom ?? '');
    if (to !== undefined) loops.push({ from: lines.length - 1, to, words: loopWords(phase) });
  }
  lines.push({ text: '     │' }, { text: `    ${deliverWords(plan)}` });
  if (plan.finally !== undefined) {
    lines.push({ text: '     │' }, { text: '    finally, whatever the verdict is', heading: true });
    lines.push(...drawn(plan.finally, (step) => stepName(step)));
  }
  const services = Object.values(plan.services);
  if (services.length > 0) lines.push({ text: '' }, { text: 'services', heading: true });
  for (const { name, body, dependencies } of services) {
    lines.push({ text: `  ${name}: ${bodyWords(body)}${dependencies.length === 0 ? '' : ` ── ${dependencies.join(', ')}`}` });
  }
  const rails = railsOf(lines, loops);
  return lines.map(({ text, heading }, index) => {
    const rail = rails[index] ?? '';
    return `${heading === true ? ink.bold(text) : text}${rail === '' ? '' : ink.dim(rail)}`;
  });
}

const drawn = (steps: readonly StepPlan[], words: (step: StepPlan) => string): readonly Line[] =>
  steps.map((step, index) => ({ text: `    ${index + 1 < steps.length ? '├' : '└'} ${words(step)}` }));

function phaseWords({ id, kind, parallel, if: condition, steps }: PhasePlan): string {
  const order =
    kind === 'approve' || steps.length < 2 ? '' : kind === 'action' || parallel === 1 ? 'one after the other' : 'side by side';
  const notes = [kind === id ? '' : kind, order, condition === undefined ? '' : `if ${printableLine(condition.text)}`].filter(
    (note) => note !== '',
  );
  return `${id}${notes.length === 0 ? '' : `  (${notes.join(', ')})`}`;
}

function stepWords(step: StepPlan, phase: PhasePlan, plan: Plan): string {
  const after = phase.kind === 'action' ? [] : earlierOf(step, phase);
  const notes = [...(after.length === 0 ? [] : [`after ${after.join(', ')}`]), ...stepNotes(step)];
  const services = direct(step, plan);
  return `${stepName(step)}${notes.length === 0 ? '' : `  ${notes.join('; ')}`}${services.length === 0 ? '' : `  ── ${services.join(', ')}`}`;
}

/** A line to the side through what is there already. */
const crossing: Readonly<Record<string, string>> = { '│': '┼', '┐': '┬', '┘': '┴' };

/** What stands to the right of each line. Every way back has a column of its own; the innermost one is next to the text. */
function railsOf(lines: readonly Line[], loops: readonly Loop[]): readonly string[] {
  const inner = Math.max(...lines.map(({ text }) => [...text].length)) + 3;
  const ordered = loops.map((loop, index) => ({ ...loop, column: inner + index * 3 }));
  return lines.map(({ text }, row) => {
    const start = [...text].length;
    const signs = new Map<number, string>();
    let words = '';
    for (const { from, to, column, words: why } of ordered) {
      if (row < to || row > from) continue;
      if (row !== from && row !== to) {
        signs.set(column, signs.get(column) === '─' ? '┼' : '│');
        continue;
      }
      for (let at = start + 1; at < column; at++) signs.set(at, crossing[signs.get(at) ?? ''] ?? '─');
      if (row === to) signs.set(start + 1, '◄');
      signs.set(column, row === to ? '┐' : '┘');
      if (row === from) words = `  ${why}`;
    }
    const end = Math.max(-1, ...signs.keys());
    let drawnLine = '';
    for (let at = start; at <= end; at++) drawnLine += signs.get(at) ?? ' ';
    return `${drawnLine}${words}`;
  });
}
